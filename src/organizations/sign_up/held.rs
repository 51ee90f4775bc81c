//! The sign-up that this browser has under way.

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderValue, request::Parts},
};

use super::{
    model::{Draft, DraftCookie},
    rules::Step,
    store,
};
use crate::accounts::Accounts;
use crate::kernel::{DraftId, Fault, Token};
use crate::platform::web::{Cookies, Kit, PageError, cookie};

const COOKIE: &str = "connex-signup";

/// The draft that the browser's cookie names, if it is still under way.
pub(super) struct Held(pub(super) Option<Draft>);

impl Held {
    /// The draft, when `step` can be done with it; otherwise the path of the first step that is missing.
    pub(super) fn at(self, step: Step) -> Result<Draft, &'static str> {
        let missing = Step::first_missing(self.0.as_ref());
        match self.0 {
            Some(draft) if step <= missing => Ok(draft),
            _ => Err(missing.path()),
        }
    }
}

/// The cookie line that makes a draft this browser's.
pub(super) fn keep(kit: &Kit, token: &Token<DraftCookie>) -> HeaderValue {
    cookie::set(kit, COOKIE, &token.reveal())
}

/// The cookie line that forgets the draft.
pub(super) fn forget(kit: &Kit) -> HeaderValue {
    cookie::clear(kit, COOKIE)
}

async fn find(accounts: &Accounts, parts: &Parts) -> Result<Option<Draft>, Fault> {
    let Some(cookie) = Cookies::of(&parts.headers, &accounts.kit).get(COOKIE) else { return Ok(None) };
    let Ok(token) = cookie.parse::<Token<DraftCookie>>() else { return Ok(None) };
    store::find(&mut accounts.db.read().await?, DraftId::from_uuid(token.id()), token.digest()).await
}

impl<S> FromRequestParts<S> for Held
where
    S: Send + Sync,
    Accounts: FromRef<S>,
{
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PageError> {
        Ok(Self(find(&Accounts::from_ref(state), parts).await?))
    }
}
