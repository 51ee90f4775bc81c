//! Reading copies from the tables of now.

use uuid::Uuid;

use super::{
    Copy, Names, Organization, User,
    store::{self, OrganizationRow, UserRow},
};
use crate::kernel::{Fault, OrganizationId, SiteId};
use crate::oidc::Provider;
use crate::platform::store::Sql;
use crate::sync::ledger::{Kind, Want};

/// What a site should hold of something at this moment.
#[derive(Debug, Clone)]
pub struct Held {
    /// The account or the organization.
    pub resource: Uuid,
    /// The revision that is wanted. It was read with `copy`; a later change has a higher one.
    pub want_rev: i64,
    /// Whether there should be a copy, and whether it should count.
    pub want: Want,
    /// What the site knows it by.
    pub external_id: String,
    /// What the copy should say; `None` when there should be none, or when it counts no more and the
    /// site never heard of it.
    pub copy: Option<Copy>,
}

/// What `site` should hold of `resource`; `None` when it should hold nothing, and also when the site
/// was never to know of it.
///
/// # Errors
/// When the database does not answer.
pub async fn load(
    provider: &Provider,
    on: &mut impl Sql,
    site: SiteId,
    kind: Kind,
    resource: Uuid,
) -> Result<Option<Copy>, Fault> {
    let names = Names::of(provider, on, site).await?;
    Ok(load_with(&names, on, site, kind, resource).await?.and_then(|held| held.copy))
}

/// The same for somebody who has the names of the site at hand, with the revision that is wanted.
///
/// # Errors
/// When the database does not answer.
pub async fn load_with(
    names: &Names,
    on: &mut impl Sql,
    site: SiteId,
    kind: Kind,
    resource: Uuid,
) -> Result<Option<Held>, Fault> {
    match kind {
        Kind::User => store::user(on, site, resource).await?.map(|row| user(names, row)).transpose(),
        Kind::Organization => store::organization(on, site, resource).await?.map(organization).transpose(),
    }
}

/// Up to `most` of what a site has or should have, in the order of the ids, after the id `after`.
///
/// # Errors
/// When the database does not answer.
pub async fn page(
    names: &Names,
    on: &mut impl Sql,
    (site, kind): (SiteId, Kind),
    after: Uuid,
    most: i64,
) -> Result<Vec<Held>, Fault> {
    match kind {
        Kind::User => store::users(on, site, after, most).await?.into_iter().map(|row| user(names, row)).collect(),
        Kind::Organization => {
            store::organizations(on, site, after, most).await?.into_iter().map(organization).collect()
        }
    }
}

fn user(names: &Names, row: UserRow) -> Result<Held, Fault> {
    let external_id = names.of_person(&row.subject);
    let want = row.want.parse()?;
    let copy = match want {
        Want::Absent => None,
        Want::Inactive => as_told(Kind::User, row.acked.as_deref(), "ended")?,
        Want::Present => Some(Copy::User(User {
            active: true,
            email: row.email.to_string(),
            external_id: external_id.clone(),
            family_name: row.family_name.to_string(),
            given_name: row.given_name.to_string(),
            organization: row.organization_id.map(|id| id.to_string()),
            phone: row.claims.0.phone_number,
            role: row.role,
            user_name: row.username.to_string(),
        })),
    };
    Ok(Held { resource: row.id, want_rev: row.want_rev, want, external_id, copy })
}

fn organization(row: OrganizationRow) -> Result<Held, Fault> {
    let external_id = OrganizationId::from_uuid(row.id).to_string();
    let want = row.want.parse()?;
    let copy = match want {
        Want::Absent => None,
        Want::Inactive => {
            let status = if row.standing == "suspended" { "suspended" } else { "ended" };
            as_told(Kind::Organization, row.acked.as_deref(), status)?
        }
        Want::Present => {
            let mut roles = match row.standing.as_str() {
                "approved" => row.roles.map(|roles| roles.0).unwrap_or_default(),
                _ => Vec::new(),
            };
            roles.sort();
            roles.dedup();
            Some(Copy::Organization(Organization {
                active: true,
                city: row.city,
                email: row.email,
                external_id: external_id.clone(),
                name: row.name.to_string(),
                phone: row.phone,
                postal_code: row.postal_code,
                roles,
                state: row.state,
                status: row.standing,
                street: row.street,
            }))
        }
    };
    Ok(Held { resource: row.id, want_rev: row.want_rev, want, external_id, copy })
}

/// What the site was told last, as something that counts no more.
fn as_told(kind: Kind, acked: Option<&str>, status: &str) -> Result<Option<Copy>, Fault> {
    let told = acked.map(|text| Copy::from_canonical(kind, text)).transpose()?;
    Ok(told.map(|copy| copy.inactive(status)))
}
