//! The rows of people and organizations, and every statement on them. A statement touches managed columns only; the
//! site's own columns are in `people.rs`.

pub mod log;
pub mod people;

use sqlx::SqliteConnection;

use crate::copy::facts::{Facts, Kind, OrganizationFacts, PersonFacts};

/// A copy as it stands in the database.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The site's own id.
    pub id: String,
    /// The revision that ConneX gave; 0 before the first.
    pub rev: i64,
    /// Grows with every change here, whoever makes it.
    pub version: i64,
    /// When it was first copied, in seconds.
    pub created_at: i64,
    /// When it was last changed, in seconds.
    pub changed_at: i64,
    /// When ConneX deleted it; its name stays.
    pub deleted_at: Option<i64>,
    /// The managed attributes.
    pub facts: Facts,
}

impl Stored {
    /// The opaque part of the entity tag. The digest is in it, because after a restore of the database the same version
    /// may hold something else.
    pub fn etag(&self) -> String {
        let digest: String = self.facts.digest().chars().take(8).collect();
        format!("{}-{digest}", self.version)
    }
}

/// How a copy is found.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Key<'a> {
    /// By the site's own id.
    Id(&'a str),
    /// By ConneX's.
    ExternalId(&'a str),
    /// By user ID, in any case; organizations have none.
    UserName(&'a str),
}

#[derive(sqlx::FromRow)]
struct PersonRow {
    id: String,
    rev: i64,
    version: i64,
    created_at: i64,
    changed_at: i64,
    deleted_at: Option<i64>,
    external_id: Option<String>,
    user_name: String,
    given_name: Option<String>,
    family_name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    active: bool,
    organization: Option<String>,
    role: Option<String>,
}

#[derive(sqlx::FromRow)]
struct OrganizationRow {
    id: String,
    rev: i64,
    version: i64,
    created_at: i64,
    changed_at: i64,
    deleted_at: Option<i64>,
    external_id: Option<String>,
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
}

macro_rules! from_person {
    ($rest:literal) => {
        concat!(
            "select id, rev, version, created_at, changed_at, deleted_at, external_id, user_name, given_name, \
             family_name, email, phone, active, organization, role from person ",
            $rest
        )
    };
}

macro_rules! from_organization {
    ($rest:literal) => {
        concat!(
            "select id, rev, version, created_at, changed_at, deleted_at, external_id, name, active, status, roles, \
             email, phone, street, city, state, postal_code from organization ",
            $rest
        )
    };
}

/// The copy that `key` names, deleted or not.
pub(crate) async fn find(on: &mut SqliteConnection, kind: Kind, key: Key<'_>) -> sqlx::Result<Option<Stored>> {
    match kind {
        Kind::User => {
            let (text, value) = match key {
                Key::Id(id) => (from_person!("where id = ?"), id.to_owned()),
                Key::ExternalId(id) => (from_person!("where external_id = ?"), id.to_owned()),
                Key::UserName(name) => {
                    (from_person!("where user_name_key = ? and deleted_at is null"), name.to_lowercase())
                }
            };
            let row: Option<PersonRow> = sqlx::query_as(text).bind(value).fetch_optional(on).await?;
            Ok(row.map(Stored::from))
        }
        Kind::Group => {
            let (text, value) = match key {
                Key::Id(id) => (from_organization!("where id = ?"), id),
                Key::ExternalId(id) => (from_organization!("where external_id = ?"), id),
                Key::UserName(_) => return Ok(None),
            };
            let row: Option<OrganizationRow> = sqlx::query_as(text).bind(value).fetch_optional(on).await?;
            Ok(row.map(Stored::from))
        }
    }
}

/// The copies that are not deleted, by id, from `offset` on.
pub(crate) async fn page(on: &mut SqliteConnection, kind: Kind, offset: i64, count: i64) -> sqlx::Result<Vec<Stored>> {
    Ok(match kind {
        Kind::User => {
            let text = from_person!("where deleted_at is null order by id limit ? offset ?");
            let rows: Vec<PersonRow> = sqlx::query_as(text).bind(count).bind(offset).fetch_all(on).await?;
            rows.into_iter().map(Stored::from).collect()
        }
        Kind::Group => {
            let text = from_organization!("where deleted_at is null order by id limit ? offset ?");
            let rows: Vec<OrganizationRow> = sqlx::query_as(text).bind(count).bind(offset).fetch_all(on).await?;
            rows.into_iter().map(Stored::from).collect()
        }
    })
}

/// How many copies are not deleted.
pub(crate) async fn count(on: &mut SqliteConnection, kind: Kind) -> sqlx::Result<i64> {
    let text = match kind {
        Kind::User => "select count(*) from person where deleted_at is null",
        Kind::Group => "select count(*) from organization where deleted_at is null",
    };
    sqlx::query_scalar(text).fetch_one(on).await
}

/// Adds a copy.
pub(crate) async fn insert(on: &mut SqliteConnection, new: &Stored) -> sqlx::Result<()> {
    let query = match new.facts.kind() {
        Kind::User => sqlx::query(
            "insert into person (external_id, user_name, given_name, family_name, email, phone, active, organization, \
             role, user_name_key, rev, changed_at, id, created_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        ),
        Kind::Group => sqlx::query(
            "insert into organization (external_id, name, active, status, roles, email, phone, street, city, state, \
             postal_code, rev, changed_at, id, created_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        ),
    };
    bind(query, &new.facts)
        .bind(new.rev)
        .bind(new.changed_at)
        .bind(&new.id)
        .bind(new.created_at)
        .execute(on)
        .await
        .map(|_| ())
}

/// Replaces the managed attributes and brings back a deleted copy; false when the row has moved on since `version`, or
/// already holds a revision that is not older. A revision of `None` leaves the stored one.
pub(crate) async fn replace(
    on: &mut SqliteConnection,
    (id, version): (&str, i64),
    facts: &Facts,
    rev: Option<i64>,
    now: i64,
) -> sqlx::Result<bool> {
    let query = match facts.kind() {
        Kind::User => sqlx::query(
            "update person set external_id = ?, user_name = ?, given_name = ?, family_name = ?, email = ?, phone = ?, \
             active = ?, organization = ?, role = ?, user_name_key = ?, rev = coalesce(?, rev), changed_at = ?, \
             version = version + 1, deleted_at = null where id = ? and version = ? and (? is null or rev < ?)",
        ),
        Kind::Group => sqlx::query(
            "update organization set external_id = ?, name = ?, active = ?, status = ?, roles = ?, email = ?, \
             phone = ?, street = ?, city = ?, state = ?, postal_code = ?, rev = coalesce(?, rev), changed_at = ?, \
             version = version + 1, deleted_at = null where id = ? and version = ? and (? is null or rev < ?)",
        ),
    };
    let done = bind(query, facts).bind(rev).bind(now).bind(id).bind(version).bind(rev).bind(rev).execute(on).await?;
    Ok(done.rows_affected() == 1)
}

/// Hides a copy; its row stays for the documents that name it.
pub(crate) async fn hide(on: &mut SqliteConnection, kind: Kind, id: &str, now: i64) -> sqlx::Result<bool> {
    let text = match kind {
        Kind::User => {
            "update person set deleted_at = ?, changed_at = ?, version = version + 1 where id = ? and deleted_at is null"
        }
        Kind::Group => {
            "update organization set deleted_at = ?, changed_at = ?, version = version + 1 \
             where id = ? and deleted_at is null"
        }
    };
    let done = sqlx::query(text).bind(now).bind(now).bind(id).execute(on).await?;
    Ok(done.rows_affected() == 1)
}

type Query<'q> = sqlx::query::Query<'q, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>;

/// Binds the managed columns, in the order in which every statement above names them.
fn bind<'q>(query: Query<'q>, facts: &'q Facts) -> Query<'q> {
    match facts {
        Facts::Person(person) => query
            .bind(&person.external_id)
            .bind(&person.user_name)
            .bind(&person.given_name)
            .bind(&person.family_name)
            .bind(&person.email)
            .bind(&person.phone)
            .bind(person.active)
            .bind(&person.organization)
            .bind(&person.role)
            .bind(person.user_name.to_lowercase()),
        Facts::Organization(organization) => query
            .bind(&organization.external_id)
            .bind(&organization.name)
            .bind(organization.active)
            .bind(&organization.status)
            .bind(serde_json::json!(organization.roles).to_string())
            .bind(&organization.email)
            .bind(&organization.phone)
            .bind(&organization.street)
            .bind(&organization.city)
            .bind(&organization.state)
            .bind(&organization.postal_code),
    }
}

impl From<PersonRow> for Stored {
    fn from(row: PersonRow) -> Self {
        Self {
            id: row.id,
            rev: row.rev,
            version: row.version,
            created_at: row.created_at,
            changed_at: row.changed_at,
            deleted_at: row.deleted_at,
            facts: Facts::Person(PersonFacts {
                external_id: row.external_id,
                user_name: row.user_name,
                given_name: row.given_name,
                family_name: row.family_name,
                email: row.email,
                phone: row.phone,
                active: row.active,
                organization: row.organization,
                role: row.role,
            }),
        }
    }
}

impl From<OrganizationRow> for Stored {
    fn from(row: OrganizationRow) -> Self {
        Self {
            id: row.id,
            rev: row.rev,
            version: row.version,
            created_at: row.created_at,
            changed_at: row.changed_at,
            deleted_at: row.deleted_at,
            facts: Facts::Organization(OrganizationFacts {
                external_id: row.external_id,
                name: row.name,
                active: row.active,
                status: row.status,
                roles: serde_json::from_str(&row.roles).unwrap_or_default(),
                email: row.email,
                phone: row.phone,
                street: row.street,
                city: row.city,
                state: row.state,
                postal_code: row.postal_code,
            }),
        }
    }
}
