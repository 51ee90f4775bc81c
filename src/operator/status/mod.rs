//! What sites are told, one delivery at a time, and what was changed there, with names for a page. It reads and changes
//! nothing.

mod store;

use crate::kernel::{Fault, Leaf, SiteId, leaf};
use crate::platform::store::Sql;
use crate::sync::control::Item;
pub use store::{Attempt, Change, Delivery, Receipt};

/// How many deliveries, or changes, a page shows.
pub const PAGE: i64 = 50;

/// Which deliveries are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum State {
    /// Those that somebody has to look at.
    Attention,
    /// Those that the site has not confirmed yet.
    Due,
    /// Those that the site has confirmed.
    Ok,
    /// All of them.
    All,
}

impl State {
    /// All, in the order of the page.
    pub const ALL: [Self; 4] = [Self::Attention, Self::Due, Self::Ok, Self::All];

    /// As addresses have it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Attention => "attention",
            Self::Due => "due",
            Self::Ok => "ok",
            Self::All => "all",
        }
    }

    /// Reads it from an address; anything else is `None`.
    #[must_use]
    pub fn asked(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// A page of a site's deliveries, counted from 1; what changed last comes first.
///
/// # Errors
/// When the database does not answer.
pub async fn deliveries(on: &mut impl Sql, site: SiteId, state: State, page: i64) -> Result<Leaf<Delivery>, Fault> {
    Ok(Leaf::of(store::deliveries(on, site, state, leaf::span(page, PAGE)).await?, PAGE))
}

/// One delivery, with what was tried for it, newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn delivery(on: &mut impl Sql, site: SiteId, item: Item) -> Result<Option<(Delivery, Vec<Attempt>)>, Fault> {
    let Some(found) = store::delivery(on, site, item).await? else { return Ok(None) };
    let attempts = store::attempts(on, site, item).await?;
    Ok(Some((found, attempts)))
}

/// What the site has confirmed of one copy, newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn receipts(on: &mut impl Sql, site: SiteId, item: Item) -> Result<Vec<Receipt>, Fault> {
    store::receipts(on, site, item).await
}

/// A page of what was changed at a site, counted from 1, newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn changes(on: &mut impl Sql, site: SiteId, page: i64) -> Result<Leaf<Change>, Fault> {
    Ok(Leaf::of(store::changes(on, site, leaf::span(page, PAGE)).await?, PAGE))
}
