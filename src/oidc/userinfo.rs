//! `GET /userinfo`, `POST /userinfo` (OIDC Core §5.3)

use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;

use super::{
    Provider, claims,
    gate::{self, Refusal},
    grants,
    token::{AccessToken, read_access_token},
};
use crate::kernel::Fault;
use crate::platform::web::OAuthError;
use crate::protocol::oauth::{OAuthErrorCode, Params, bearer::Bearer};

/// Says who the bearer of an access token is.
pub(super) async fn userinfo(State(provider): State<Provider>, request: Request) -> Result<Response, OAuthError> {
    let text = presented(request).await?;
    let token =
        read_access_token(&provider, &text).filter(|token| token.audience == provider.issuer()).ok_or_else(refused)?;
    if !token.scope.contains("openid") {
        return Err(OAuthError::of(OAuthErrorCode::InsufficientScope, "the token lacks the scope openid")
            .challenge_bearer(true));
    }
    answer(&provider, &token).await?.ok_or_else(refused)
}

fn refused() -> OAuthError {
    OAuthError::of(OAuthErrorCode::InvalidToken, "the access token is not valid").challenge_bearer(true)
}

/// The token: in the header, or in the form (RFC 6750 §2.1, §2.2), never in the query, never in two places.
async fn presented(request: Request) -> Result<String, OAuthError> {
    let missing = || OAuthError::of(OAuthErrorCode::InvalidToken, "an access token is needed").challenge_bearer(false);
    let twice = || OAuthError::of(OAuthErrorCode::InvalidRequest, "send the access token once").challenge_bearer(true);
    let in_header = in_header(request.headers())?;
    if request.method() != Method::POST {
        return in_header.ok_or_else(missing);
    }
    let body = axum::body::to_bytes(request.into_body(), 64 * 1024)
        .await
        .map_err(|_| OAuthError::of(OAuthErrorCode::InvalidRequest, "the body is too large or was cut"))?;
    let params = Params::parse(&body).map_err(|_| twice())?;
    match (in_header, params.get("access_token")) {
        (Some(_), Some(_)) => Err(twice()),
        (Some(token), None) => Ok(token),
        (None, Some(token)) => Ok(token.to_owned()),
        (None, None) => Err(missing()),
    }
}

fn in_header(headers: &HeaderMap) -> Result<Option<String>, OAuthError> {
    let malformed = || {
        OAuthError::of(OAuthErrorCode::InvalidRequest, "the Authorization header is malformed").challenge_bearer(true)
    };
    let mut lines = headers.get_all(header::AUTHORIZATION).iter();
    let Some(line) = lines.next() else { return Ok(None) };
    if lines.next().is_some() {
        return Err(malformed());
    }
    let line = line.to_str().map_err(|_| malformed())?;
    Bearer::from_header(line).map(|token| Some(token.to_owned())).ok_or_else(malformed)
}

/// The claims, signed if the client registered for that; `None` when the token is good no more.
async fn answer(provider: &Provider, token: &AccessToken) -> Result<Option<Response>, Fault> {
    let mut reader = provider.db().read().await?;
    let Some(id) = token.grant else { return Ok(None) };
    let Some((grant, client)) = grants::live(provider, &mut reader, id, &token.jti).await? else { return Ok(None) };
    let facts = match gate::may_issue(&mut reader, grant.account_id, grant.session_id, &client).await {
        Ok(facts) => facts,
        Err(Refusal::Fault(fault)) => return Err(fault),
        Err(_) => return Ok(None),
    };
    drop(reader);
    let mut claims = claims::for_userinfo(&facts, &token.scope, &grant.granted.0.claims.userinfo);
    claims.insert("sub".to_owned(), token.subject.clone().into());
    let mut response = match client.metadata.userinfo_signed_response_alg {
        None => Json(claims).into_response(),
        Some(algorithm) => {
            claims.insert("iss".to_owned(), provider.issuer().into());
            claims.insert("aud".to_owned(), client.id.clone().into());
            let signed = provider.keys().sign(algorithm, None, &Value::Object(claims))?;
            ([(header::CONTENT_TYPE, "application/jwt")], signed).into_response()
        }
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(Some(response))
}
