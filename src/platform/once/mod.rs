//! Forms that count once: a second post of the same showing gets what the first one got.
//!
//! A page that creates something carries the id of its showing. The first post keeps its result
//! under that id, in the unit of what it created; a double click, a reload or a lost answer finds
//! the result instead of creating a second thing.

mod store;

use crate::kernel::{AccountId, Fault, FormId, Lifetime};
use crate::platform::store::{Sql, Unit, violates};
use crate::protocol::oauth::Params;

/// How long a result is kept: longer than anybody waits with a reload.
const KEPT_FOR: Lifetime = Lifetime::days(2);

/// What a post led to: where the person went, and what they were told.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct FirstResult {
    /// A path of ours.
    pub path: String,
    /// The notice there.
    pub notice: String,
}

/// The showing that a post belongs to; one that is no id is as good as none.
#[must_use]
pub fn showing(fields: &Params) -> Option<FormId> {
    fields.get("form")?.parse().ok()
}

/// What the first post of this showing led to, if it was this person's.
///
/// # Errors
/// When the database does not answer.
pub async fn first_result(
    on: &mut impl Sql,
    showing: Option<FormId>,
    account: AccountId,
) -> Result<Option<FirstResult>, Fault> {
    match showing {
        Some(id) => store::find(on, id, account).await,
        None => Ok(None),
    }
}

/// Keeps the result of the first post. `false` when another post of the same showing was faster:
/// drop the unit then, and answer with its result.
///
/// # Errors
/// When the database refuses it.
pub async fn keep(
    unit: &mut Unit,
    showing: Option<FormId>,
    account: AccountId,
    result: &FirstResult,
) -> Result<bool, Fault> {
    let Some(id) = showing else { return Ok(true) };
    match store::insert(unit, id, account, result).await {
        Ok(()) => Ok(true),
        Err(fault) if violates(&fault, "form_results_id_key") => Ok(false),
        Err(fault) => Err(fault),
    }
}

/// Forgets results that nobody will ask for. Returns how many.
///
/// # Errors
/// When the database refuses it.
pub async fn sweep(unit: &mut Unit) -> Result<u64, Fault> {
    store::sweep(unit, KEPT_FOR).await
}
