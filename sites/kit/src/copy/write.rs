//! A write to a copy, and the rules that it keeps: an old revision changes nothing, a precondition holds or nothing is
//! done, a user ID belongs to one person, and what is deleted comes back only with a newer revision.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sqlx::SqliteConnection;

use super::facts::{Facts, Kind};
use super::store::log::{self, Action, PutBack};
use super::store::{self, Key};
use super::{Copies, Stored};

/// Why a copy is changed, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// What the change belongs to.
    pub txn: Option<String>,
    /// ConneX's word for why, or `here`.
    pub reason: String,
    /// `ConneX`, or somebody of this site.
    pub actor: String,
}

/// Which copy is written, why, and on what condition.
#[derive(Clone, Debug)]
pub struct Write<'a> {
    /// A person or an organization.
    pub kind: Kind,
    /// Which one.
    pub target: Target<'a>,
    /// Why and by whom.
    pub cause: &'a Cause,
    /// The entity tags that the writer knows; `None` when any will do.
    pub if_match: Option<&'a [String]>,
}

/// Which copy is meant.
#[derive(Clone, Copy, Debug)]
pub enum Target<'a> {
    /// A new one; the known one when ConneX's id for it is known.
    New,
    /// The one with this id of ours.
    Id(&'a str),
    /// The one with this id of ConneX's.
    ExternalId(&'a str),
}

/// What a copy is to be.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Its managed attributes, all of them.
    pub facts: Facts,
    /// The revision of this state; `None` from somebody who does not count.
    pub rev: Option<i64>,
}

/// A copy after a write.
#[derive(Clone, Debug)]
pub struct Written {
    /// The copy as it stands now.
    pub stored: Stored,
    /// What was done.
    pub outcome: Outcome,
    /// What follows from it.
    pub effect: Effect,
}

/// What a write did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There is one more, or one has come back.
    Created,
    /// It was replaced.
    Replaced,
    /// Nothing: this revision, or a newer one, stands here already.
    Unchanged,
}

/// What follows from a write.
#[derive(Clone, Debug, Default)]
pub struct Effect {
    /// Whose sessions end, by ConneX's id.
    pub ends_sessions_of: Option<String>,
    /// What ConneX put back.
    pub put_backs: Vec<PutBack>,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum Refusal<E> {
    /// There is no such copy.
    #[error("there is no such resource")]
    Unknown,
    /// Another copy has this user ID or this id of ConneX's.
    #[error("{0} belongs to another resource")]
    Taken(&'static str),
    /// The copy is not in the state that the writer saw.
    #[error("the resource has changed")]
    Changed,
    /// It was deleted after this revision.
    #[error("the resource was deleted; a newer revision brings it back")]
    Deleted,
    /// What was wanted cannot be.
    #[error("{0}")]
    Unfit(E),
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] sqlx::Error),
}

impl Copies {
    /// Writes one copy in one transaction. `wanted` sees what stands here, and says what should.
    ///
    /// # Errors
    /// A [`Refusal`]; then nothing was written.
    pub async fn write<E>(
        &self,
        write: Write<'_>,
        wanted: impl FnOnce(Option<&Stored>) -> Result<Wanted, E>,
    ) -> Result<Written, Refusal<E>> {
        let mut unit = self.begin().await?;
        let named = match write.target {
            Target::New => None,
            Target::Id(id) => Some(living(&mut unit, write.kind, Key::Id(id)).await?),
            Target::ExternalId(id) => Some(living(&mut unit, write.kind, Key::ExternalId(id)).await?),
        };
        let wanted = wanted(named.as_ref()).map_err(Refusal::Unfit)?;
        let current = match (named, wanted.facts.external_id()) {
            (None, Some(id)) => store::find(&mut unit, write.kind, Key::ExternalId(id)).await?,
            (named, _) => named,
        };
        let written = match current {
            None => create(&mut unit, wanted, write.cause).await?,
            Some(current) => replace(&mut unit, current, wanted, &write).await?,
        };
        unit.commit().await?;
        Ok(written)
    }

    /// Hides a copy that ConneX has deleted; its name stays on documents.
    ///
    /// # Errors
    /// When there is none, or it is not one that `write.if_match` names.
    pub async fn remove(&self, write: Write<'_>) -> Result<Effect, Refusal<std::convert::Infallible>> {
        let now = crate::clock::now();
        let mut unit = self.begin().await?;
        let current = match write.target {
            Target::New => return Err(Refusal::Unknown),
            Target::Id(id) => living(&mut unit, write.kind, Key::Id(id)).await?,
            Target::ExternalId(id) => living(&mut unit, write.kind, Key::ExternalId(id)).await?,
        };
        if write.if_match.is_some_and(|known| !known.contains(&current.etag())) {
            return Err(Refusal::Changed);
        }
        if !store::hide(&mut unit, write.kind, &current.id, now).await? {
            return Err(Refusal::Unknown);
        }
        log::note(&mut unit, &current, Action::Removed, write.cause, now).await?;
        unit.commit().await?;
        let ends_sessions_of = leaver(&current.facts);
        Ok(Effect { ends_sessions_of, ..Effect::default() })
    }

    /// A copy that is not deleted, by this site's own id.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find(&self, kind: Kind, id: &str) -> sqlx::Result<Option<Stored>> {
        let mut on = self.pool().acquire().await?;
        Ok(store::find(&mut on, kind, Key::Id(id)).await?.filter(is_living))
    }

    /// A copy that is not deleted, by ConneX's id.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_external(&self, kind: Kind, external_id: &str) -> sqlx::Result<Option<Stored>> {
        let mut on = self.pool().acquire().await?;
        Ok(store::find(&mut on, kind, Key::ExternalId(external_id)).await?.filter(is_living))
    }

    /// A person's copy that is not deleted, by user ID in any case.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_user_name(&self, user_name: &str) -> sqlx::Result<Option<Stored>> {
        let mut on = self.pool().acquire().await?;
        store::find(&mut on, Kind::User, Key::UserName(user_name)).await
    }

    /// How many copies there are, and those from `offset` on.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn page(&self, kind: Kind, offset: i64, count: i64) -> sqlx::Result<(i64, Vec<Stored>)> {
        let mut on = self.pool().acquire().await?;
        let total = store::count(&mut on, kind).await?;
        Ok((total, store::page(&mut on, kind, offset, count).await?))
    }

    /// Every copy that is not deleted.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn all(&self, kind: Kind) -> sqlx::Result<Vec<Stored>> {
        let mut on = self.pool().acquire().await?;
        // SQLite takes a negative limit for none.
        store::page(&mut on, kind, 0, -1).await
    }
}

async fn living<E>(on: &mut SqliteConnection, kind: Kind, key: Key<'_>) -> Result<Stored, Refusal<E>> {
    store::find(on, kind, key).await?.filter(is_living).ok_or(Refusal::Unknown)
}

async fn create<E>(on: &mut SqliteConnection, wanted: Wanted, cause: &Cause) -> Result<Written, Refusal<E>> {
    check_user_name(on, None, &wanted.facts).await?;
    let now = crate::clock::now();
    let stored = Stored {
        id: BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 15]>()),
        rev: wanted.rev.unwrap_or_default(),
        version: 1,
        created_at: now,
        changed_at: now,
        deleted_at: None,
        facts: wanted.facts,
    };
    store::insert(on, &stored).await?;
    log::note(on, &stored, Action::Added, cause, now).await?;
    Ok(Written { stored, outcome: Outcome::Created, effect: Effect::default() })
}

/// Replaces what stands here. The revision is looked at before the precondition: a request that is repeated because its
/// answer was lost knows the version of before, and is still no fault.
async fn replace<E>(
    on: &mut SqliteConnection,
    current: Stored,
    wanted: Wanted,
    write: &Write<'_>,
) -> Result<Written, Refusal<E>> {
    if wanted.rev.is_some_and(|rev| rev <= current.rev) {
        if !is_living(&current) {
            return Err(Refusal::Deleted);
        }
        return Ok(Written { stored: current, outcome: Outcome::Unchanged, effect: Effect::default() });
    }
    if write.if_match.is_some_and(|known| !known.contains(&current.etag())) {
        return Err(Refusal::Changed);
    }
    check_user_name(on, Some(&current.id), &wanted.facts).await?;
    check_external_id(on, &current, &wanted.facts).await?;

    let now = crate::clock::now();
    if !store::replace(on, (&current.id, current.version), &wanted.facts, wanted.rev, now).await? {
        return Err(Refusal::Changed);
    }
    let is_back = !is_living(&current);
    let put_backs = if is_back {
        let back = Stored { facts: wanted.facts.clone(), ..current.clone() };
        log::note(on, &back, Action::Added, write.cause, now).await?;
        Vec::new()
    } else {
        log::note_differences(on, &current, &wanted.facts, write.cause, now).await?
    };
    let ends_sessions_of = if wanted.facts.is_active() { None } else { leaver(&wanted.facts) };
    let stored = Stored {
        rev: wanted.rev.unwrap_or(current.rev),
        version: current.version + 1,
        changed_at: now,
        deleted_at: None,
        facts: wanted.facts,
        ..current
    };
    let outcome = if is_back { Outcome::Created } else { Outcome::Replaced };
    Ok(Written { stored, outcome, effect: Effect { ends_sessions_of, put_backs } })
}

/// A user ID belongs to one person. An e-mail address does not: two people may share one, and an employee may have the
/// same.
async fn check_user_name<E>(on: &mut SqliteConnection, own: Option<&str>, facts: &Facts) -> Result<(), Refusal<E>> {
    let Facts::Person(person) = facts else { return Ok(()) };
    let other = store::find(on, Kind::User, Key::UserName(&person.user_name)).await?;
    match other {
        Some(other) if own != Some(other.id.as_str()) => Err(Refusal::Taken("userName")),
        _ => Ok(()),
    }
}

async fn check_external_id<E>(on: &mut SqliteConnection, current: &Stored, facts: &Facts) -> Result<(), Refusal<E>> {
    let Some(id) = facts.external_id() else { return Ok(()) };
    match store::find(on, facts.kind(), Key::ExternalId(id)).await? {
        Some(other) if other.id != current.id => Err(Refusal::Taken("externalId")),
        _ => Ok(()),
    }
}

fn is_living(stored: &Stored) -> bool {
    stored.deleted_at.is_none()
}

/// Whose sessions end when the copy lets nobody in.
fn leaver(facts: &Facts) -> Option<String> {
    match facts {
        Facts::Person(person) => person.external_id.clone(),
        Facts::Organization(_) => None,
    }
}
