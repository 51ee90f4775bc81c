//! Who may ask: ConneX, by a token signed for this site; on this machine also a tester, by a token from the settings.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use subtle::ConstantTimeEq;

use super::error::ScimError;
use super::sync_token;
use crate::clock;
use crate::jws::Refusal;
use crate::provider::Unreachable;
use crate::site::Site;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caller {
    /// ConneX.
    Connex,
    /// A tester of SCIM, on this machine.
    Tester,
}

/// Lets ConneX on, and nobody else.
pub(super) async fn admit(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let mishap = site.settings.trouble.as_ref().and_then(|trouble| trouble.take());
    let Some(mishap) = mishap else { return answer(&site, request, next).await };
    tokio::time::sleep(mishap.delay).await;
    match mishap.answer {
        None => answer(&site, request, next).await,
        Some(spoiled) => {
            if mishap.is_done {
                answer(&site, request, next).await;
            }
            spoiled.into()
        }
    }
}

async fn answer(site: &Site, mut request: Request, next: Next) -> Response {
    match check(site, request.headers()).await {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(refusal) => refusal.into_response(),
    }
}

async fn check(site: &Site, headers: &HeaderMap) -> Result<Caller, ScimError> {
    let token = bearer(headers).ok_or_else(|| ScimError::unauthorized("a bearer token is missing"))?;
    if let Some(expected) = &site.settings.scim_test_token
        && bool::from(expected.as_bytes().ct_eq(token.as_bytes()))
    {
        return Ok(Caller::Tester);
    }
    let metadata = site.provider.metadata().await.map_err(|Unreachable| ScimError::no_keys())?;
    let now = clock::now();
    let prove = |keys| sync_token::prove(token, keys, &site.settings.issuer, &site.settings.scim_url, now);
    let verdict = match prove(metadata.jwks()) {
        Err(Refusal::UnknownKey) => {
            let newer = site.provider.with_newer_keys(&metadata).await;
            prove(newer.map_err(|Unreachable| ScimError::no_keys())?.jwks())
        }
        verdict => verdict,
    };
    verdict.map(|()| Caller::Connex).map_err(|refusal| {
        let reason = match refusal {
            Refusal::UnknownKey => "signed with a key that the issuer does not publish",
            Refusal::Because(reason) => reason,
        };
        tracing::warn!(reason, "a sync token was refused");
        ScimError::unauthorized(reason)
    })
}

/// The one bearer token of a request (RFC 6750 §2.1).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION).into_iter();
    let (value, None) = (values.next()?, values.next()) else { return None };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()).filter(|token| !token.is_empty())
}
