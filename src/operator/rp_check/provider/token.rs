//! The token endpoint.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

use super::{Redemption, Sent, Shared, form};
use crate::kernel::{Fault, Lifetime};
use crate::operator::rp_check::lie::Lie;
use crate::protocol::oauth::{
    AuthMethod, Params,
    client_auth::Presented,
    pkce::{Challenge, Verifier},
};

/// How long its tokens are good.
const LIFE: Lifetime = Lifetime::minutes(5);

pub(super) async fn token(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    let params = form(&body);
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some(method) = proven(&shared, authorization, &params) else {
        return refused(StatusCode::UNAUTHORIZED, "invalid_client");
    };
    match params.get("grant_type") {
        Some("client_credentials") => Json(access(&shared, None)).into_response(),
        Some("authorization_code") => match redeem(&shared, method, &params) {
            Some(Ok(tokens)) => Json(tokens).into_response(),
            Some(Err(_)) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            None => refused(StatusCode::BAD_REQUEST, "invalid_grant"),
        },
        _ => refused(StatusCode::BAD_REQUEST, "unsupported_grant_type"),
    }
}

/// How the client proved itself; `None` when it did not.
fn proven(shared: &Shared, authorization: Option<&str>, params: &Params) -> Option<AuthMethod> {
    let presented = Presented::from_request(authorization, params).ok()?;
    let secret = match &presented {
        Presented::Basic { secret, .. } | Presented::Post { secret, .. } => secret,
        Presented::Assertion { .. } | Presented::None { .. } => return None,
    };
    // The secret is good for an hour on a developer's machine: how long comparing takes tells nothing of use.
    let is_right = secret.expose() == shared.client_secret.expose();
    (is_right && presented.client_id() == Some(&shared.client_id)).then(|| presented.method())
}

/// The tokens for a code; `None` when there is no such code, or no longer.
fn redeem(shared: &Shared, method: AuthMethod, params: &Params) -> Option<Result<Value, Fault>> {
    let code = params.get("code").unwrap_or_default();
    let sent = {
        let mut stage = shared.stage();
        let sent = stage.codes.remove(code);
        let is_verified = sent.as_ref().is_some_and(|sent| is_verified(sent, params.get("code_verifier")));
        let redirect_uri = params.get("redirect_uri").unwrap_or_default().to_owned();
        stage.redemptions.push(Redemption { code: code.to_owned(), method, is_verified, redirect_uri });
        sent?
    };
    Some(issue(shared, &sent))
}

fn is_verified(sent: &Sent, verifier: Option<&str>) -> bool {
    let challenge =
        Challenge::parse(Some(sent.request.get("code_challenge_method")), sent.request.get("code_challenge"));
    let verifier = Verifier::parse(verifier.unwrap_or_default());
    challenge.is_ok_and(|challenge| verifier.is_ok_and(|verifier| challenge.answered_by(&verifier)))
}

fn issue(shared: &Shared, sent: &Sent) -> Result<Value, Fault> {
    let forgery = match &sent.lie {
        Lie::IdToken(forgery) => Some(forgery),
        Lie::None | Lie::State | Lie::Issuer | Lie::Refusal => None,
    };
    let id_token = shared.keys().sign(None, id_token(shared, sent), forgery)?;
    let mut tokens = access(shared, Some(&sent.person.sub));
    tokens.insert("id_token".to_owned(), id_token.into());
    Ok(Value::Object(tokens))
}

fn id_token(shared: &Shared, sent: &Sent) -> Map<String, Value> {
    let now = shared.clock.now();
    let mut claims = sent.person.claims(&shared.organization);
    claims.extend(
        [
            ("iss", json!(shared.issuer)),
            ("aud", json!(shared.client_id)),
            ("iat", json!(now.seconds())),
            ("exp", json!((now + LIFE).seconds())),
            ("auth_time", json!(now.seconds())),
            ("sid", json!(sent.sid)),
            ("amr", json!(["pwd"])),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    );
    if !sent.request.get("nonce").is_empty() {
        claims.insert("nonce".to_owned(), sent.request.get("nonce").into());
    }
    claims
}

/// A fresh access token, about a person or about the site itself.
fn access(shared: &Shared, sub: Option<&str>) -> Map<String, Value> {
    let token = shared.fresh();
    shared.stage().access.insert(token.clone(), sub.map(str::to_owned));
    let answer =
        [("access_token", json!(token)), ("token_type", json!("Bearer")), ("expires_in", json!(LIFE.as_seconds()))];
    answer.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn refused(status: StatusCode, error: &str) -> Response {
    (status, Json(json!({ "error": error }))).into_response()
}
