//! Where somebody goes on to after signing in: to what a site asked for, to a page of ours, or home.

use axum::http::StatusCode;

use super::next::Next;
use crate::accounts::Accounts;
use crate::platform::web::{Errand, ErrandSite, PageError, SealedErrand, errand::Opened};
use crate::protocol::oauth::Params;

/// Where a person goes on to.
#[derive(Debug)]
pub(super) struct Destination {
    pub(super) errand: Option<(Box<Errand>, SealedErrand)>,
    pub(super) next: Option<Next>,
}

impl Destination {
    /// Reads it from a form or an address.
    ///
    /// # Errors
    /// When the request of the site is too old, or is none.
    pub(super) fn of(sealed: Option<SealedErrand>, next: Option<&str>, accounts: &Accounts) -> Result<Self, PageError> {
        let next = next.and_then(Next::from_browser);
        let Some(sealed) = sealed else { return Ok(Self { errand: None, next }) };
        match sealed.open(&accounts.kit, accounts.db.now()) {
            Opened::Good(errand) => Ok(Self { errand: Some((errand, sealed)), next }),
            Opened::Expired(errand) => Err(expired(&errand.site)),
            Opened::Unreadable => Err(unreadable()),
        }
    }

    /// Reads it from the fields of a form.
    ///
    /// # Errors
    /// When the request of the site is too old, or is none.
    pub(super) fn in_form(fields: &Params, accounts: &Accounts) -> Result<Self, PageError> {
        Self::of(fields.get("errand").map(SealedErrand::from_browser), fields.get("next"), accounts)
    }

    /// The site that sent the person.
    pub(super) fn site(&self) -> Option<&ErrandSite> {
        self.errand.as_ref().map(|(errand, _)| &errand.site)
    }

    /// What the site asked for, for a hidden field or a link.
    pub(super) fn sealed(&self) -> Option<&str> {
        self.errand.as_ref().map(|(_, sealed)| sealed.as_str())
    }

    /// The path to go on to.
    pub(super) fn path(&self) -> String {
        match (&self.errand, &self.next) {
            (Some((errand, sealed)), _) => errand.resume_path(sealed),
            (None, Some(next)) => next.as_str().to_owned(),
            (None, None) => "/".to_owned(),
        }
    }

    /// `path`, with what the site asked for.
    pub(super) fn along(&self, path: &str) -> String {
        self.sealed().map_or_else(|| path.to_owned(), |sealed| format!("{path}?errand={sealed}"))
    }
}

/// The request of the site is too old; the site is still known.
#[must_use]
pub fn expired(site: &ErrandSite) -> PageError {
    PageError::new(StatusCode::BAD_REQUEST, "CX-1101", |t| t.error_expired().into())
        .advise(|t| t.error_expired_advice().into())
        .start_again_at(site)
}

/// The address was cut, or is not one of ours.
#[must_use]
pub fn unreadable() -> PageError {
    PageError::new(StatusCode::BAD_REQUEST, "CX-1001", |t| t.error_unknown_site().into())
        .advise(|t| t.error_unknown_link_advice().into())
}
