//! Founding organizations and adding people.

use super::{Organization, Place, Role, facts, store};
use crate::audit::{self, Actor};
use crate::kernel::{AccountId, Fault, OrganizationId, OrganizationName};
use crate::platform::store::{Sql, Unit, violates};

/// What an organization is founded with.
#[derive(Debug, Clone)]
pub struct NewOrganization {
    /// Its name.
    pub name: OrganizationName,
    /// Where it is.
    pub city: Option<String>,
    /// The state, two letters.
    pub state: Option<String>,
}

/// Why a person was not added.
#[derive(Debug, thiserror::Error)]
pub enum OrganizationError {
    /// There is no such organization, or it is not active.
    #[error("there is no such organization")]
    NotFound,
    /// The person is in it.
    #[error("this person is in the organization")]
    AlreadyMember,
    /// There is one founder, and it is not this person.
    #[error("an organization has exactly one founder")]
    OneFounder,
    /// Something broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Founds an organization; `founder` is its founder from then on.
///
/// # Errors
/// When the database refuses it.
pub async fn found(
    unit: &mut Unit,
    actor: &Actor,
    new: NewOrganization,
    founder: AccountId,
) -> Result<OrganizationId, Fault> {
    let id = OrganizationId::new(unit.now(), &unit.entropy());
    store::insert(unit, id, new).await?;
    store::insert_membership(unit, id, founder, Role::Founder).await?;
    audit::record(unit, actor, facts::created(id, founder)).await?;
    Ok(id)
}

/// Adds a person; the organization's revision grows. Drop the unit on an error: part of it may be
/// written.
///
/// # Errors
/// When the organization is not there, or the indexes refuse the membership.
pub async fn add_user(
    unit: &mut Unit,
    actor: &Actor,
    organization: OrganizationId,
    account: AccountId,
    role: Role,
) -> Result<(), OrganizationError> {
    if role == Role::Founder {
        return Err(OrganizationError::OneFounder);
    }
    if !store::grow(unit, organization).await? {
        return Err(OrganizationError::NotFound);
    }
    store::insert_membership(unit, organization, account, role).await.map_err(|fault| {
        match violates(&fault, "memberships_organization_id_account_id_key") {
            true => OrganizationError::AlreadyMember,
            false => fault.into(),
        }
    })?;
    audit::record(unit, actor, facts::member_joined(organization, account, role)).await?;
    Ok(())
}

/// The organization with this id, or those with this name, in whatever case it is written.
///
/// # Errors
/// When the database does not answer.
pub async fn find(on: &mut impl Sql, id_or_name: &str) -> Result<Vec<Organization>, Fault> {
    match id_or_name.parse::<OrganizationId>() {
        Ok(id) => Ok(store::by_id(on, id).await?.into_iter().collect()),
        Err(_) => match id_or_name.parse::<OrganizationName>() {
            Ok(name) => store::by_name(on, &name.folded()).await,
            Err(_) => Ok(Vec::new()),
        },
    }
}

/// The person's place in the organization that is active for them; `None` for people without one.
///
/// # Errors
/// When the database does not answer.
pub async fn place_of(on: &mut impl Sql, account: AccountId) -> Result<Option<Place>, Fault> {
    let Some(row) = store::place_of(on, account).await? else { return Ok(None) };
    Ok(Some(Place { organization: row.organization_id, name: row.name, role: row.role.parse()?, rev: row.rev }))
}
