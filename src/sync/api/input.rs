//! What a site writes: a JSON body, and the key under which it counts once.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::StatusCode,
};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::once::Once;
use crate::platform::web::Problem;

/// A key is no longer than this.
const MOST_OF_A_KEY: usize = 200;

/// What was written, and how often it counts.
pub(super) struct Written<T> {
    /// The body.
    pub(super) said: T,
    /// Its `Idempotency-Key`, if there is one.
    pub(super) once: Once,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Written<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let key = key(&request)?;
        let mut hasher = Sha256::new();
        hasher.update(format!("{} {}\n", request.method(), request.uri().path()));
        let too_large =
            |_| Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The body is too large, or was cut.");
        let body = Bytes::from_request(request, state).await.map_err(too_large)?;
        hasher.update(&body);
        let digest = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        let said =
            serde_json::from_slice(&body).map_err(|error| invalid(format!("The body does not fit: {error}.")))?;
        Ok(Self { said, once: Once::new(key, digest) })
    }
}

fn key(request: &Request) -> Result<Option<String>, Problem> {
    let mut lines = request.headers().get_all("idempotency-key").iter();
    let Some(line) = lines.next() else { return Ok(None) };
    let refuse = || invalid(format!("Idempotency-Key is one line of 1 to {MOST_OF_A_KEY} visible characters."));
    if lines.next().is_some() {
        return Err(refuse());
    }
    let text = line.to_str().map_err(|_| refuse())?;
    match (1..=MOST_OF_A_KEY).contains(&text.len()) {
        true => Ok(Some(text.to_owned())),
        false => Err(refuse()),
    }
}

/// Something of the request cannot be so.
pub(super) fn invalid(detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "invalid_request", detail)
}

/// A text that is kept: without control characters, and no longer than `most` characters.
pub(super) fn text(name: &str, text: &str, most: usize) -> Result<String, Problem> {
    let trimmed = text.trim();
    if trimmed.chars().count() > most || trimmed.chars().any(char::is_control) {
        return Err(invalid(format!("{name} has at most {most} characters, and no control characters.")));
    }
    Ok(trimmed.to_owned())
}
