//! `POST /token`

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::{authorization_code, client_credentials, refresh_token};
use crate::oidc::{Provider, clients};
use crate::platform::web::OAuthError;
use crate::protocol::oauth::{GrantType, OAuthErrorCode, Params, Scope};

/// What a client gets (RFC 6749 §5.1, OIDC Core §3.1.3.3).
#[derive(Debug, Serialize)]
pub(super) struct TokenAnswer {
    pub(super) access_token: String,
    pub(super) token_type: &'static str,
    pub(super) expires_in: i64,
    pub(super) scope: Scope,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id_token: Option<String>,
}

impl IntoResponse for TokenAnswer {
    fn into_response(self) -> Response {
        let mut response = Json(self).into_response();
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response.headers_mut().insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
        response
    }
}

/// Exchanges a grant for tokens.
pub(in crate::oidc) async fn token(
    State(provider): State<Provider>,
    headers: HeaderMap,
    params: FormParams,
) -> Result<Response, OAuthError> {
    let FormParams(params) = params;
    let caller = clients::authenticate(&provider, &headers, &params).await?;
    let wanted = params
        .get("grant_type")
        .ok_or_else(|| OAuthError::of(OAuthErrorCode::InvalidRequest, "grant_type is missing"))?;
    let grant_type: GrantType = wanted
        .parse()
        .map_err(|_| OAuthError::of(OAuthErrorCode::UnsupportedGrantType, "that grant_type is not offered"))?;
    if !caller.client.metadata.grant_types.contains(&grant_type) {
        return Err(OAuthError::of(
            OAuthErrorCode::UnauthorizedClient,
            "the client is not registered for that grant_type",
        ));
    }
    let answer = match grant_type {
        GrantType::AuthorizationCode => authorization_code::exchange(&provider, &caller.client, &params).await,
        GrantType::RefreshToken => refresh_token::exchange(&provider, &caller.client, &params).await,
        GrantType::ClientCredentials => client_credentials::exchange(&provider, &caller.client, &params).await,
    };
    if answer.is_ok() {
        provider.metrics().token(grant_type.as_str());
    }
    answer.map(IntoResponse::into_response)
}

/// The form of a back-channel request: form-encoded, no parameter twice.
pub(in crate::oidc) struct FormParams(pub(in crate::oidc) Params);

impl<S: Send + Sync> axum::extract::FromRequest<S> for FormParams {
    type Rejection = OAuthError;

    async fn from_request(request: axum::extract::Request, state: &S) -> Result<Self, OAuthError> {
        let kind =
            request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !kind.trim_start().to_ascii_lowercase().starts_with("application/x-www-form-urlencoded") {
            return Err(OAuthError::of(OAuthErrorCode::InvalidRequest, "send application/x-www-form-urlencoded"));
        }
        let body = axum::body::Bytes::from_request(request, state)
            .await
            .map_err(|_| OAuthError::of(OAuthErrorCode::InvalidRequest, "the body is too large or was cut"))?;
        let refused = |why: crate::protocol::oauth::ParamsError| {
            OAuthError::new(crate::protocol::oauth::OAuthRefusal::new(OAuthErrorCode::InvalidRequest, why.to_string()))
        };
        Params::parse(&body).map(Self).map_err(refused)
    }
}
