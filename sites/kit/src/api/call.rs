//! One call to ConneX: the site proves itself with a token of its own, which it keeps until shortly before its end.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
pub(super) use reqwest::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::Mutex;

use super::Connex;
use crate::clock;
use crate::provider::Unreachable;
use crate::settings::AuthMethod;

/// What the site's own token is for.
const SCOPE: &str = "scim sync";
/// A token is renewed before its end by so much, because a call takes time.
const RENEW_SECONDS: i64 = 30;

/// The token that the site has, with the time from which it is renewed.
#[derive(Debug, Default)]
pub(crate) struct Token(Mutex<Option<(String, i64)>>);

/// Why a call brought nothing.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ApiError {
    /// ConneX does not answer.
    #[error("ConneX does not answer")]
    Unreachable,
    /// ConneX says no.
    #[error("ConneX answered {status}: {detail}")]
    Refused {
        /// The status.
        status: u16,
        /// What kind of no, for programs.
        code: Option<String>,
        /// What ConneX's own log knows it by.
        reference: Option<String>,
        /// What it means, for people.
        detail: String,
    },
    /// The answer is not what it should be.
    #[error("the answer cannot be used: {0}")]
    Garbled(String),
}

impl ApiError {
    /// What ConneX's own log knows the failure by.
    pub fn reference(&self) -> Option<&str> {
        match self {
            Self::Refused { reference, .. } => reference.as_deref(),
            Self::Unreachable | Self::Garbled(_) => None,
        }
    }

    /// The failure in a sentence for people.
    pub fn words(&self) -> String {
        match self {
            Self::Unreachable => "ConneX does not answer at the moment.".to_owned(),
            Self::Refused { detail, .. } if !detail.is_empty() => detail.clone(),
            Self::Refused { status, .. } => format!("ConneX answered {status}."),
            Self::Garbled(_) => "ConneX sent an answer that this site cannot read.".to_owned(),
        }
    }
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    #[serde(default)]
    expires_in: i64,
}

/// The members of problem details (RFC 9457) and of SCIM errors that people and logs need.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Said {
    code: Option<String>,
    reference: Option<String>,
    title: Option<String>,
    detail: Option<String>,
}

impl Connex<'_> {
    /// Calls and reads the answer.
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<T, ApiError> {
        let answer = self.call(method, path, body).await?;
        serde_json::from_slice(&answer).map_err(|error| ApiError::Garbled(error.to_string()))
    }

    /// Calls where nothing is to be read.
    pub(super) async fn tell(&self, method: Method, path: &str, body: Value) -> Result<(), ApiError> {
        self.call(method, path, Some(body)).await.map(|_| ())
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Result<Vec<u8>, ApiError> {
        let url = format!("{}{path}", self.site.settings.issuer);
        let mut is_second = false;
        loop {
            let token = self.token().await?;
            let http = self.site.provider.http();
            let mut call = http.call_to(method.clone(), &url).bearer_auth(&token);
            if let Some(body) = &body {
                call = call.json(body);
            }
            let (status, answer) = http.answer_to(call).await.map_err(|error| {
                tracing::warn!(path, reason = %error, "ConneX does not answer");
                ApiError::Unreachable
            })?;
            match status {
                200..=299 => return Ok(answer),
                // The token may have been revoked; a fresh one is tried once.
                401 if !is_second => {
                    is_second = true;
                    *self.site.token.0.lock().await = None;
                }
                status => return Err(refused(status, &answer)),
            }
        }
    }

    /// The site's token, fresh enough for a call.
    async fn token(&self) -> Result<String, ApiError> {
        let mut kept = self.site.token.0.lock().await;
        let now = clock::now();
        if let Some((token, until)) = kept.as_ref()
            && now < *until
        {
            return Ok(token.clone());
        }
        let granted = self.grant().await?;
        *kept = Some((granted.access_token.clone(), now + granted.expires_in - RENEW_SECONDS));
        Ok(granted.access_token)
    }

    /// Asks for a token as the client that the site is (RFC 6749 §4.4).
    async fn grant(&self) -> Result<Granted, ApiError> {
        let (settings, provider) = (&self.site.settings, &self.site.provider);
        let metadata = provider.metadata().await.map_err(|Unreachable| ApiError::Unreachable)?;
        let endpoint = metadata.token_endpoint().ok_or(ApiError::Unreachable)?;
        let (id, secret) = (settings.client_id.as_str(), settings.client_secret.secret().as_str());
        let mut form = vec![("grant_type", "client_credentials"), ("scope", SCOPE)];
        let call = provider.http().call_to(Method::POST, endpoint.url().as_str());
        let call = match settings.auth_method {
            AuthMethod::ClientSecretBasic => {
                let pair = format!("{}:{}", encoded(id), encoded(secret));
                call.header("authorization", format!("Basic {}", BASE64_STANDARD.encode(pair)))
            }
            AuthMethod::ClientSecretPost => {
                form.extend([("client_id", id), ("client_secret", secret)]);
                call
            }
        };
        let answer = provider.http().answer_to(call.form(&form)).await;
        let (status, body) = answer.map_err(|error| {
            tracing::warn!(reason = %error, "the token endpoint does not answer");
            ApiError::Unreachable
        })?;
        if status != 200 {
            return Err(refused(status, &body));
        }
        serde_json::from_slice(&body).map_err(|error| ApiError::Garbled(error.to_string()))
    }
}

fn refused(status: u16, body: &[u8]) -> ApiError {
    let said: Said = serde_json::from_slice(body).unwrap_or_default();
    let detail = said.detail.or(said.title).unwrap_or_default();
    tracing::warn!(status, code = said.code, reference = said.reference, "ConneX refused a call");
    ApiError::Refused { status, code: said.code, reference: said.reference, detail }
}

/// A text as one half of a pair of credentials (RFC 6749 §2.3.1).
fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// A text as one segment of a path.
pub(super) fn segment(text: &str) -> String {
    encoded(text).replace('+', "%20")
}
