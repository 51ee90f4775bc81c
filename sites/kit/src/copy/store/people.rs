//! The copies as the site's own pages show them, and what the site may change itself: Disable, roles given here, notes;
//! and, until ConneX puts it back, a managed attribute.

use crate::copy::facts::{Facts, Kind};
use crate::copy::write::{Cause, Refusal, Target, Wanted, Write};
use crate::copy::{Copies, Effect};

/// A person as a list shows them.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PersonView {
    /// The site's own id.
    pub id: String,
    /// The `sub` of this site's tokens.
    pub external_id: Option<String>,
    /// The user ID at ConneX.
    pub user_name: String,
    /// The first name.
    pub given_name: Option<String>,
    /// The last name.
    pub family_name: Option<String>,
    /// The address.
    pub email: Option<String>,
    /// The telephone number.
    pub phone: Option<String>,
    /// Whether ConneX lets the person in.
    pub active: bool,
    /// The organization's id at ConneX.
    pub organization: Option<String>,
    /// The organization's name, once it has arrived.
    pub organization_name: Option<String>,
    /// When somebody of this site pressed *Disable User*.
    pub blocked_at: Option<i64>,
    /// Roles given here, separated by commas.
    pub local_roles: String,
    /// Notes made here.
    pub notes: String,
}

/// An organization as a list shows it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OrganizationView {
    /// The organization's id at ConneX.
    pub external_id: String,
    /// The name.
    pub name: String,
    /// How many of its people are here and let in.
    pub people: i64,
}

/// A change that somebody makes at this site to what ConneX manages. ConneX puts it back.
#[derive(Clone, Debug)]
pub enum Edit {
    /// Another telephone number.
    Phone(Option<String>),
    /// Another address.
    Email(Option<String>),
}

macro_rules! from_person {
    ($rest:literal) => {
        concat!(
            "select p.id, p.external_id, p.user_name, p.given_name, p.family_name, p.email, p.phone, p.active, \
             p.organization, o.name as organization_name, p.blocked_at, p.local_roles, p.notes \
             from person p left join organization o on o.external_id = p.organization ",
            $rest
        )
    };
}

impl PersonView {
    /// The name as people say it.
    pub fn display_name(&self) -> String {
        let names: Vec<&str> =
            [&self.given_name, &self.family_name].into_iter().flatten().map(String::as_str).collect();
        if names.is_empty() { self.user_name.clone() } else { names.join(" ") }
    }

    /// Whether neither ConneX nor this site keeps the person out.
    pub fn may_enter(&self) -> bool {
        self.active && self.blocked_at.is_none()
    }
}

impl Copies {
    /// The people in whose name, address or organization `text` occurs, by name.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn people(&self, text: &str, offset: i64, count: i64) -> sqlx::Result<Vec<PersonView>> {
        let statement = from_person!(
            "where p.deleted_at is null and instr(lower(coalesce(p.given_name, '') || ' ' || coalesce(p.family_name, '') \
             || char(10) || coalesce(p.email, '') || char(10) || p.user_name || char(10) || coalesce(o.name, '')), ?) > 0 \
             order by coalesce(p.family_name, p.user_name), p.given_name, p.id limit ? offset ?"
        );
        sqlx::query_as(statement).bind(text.to_lowercase()).bind(count).bind(offset).fetch_all(self.pool()).await
    }

    /// How many people fit `text`; see [`Copies::people`].
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn count_people(&self, text: &str) -> sqlx::Result<i64> {
        let statement = "select count(*) from person p left join organization o on o.external_id = p.organization \
                         where p.deleted_at is null and instr(lower(coalesce(p.given_name, '') || ' ' || \
                         coalesce(p.family_name, '') || char(10) || coalesce(p.email, '') || char(10) || p.user_name \
                         || char(10) || coalesce(o.name, '')), ?) > 0";
        sqlx::query_scalar(statement).bind(text.to_lowercase()).fetch_one(self.pool()).await
    }

    /// Takes a copy away from this site's pages. It comes back when ConneX next compares, while the organization is
    /// let in here.
    ///
    /// # Errors
    /// When there is no such person, or the database does not answer.
    pub async fn delete_here(&self, id: &str, actor: &str) -> Result<Effect, Refusal<std::convert::Infallible>> {
        let cause = Cause { txn: None, reason: "here".to_owned(), actor: actor.to_owned() };
        self.remove(Write { kind: Kind::User, target: Target::Id(id), cause: &cause, if_match: None }).await
    }

    /// A person, by the site's own id.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn person(&self, id: &str) -> sqlx::Result<Option<PersonView>> {
        let statement = from_person!("where p.id = ? and p.deleted_at is null");
        sqlx::query_as(statement).bind(id).fetch_optional(self.pool()).await
    }

    /// A person, by the `sub` of this site's tokens.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn person_of(&self, sub: &str) -> sqlx::Result<Option<PersonView>> {
        let statement = from_person!("where p.external_id = ? and p.deleted_at is null");
        sqlx::query_as(statement).bind(sub).fetch_optional(self.pool()).await
    }

    /// The people with this address, in any case.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn people_with_email(&self, email: &str) -> sqlx::Result<Vec<PersonView>> {
        let statement = from_person!("where lower(p.email) = ? and p.deleted_at is null");
        sqlx::query_as(statement).bind(email.to_lowercase()).fetch_all(self.pool()).await
    }

    /// The organizations that are here, by name, with how many of their people.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn organizations(&self) -> sqlx::Result<Vec<OrganizationView>> {
        let statement = "select o.external_id, o.name, (select count(*) from person p where p.organization = \
                         o.external_id and p.active = 1 and p.deleted_at is null) as people from organization o \
                         where o.external_id is not null and o.deleted_at is null order by o.name, o.id";
        sqlx::query_as(statement).fetch_all(self.pool()).await
    }

    /// The site's own *Disable User* or *Enable*. The caller ends the person's sessions.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn block(&self, id: &str, is_blocked: bool) -> sqlx::Result<()> {
        let at = is_blocked.then(crate::clock::now);
        let statement = "update person set blocked_at = ? where id = ? and (blocked_at is null) = ?";
        sqlx::query(statement).bind(at).bind(id).bind(is_blocked).execute(self.pool()).await.map(|_| ())
    }

    /// What this site notes of a person: roles and notes.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn annotate(&self, id: &str, local_roles: &str, notes: &str) -> sqlx::Result<()> {
        let statement = "update person set local_roles = ?, notes = ? where id = ?";
        sqlx::query(statement).bind(local_roles).bind(notes).bind(id).execute(self.pool()).await.map(|_| ())
    }

    /// Changes at this site what ConneX manages. It stands until ConneX puts it back.
    ///
    /// # Errors
    /// When there is no such person, or the database does not answer.
    pub async fn edit_here(
        &self,
        id: &str,
        edit: Edit,
        actor: &str,
    ) -> Result<Effect, Refusal<std::convert::Infallible>> {
        let cause = Cause { txn: None, reason: "here".to_owned(), actor: actor.to_owned() };
        let write = Write { kind: Kind::User, target: Target::Id(id), cause: &cause, if_match: None };
        let written = self.write(write, |current| {
            let mut facts = current.map_or_else(|| Facts::Person(Default::default()), |stored| stored.facts.clone());
            if let Facts::Person(person) = &mut facts {
                match edit {
                    Edit::Phone(phone) => person.phone = phone,
                    Edit::Email(email) => person.email = email,
                }
            }
            Ok(Wanted { facts, rev: None })
        });
        Ok(written.await?.effect)
    }
}
