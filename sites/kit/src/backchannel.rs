//! `POST /auth/connex/logout`: ConneX ends sessions here (OIDC Back-Channel Logout 1.0 §2.5, §2.8). No browser calls it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::clock;
use crate::jws::Refusal;
use crate::logout_token::{self, LogoutToken};
use crate::provider::{Provider, Unreachable};
use crate::settings::Settings;
use crate::site::Site;

/// The tokens that have counted, so that none counts twice. An id is forgotten once its token is refused for its age.
#[derive(Debug, Default)]
pub(crate) struct Replays(Mutex<HashMap<String, i64>>);

impl Replays {
    /// Notes a proven token; false if it has been noted before.
    fn is_first(&self, token: &LogoutToken, now: i64) -> bool {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.retain(|_, dead_at| *dead_at > now);
        seen.insert(token.jti.clone(), token.dead_at).is_none()
    }
}

/// Ends what the token names: 200, also when nobody of that name is signed in. A token that is not in order: 400, and
/// nothing happens. Only when ConneX's keys cannot be fetched is it 503, since then nothing is known of the token.
pub(crate) async fn end(
    State(site): State<Arc<Site>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let now = clock::now();
    let proven = match logout_token(&headers, body) {
        Ok(token) => prove(&site.provider, &site.settings, &token, now).await,
        Err(refusal) => Ok(Err(refusal)),
    };
    match proven {
        Err(Unreachable) => {
            (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "5")], error("temporarily_unavailable", "no keys"))
                .into_response()
        }
        Ok(Err(refusal)) => refused(&refusal),
        Ok(Ok(token)) if !site.replays.is_first(&token, now) => refused(&Refusal::Because("jti was seen before")),
        Ok(Ok(token)) => {
            let count = site.sessions.end(&token.ending, now);
            tracing::info!(session_count = count, "sessions ended by ConneX");
            StatusCode::OK.into_response()
        }
    }
}

/// Takes the one `logout_token` from the form; other parameters are passed over (§2.5).
fn logout_token(headers: &HeaderMap, body: Result<Bytes, BytesRejection>) -> Result<String, Refusal> {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(Refusal::Because("the body is no form"));
    }
    let body = body.map_err(|_| Refusal::Because("the body cannot be read"))?;
    let mut tokens = url::form_urlencoded::parse(&body).filter(|(name, _)| name == "logout_token");
    match (tokens.next(), tokens.next()) {
        (Some((_, token)), None) => Ok(token.into_owned()),
        (None, _) => Err(Refusal::Because("logout_token is missing")),
        (Some(_), Some(_)) => Err(Refusal::Because("logout_token is given twice")),
    }
}

/// Proves the token, with newer keys if those at hand lack its key.
async fn prove(
    provider: &Provider,
    settings: &Settings,
    token: &str,
    now: i64,
) -> Result<Result<LogoutToken, Refusal>, Unreachable> {
    let metadata = provider.metadata().await?;
    let prove = |keys| logout_token::prove(token, keys, &settings.issuer, &settings.client_id, now);
    match prove(metadata.jwks()) {
        Err(Refusal::UnknownKey) => Ok(prove(provider.with_newer_keys(&metadata).await?.jwks())),
        verdict => Ok(verdict),
    }
}

fn refused(refusal: &Refusal) -> Response {
    let reason = match refusal {
        Refusal::UnknownKey => "signed with a key that the issuer does not publish",
        Refusal::Because(reason) => reason,
    };
    tracing::warn!(reason, "logout token refused");
    (StatusCode::BAD_REQUEST, error("invalid_request", reason)).into_response()
}

fn error(code: &str, description: &str) -> Json<serde_json::Value> {
    Json(serde_json::json!({ "error": code, "error_description": description }))
}
