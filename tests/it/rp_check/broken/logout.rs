//! Sessions that end elsewhere.

use std::{collections::HashMap, sync::Arc};

use axum::{body::Bytes, extract::State, http::StatusCode};
use serde_json::{Map, Value};

use super::{Flaw, Site, believe, believe::Lenience};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

pub async fn end(State(site): State<Arc<Site>>, body: Bytes) -> StatusCode {
    let form: HashMap<_, _> = url::form_urlencoded::parse(&body).into_owned().collect();
    match proven(&site, &form["logout_token"]).await {
        Some(claims) => {
            finish(&site, &claims);
            StatusCode::OK
        }
        None => StatusCode::BAD_REQUEST,
    }
}

async fn proven(site: &Site, token: &str) -> Option<Map<String, Value>> {
    let lenience = Lenience { any_signature: site.has(Flaw::LogoutAnySignature), ..Lenience::default() };
    let claims = believe::claims(site, token, lenience).await?;
    let is_right = believe::typ(token)? == "logout+jwt"
        && claims["iss"] == site.setting("CONNEX_ISSUER")
        && claims["aud"] == site.setting("CONNEX_CLIENT_ID")
        && (claims["exp"].as_i64()? > believe::now() || site.has(Flaw::LogoutOld))
        && (!claims.contains_key("nonce") || site.has(Flaw::LogoutNonce))
        && (claims.contains_key("sid") || !site.has(Flaw::LogoutNeedsSession));
    if !is_right {
        return None;
    }
    let is_logout = claims.get("events").is_some_and(|events| events.get(EVENT).is_some());
    if !is_logout && site.has(Flaw::LogoutEndsBeforeItRefuses) {
        finish(site, &claims);
    }
    let is_first = site.seen.lock().unwrap().insert(claims["jti"].as_str()?.to_owned());
    let is_right = (is_logout || site.has(Flaw::LogoutAnyEvent)) && (is_first || site.has(Flaw::LogoutReplayed));
    is_right.then_some(claims)
}

fn finish(site: &Site, claims: &Map<String, Value>) {
    let sid = claims.get("sid").filter(|_| !site.has(Flaw::LogoutEndsAll));
    site.end_sessions(|session| match sid {
        Some(sid) => *sid == session.sid.as_str(),
        None => claims["sub"] == session.sub.as_str(),
    });
}
