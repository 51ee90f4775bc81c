//! What has to be so once everything is confirmed: both sides hold the same, row by row, and the site made each
//! change once.

use std::collections::BTreeMap;

use connex::{kernel::OrganizationId, platform::store::Sql, sync::copy::digest_of};
use serde_json::{Value, json};
use sqlx::{FromRow, SqliteConnection};

use super::world::World;

/// What ConneX's tables say of a person whom the site was told of, and what its ledger says of the copy.
#[derive(Debug, FromRow)]
struct Person {
    subject: String,
    username: String,
    given_name: String,
    family_name: String,
    email: String,
    organization_id: Option<OrganizationId>,
    role: Option<String>,
    counts: String,
    acked_rev: i64,
    acked_digest: Option<String>,
}

/// The same of an organization.
#[derive(Debug, FromRow)]
struct Organization {
    id: OrganizationId,
    name: String,
    status: String,
    acked_rev: i64,
    acked_digest: Option<String>,
}

#[derive(Debug, FromRow)]
struct PersonThere {
    external_id: String,
    user_name: String,
    given_name: Option<String>,
    family_name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    active: bool,
    organization: Option<String>,
    role: Option<String>,
    rev: i64,
}

#[derive(Debug, FromRow)]
struct OrganizationThere {
    external_id: String,
    name: String,
    active: bool,
    status: Option<String>,
    roles: String,
    email: Option<String>,
    phone: Option<String>,
    street: Option<String>,
    city: Option<String>,
    state: Option<String>,
    postal_code: Option<String>,
    rev: i64,
}

impl PersonThere {
    fn digest(&self) -> String {
        let canonical = json!({
            "active": self.active, "email": self.email, "externalId": self.external_id, "familyName": self.family_name,
            "givenName": self.given_name, "organization": self.organization, "phone": self.phone, "role": self.role,
            "userName": self.user_name,
        });
        digest_of(&canonical.to_string())
    }
}

impl OrganizationThere {
    fn roles(&self) -> Value {
        serde_json::from_str(&self.roles).unwrap()
    }

    fn digest(&self) -> String {
        let canonical = json!({
            "active": self.active, "city": self.city, "email": self.email, "externalId": self.external_id,
            "name": self.name, "phone": self.phone, "postalCode": self.postal_code, "roles": self.roles(),
            "state": self.state, "status": self.status, "street": self.street,
        });
        digest_of(&canonical.to_string())
    }
}

/// Row by row: the site holds what it should by ConneX's tables, and what ConneX believes that it holds.
pub async fn assert_equal(world: &World, round: usize) {
    let mut site = world.at_the_site().await;
    assert_people_are_equal(world, &mut site, round).await;
    assert_organizations_are_equal(world, &mut site, round).await;
    let forgotten = "select count(*) from memberships m join site_approvals w on w.organization_id = m.organization_id
        where w.site_id = $1 and w.status = 'approved' and m.ended_at is null and m.disabled_at is null and not exists (
            select 1 from sync_items i where i.site_id = $1 and i.kind = 'user' and i.resource_id = m.account_id)";
    assert_eq!(world.number(forgotten).await, 0, "round {round}: the ledger has forgotten somebody");
}

async fn assert_people_are_equal(world: &World, site: &mut SqliteConnection, round: usize) {
    let here: Vec<Person> = world
        .db
        .read()
        .await
        .unwrap()
        .sql(
            "select a.subject, a.username, a.given_name, a.family_name, a.email, m.organization_id, m.role, i.acked_rev,
                    i.acked_digest, case when a.status = 'active' and w.status = 'approved' then 'yes' else 'no' end as counts
             from sync_items i join accounts a on a.id = i.resource_id
             left join memberships m on m.account_id = a.id and m.ended_at is null and m.disabled_at is null
             left join site_approvals w on w.site_id = i.site_id and w.organization_id = m.organization_id
             where i.site_id = $1 and i.kind = 'user'",
        )
        .bind(world.site)
        .all()
        .await
        .unwrap();
    let sql = "select external_id, user_name, given_name, family_name, email, phone, active, organization, role, rev
        from person where deleted_at is null";
    let rows: Vec<PersonThere> = sqlx::query_as(sql).fetch_all(site).await.unwrap();
    let mut there: BTreeMap<String, PersonThere> = rows.into_iter().map(|row| (row.external_id.clone(), row)).collect();
    for here in here {
        let there = there.remove(&here.subject);
        assert_eq!(there.as_ref().map(PersonThere::digest), here.acked_digest, "round {round}: {here:?}\n{there:?}");
        let Some(there) = there else {
            assert_eq!(here.counts, "no", "round {round}: the site lacks {here:?}");
            continue;
        };
        assert_eq!((there.rev, there.active), (here.acked_rev, here.counts == "yes"), "round {round}: {here:?}");
        if there.active {
            let organization = here.organization_id.map(|id| id.to_string());
            assert_eq!(
                (&there.user_name, there.given_name.as_ref(), there.family_name.as_ref(), there.email.as_ref()),
                (&here.username, Some(&here.given_name), Some(&here.family_name), Some(&here.email)),
                "round {round}"
            );
            assert_eq!((there.organization, there.role), (organization, here.role), "round {round}: {}", here.username);
        }
    }
    assert!(there.is_empty(), "round {round}: the ledger knows nothing of {there:?}");
}

async fn assert_organizations_are_equal(world: &World, site: &mut SqliteConnection, round: usize) {
    let here: Vec<Organization> = world
        .db
        .read()
        .await
        .unwrap()
        .sql(
            "select o.id, o.name, w.status, i.acked_rev, i.acked_digest
             from sync_items i join organizations o on o.id = i.resource_id
             join site_approvals w on w.site_id = i.site_id and w.organization_id = o.id
             where i.site_id = $1 and i.kind = 'organization'",
        )
        .bind(world.site)
        .all()
        .await
        .unwrap();
    let sql = "select external_id, name, active, status, roles, email, phone, street, city, state, postal_code, rev
        from organization where deleted_at is null";
    let rows: Vec<OrganizationThere> = sqlx::query_as(sql).fetch_all(site).await.unwrap();
    let mut there: BTreeMap<String, OrganizationThere> =
        rows.into_iter().map(|row| (row.external_id.clone(), row)).collect();
    for here in here {
        let counts = here.status == "approved";
        let there = there.remove(&here.id.to_string());
        let digest = there.as_ref().map(OrganizationThere::digest);
        assert_eq!(digest, here.acked_digest, "round {round}: {here:?}\n{there:?}");
        let Some(there) = there else {
            assert!(!counts, "round {round}: the site lacks {here:?}");
            continue;
        };
        assert_eq!((there.rev, there.active), (here.acked_rev, counts), "round {round}: {here:?}");
        if counts {
            let wanted = (&here.name, Some("approved"), json!(["bidder"]));
            assert_eq!((&there.name, there.status.as_deref(), there.roles()), wanted, "round {round}");
        }
    }
    assert!(there.is_empty(), "round {round}: the ledger knows nothing of {there:?}");
}

/// The changes that the site has made, as far as they have been looked at.
#[derive(Default)]
pub struct Applied {
    seen: i64,
    newest: BTreeMap<(String, String), i64>,
}

impl Applied {
    /// No change was made twice, and none over a newer one: the revisions of a copy only grow. And nothing was
    /// ever put back, because nobody changed anything at the site.
    pub async fn assert_once(&mut self, world: &World, round: usize) {
        let mut site = world.at_the_site().await;
        let sql = "select id, kind, external_id, rev from applied where id > $1 order by id";
        let rows: Vec<(i64, String, String, i64)> =
            sqlx::query_as(sql).bind(self.seen).fetch_all(&mut site).await.unwrap();
        for (id, kind, external_id, rev) in rows {
            self.seen = id;
            let before = self.newest.insert((kind.clone(), external_id.clone()), rev);
            let grows = before.is_none_or(|before| before < rev);
            assert!(grows, "round {round}: {kind} {external_id} went from revision {before:?} to {rev}");
        }
        let sql = "select distinct reason from change where reason not in ('change', 'approval')";
        let odd: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut site).await.unwrap();
        assert!(odd.is_empty(), "round {round}: something was changed because of {odd:?}");
        let drifts = world.number("select count(*) from sync_drifts where site_id = $1").await;
        assert_eq!(drifts, 0, "round {round}: the site was found to differ");
    }

    /// How many changes the site has made.
    pub fn count(&self) -> i64 {
        self.seen
    }
}

/// How many copies the site has brought further than ConneX knows: it was killed between the site's answer and its
/// own note of it.
pub async fn unheard(world: &World) -> usize {
    let mut site = world.at_the_site().await;
    let sql = "select external_id, rev from person union all select external_id, rev from organization";
    let there: Vec<(String, i64)> = sqlx::query_as(sql).fetch_all(&mut site).await.unwrap();
    let here: Vec<(String, i64)> = world
        .db
        .read()
        .await
        .unwrap()
        .sql(
            "select a.subject as external_id, i.acked_rev from sync_items i join accounts a on a.id = i.resource_id
             where i.site_id = $1 and i.kind = 'user'
             union all
             select i.external_id, i.acked_rev from sync_items i
             where i.site_id = $1 and i.kind = 'organization' and i.external_id is not null",
        )
        .bind(world.site)
        .all()
        .await
        .unwrap();
    let here: BTreeMap<String, i64> = here.into_iter().collect();
    there.iter().filter(|(id, rev)| here.get(id).is_some_and(|acked| acked < rev)).count()
}
