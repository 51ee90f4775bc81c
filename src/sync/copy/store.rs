//! The rows that copies are made of.

use uuid::Uuid;

use crate::kernel::{EmailAddress, Fault, Json, OrganizationId, OrganizationName, PersonName, SiteId, Username};
use crate::platform::store::Sql;
use crate::protocol::oidc::StandardClaims;
use crate::sync::ledger::store::wanted::{wanted_organizations, wanted_people};

/// A person, how they stand to the site, and what it was told last.
#[derive(sqlx::FromRow)]
pub(super) struct UserRow {
    pub(super) id: Uuid,
    pub(super) want: String,
    pub(super) want_rev: i64,
    pub(super) acked: Option<String>,
    pub(super) organization_id: Option<OrganizationId>,
    pub(super) role: Option<String>,
    pub(super) subject: String,
    pub(super) username: Username,
    pub(super) email: EmailAddress,
    pub(super) given_name: PersonName,
    pub(super) family_name: PersonName,
    pub(super) claims: Json<StandardClaims>,
}

/// An organization, how it stands to the site, and what it was told last.
#[derive(sqlx::FromRow)]
pub(super) struct OrganizationRow {
    pub(super) id: Uuid,
    pub(super) want: String,
    pub(super) want_rev: i64,
    pub(super) acked: Option<String>,
    pub(super) standing: String,
    pub(super) roles: Option<Json<Vec<String>>>,
    pub(super) name: OrganizationName,
    pub(super) email: Option<String>,
    pub(super) street: Option<String>,
    pub(super) city: Option<String>,
    pub(super) state: Option<String>,
    pub(super) postal_code: Option<String>,
    pub(super) phone: Option<String>,
}

macro_rules! users {
    ($whom:literal) => {
        concat!(
            "with wanted as (",
            wanted_people!($whom),
            ")
             select x.id, x.want, i.want_rev, i.acked, x.organization_id, x.role, a.subject, a.username, a.email,
                    a.given_name, a.family_name, a.claims
             from wanted x
             join accounts a on a.id = x.id
             join sync_items i on i.site_id = $1 and i.kind = 'user' and i.resource_id = x.id
             order by x.id"
        )
    };
}

macro_rules! organizations {
    ($which:literal) => {
        concat!(
            "with wanted as (",
            wanted_organizations!($which),
            ")
             select x.id, x.want, i.want_rev, i.acked, x.standing, x.roles, o.name, o.email, o.street, o.city, o.state,
                    o.postal_code, o.phone
             from wanted x
             join organizations o on o.id = x.id
             join sync_items i on i.site_id = $1 and i.kind = 'organization' and i.resource_id = x.id
             order by x.id"
        )
    };
}

pub(super) async fn user(on: &mut impl Sql, site: SiteId, account: Uuid) -> Result<Option<UserRow>, Fault> {
    on.sql(users!("a.id = $2")).bind(site).bind(account).maybe().await
}

pub(super) async fn organization(on: &mut impl Sql, site: SiteId, id: Uuid) -> Result<Option<OrganizationRow>, Fault> {
    on.sql(organizations!("o.id = $2")).bind(site).bind(id).maybe().await
}

/// Up to `most` people of whom the site has or should have a copy, after the id `after`.
pub(super) async fn users(on: &mut impl Sql, site: SiteId, after: Uuid, most: i64) -> Result<Vec<UserRow>, Fault> {
    on.sql(users!(
        "a.id in (select n.resource_id from sync_items n where n.site_id = $1 and n.kind = 'user' and n.resource_id > $2
                  order by n.resource_id limit $3)"
    ))
    .bind(site)
    .bind(after)
    .bind(most)
    .all()
    .await
}

/// Up to `most` organizations of which the site has or should have a copy, after the id `after`.
pub(super) async fn organizations(
    on: &mut impl Sql,
    site: SiteId,
    after: Uuid,
    most: i64,
) -> Result<Vec<OrganizationRow>, Fault> {
    on.sql(organizations!(
        "o.id in (select n.resource_id from sync_items n where n.site_id = $1 and n.kind = 'organization'
                        and n.resource_id > $2
                  order by n.resource_id limit $3)"
    ))
    .bind(site)
    .bind(after)
    .bind(most)
    .all()
    .await
}
