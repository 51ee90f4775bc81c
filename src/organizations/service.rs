//! Founding organizations, finding them, adding people as the operator does.

use super::{
    Organization, Place, Profile, Role, facts, joining, rules, search,
    store::{self, NewMembership, memberships},
};
use crate::accounts::{self, Account};
use crate::audit::{self, Actor};
use crate::kernel::{AccountId, Fault, MembershipId, OrganizationId, OrganizationName};
use crate::platform::store::{Sql, Unit, violates};

/// Why an organization or a place in it did not come to be.
#[derive(Debug, thiserror::Error)]
pub enum OrganizationError {
    /// There is no such organization, or it is not active.
    #[error("there is no such organization, or it is not active")]
    NotFound,
    /// There is no such account that can be used.
    #[error("there is no such account")]
    NoAccount,
    /// The person is in it.
    #[error("this person is in the organization")]
    AlreadyMember,
    /// The person is in another organization.
    #[error("this person is in another organization")]
    InAnotherOrganization,
    /// There is one founder, and it is not this person.
    #[error("an organization has exactly one founder")]
    OneFounder,
    /// Something broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl OrganizationError {
    /// What the indexes say of a membership that they refused.
    fn of_refused(fault: Fault) -> Self {
        if violates(&fault, "memberships_organization_id_account_id_key") {
            return Self::AlreadyMember;
        }
        if violates(&fault, "memberships_account_id_key") {
            return Self::InAnotherOrganization;
        }
        fault.into()
    }
}

/// Founds an organization; `founder` is its founder from then on, and asks no other one to join.
/// Drop the unit on an error: part of it may be written.
///
/// # Errors
/// When the founder has a place already.
pub async fn found(
    unit: &mut Unit,
    actor: &Actor,
    new: Profile,
    founder: AccountId,
) -> Result<OrganizationId, OrganizationError> {
    let person = accounts::get(unit, founder).await?.ok_or(OrganizationError::NoAccount)?;
    if memberships::has_place(unit, founder).await? {
        return Err(OrganizationError::InAnotherOrganization);
    }
    let id = OrganizationId::new(unit.now(), &unit.entropy());
    let name = new.name.clone();
    store::insert(unit, id, new).await?;
    search::index(unit, id, &name).await?;
    insert_counting(unit, id, &person, (Role::Founder, false)).await?;
    joining::drop_open_of(unit, actor, founder).await?;
    audit::record(unit, actor, facts::created(id, founder)).await?;
    Ok(id)
}

/// Adds a person, as the operator does; the organization's revision grows. A person who has a place
/// elsewhere keeps that one as the one that counts. Drop the unit on an error: part of it may be written.
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
    let person = accounts::get(unit, account).await?.ok_or(OrganizationError::NoAccount)?;
    insert(unit, organization, &person, (role, false)).await?;
    joining::drop_open_of(unit, actor, account).await?;
    audit::record(unit, actor, facts::member_joined(organization, account, role)).await?;
    Ok(())
}

/// Gives a person who was invited or accepted the place that counts for them. The organization is held.
pub(super) async fn admit(
    unit: &mut Unit,
    actor: &Actor,
    organization: OrganizationId,
    account: AccountId,
    (role, created_account): (Role, bool),
) -> Result<MembershipId, OrganizationError> {
    let person = accounts::get(unit, account).await?.filter(Account::is_active).ok_or(OrganizationError::NoAccount)?;
    if memberships::of_account(unit, organization, account).await?.is_some() {
        return Err(OrganizationError::AlreadyMember);
    }
    if memberships::has_place(unit, account).await? {
        return Err(OrganizationError::InAnotherOrganization);
    }
    let id = insert_counting(unit, organization, &person, (role, created_account)).await?;
    audit::record(unit, actor, facts::member_joined(organization, account, role)).await?;
    Ok(id)
}

/// Gives a person the place that counts for them. Of two at the same moment, the one that did not see
/// the other is refused by the index, and the one that saw it too late here.
async fn insert_counting(
    unit: &mut Unit,
    organization: OrganizationId,
    person: &Account,
    kind: (Role, bool),
) -> Result<MembershipId, OrganizationError> {
    let id = insert(unit, organization, person, kind).await?;
    if memberships::counts(unit, id).await? { Ok(id) } else { Err(OrganizationError::InAnotherOrganization) }
}

async fn insert(
    unit: &mut Unit,
    organization: OrganizationId,
    person: &Account,
    (role, created_account): (Role, bool),
) -> Result<MembershipId, OrganizationError> {
    let listed_as = rules::listed_as(person.family_name(), person.given_name(), person.email());
    let new = NewMembership { organization, account: person.id(), role, listed_as, created_account };
    let id = store::insert_membership(unit, new).await.map_err(OrganizationError::of_refused)?;
    search::note_domain(unit, organization, person).await?;
    Ok(id)
}

/// Suspends an organization, or lets it go on: nobody has a place in it meanwhile. Says whether anything changed.
///
/// # Errors
/// When the database does not answer.
pub async fn set_suspended(
    unit: &mut Unit,
    actor: &Actor,
    organization: OrganizationId,
    is_suspended: bool,
) -> Result<bool, Fault> {
    let (from, to) = if is_suspended { ("active", "suspended") } else { ("suspended", "active") };
    if !store::set_status(unit, organization, from, to).await? {
        return Ok(false);
    }
    let fact = if is_suspended { facts::suspended(organization) } else { facts::unsuspended(organization) };
    audit::record(unit, actor, fact).await?;
    Ok(true)
}

/// The organization with this id, or those with this name, in whatever case it is written; deleted ones
/// too, as long as they can be restored.
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
    store::place_of(on, account).await
}
