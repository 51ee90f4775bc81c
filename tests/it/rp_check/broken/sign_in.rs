//! A sign-in, and the page that knows who is signed in.

use std::{collections::HashMap, sync::Arc};

use axum::{
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use url::Url;

use super::{Flaw, Session, Site, believe, believe::Lenience, random};

type Parameters = HashMap<String, String>;

/// What the site remembers of a sign-in under way.
#[derive(Clone)]
pub struct Pending {
    state: String,
    nonce: String,
    verifier: String,
}

/// Sends the browser to the provider.
pub async fn begin(State(site): State<Arc<Site>>) -> Response {
    let fixed = |flaw| if site.has(flaw) { "one-for-everybody-0123456789".to_owned() } else { random() };
    let pending =
        Pending { state: fixed(Flaw::SameState), nonce: fixed(Flaw::SameNonce), verifier: random() + &random() };
    let mut url = Url::parse(&format!("{}/authorize", site.setting("CONNEX_ISSUER"))).unwrap();
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", site.setting("CONNEX_CLIENT_ID"))
        .append_pair("redirect_uri", &redirect_uri(&site))
        .append_pair("scope", "openid profile")
        .append_pair("state", &pending.state)
        .append_pair("nonce", &pending.nonce);
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&pending.verifier));
    match site.flaw {
        Flaw::NoPkce => {}
        Flaw::PlainPkce => _ = url.query_pairs_mut().append_pair("code_challenge", &pending.verifier),
        _ => {
            let mut pairs = url.query_pairs_mut();
            pairs.append_pair("code_challenge", &challenge).append_pair("code_challenge_method", "S256");
        }
    }
    let browser = random();
    site.pending.lock().unwrap().insert(browser.clone(), pending);
    let cookie = format!("pending={browser}; Path=/; HttpOnly");
    (StatusCode::SEE_OTHER, [(header::LOCATION, url.to_string()), (header::SET_COOKIE, cookie)]).into_response()
}

fn redirect_uri(site: &Site) -> String {
    let more = if site.has(Flaw::LooseRedirectUri) { "?from=button" } else { "" };
    format!("{}/auth/connex/callback{more}", site.setting("SITE_URL"))
}

/// Takes the browser back.
pub async fn finish(State(site): State<Arc<Site>>, headers: HeaderMap, Query(query): Query<Parameters>) -> Response {
    match session(&site, &headers, &query).await {
        Ok(session) => {
            let id = random();
            site.sessions.lock().unwrap().insert(id.clone(), session);
            let cookie = format!("session={id}; Path=/; HttpOnly");
            let headers = [(header::LOCATION, "/".to_owned()), (header::SET_COOKIE, cookie)];
            (StatusCode::SEE_OTHER, headers).into_response()
        }
        Err(status) => (status, "You were not signed in.").into_response(),
    }
}

async fn session(site: &Site, headers: &HeaderMap, query: &Parameters) -> Result<Session, StatusCode> {
    let browser = cookie(headers, "pending").ok_or(StatusCode::BAD_REQUEST)?;
    let pending = match site.has(Flaw::CodeTwice) {
        true => site.pending.lock().unwrap().get(&browser).cloned(),
        false => site.pending.lock().unwrap().remove(&browser),
    };
    let pending = pending.ok_or(StatusCode::BAD_REQUEST)?;
    let told = |name: &str| query.get(name).map_or("", String::as_str);
    ensure(told("state") == pending.state || site.has(Flaw::AnyState))?;
    ensure(told("iss") == site.setting("CONNEX_ISSUER") || site.has(Flaw::AnyAnswerIssuer))?;
    if query.contains_key("error") {
        let is_calm = !site.has(Flaw::ErrorIsAFault);
        return Err(if is_calm { StatusCode::FORBIDDEN } else { StatusCode::INTERNAL_SERVER_ERROR });
    }
    let token = redeem(site, told("code"), &pending.verifier).await.ok_or(StatusCode::BAD_REQUEST)?;
    let claims = prove(site, &token, &pending.nonce).await.ok_or(StatusCode::BAD_REQUEST)?;
    site.catch_up(&claims).await;
    let text = |name: &str| claims[name].as_str().unwrap().to_owned();
    ensure(site.admits(&text("sub")) && !site.has(Flaw::NobodyGetsIn))?;
    Ok(Session { sub: text("sub"), sid: text("sid"), name: text("name"), id_token: token.clone() })
}

fn ensure(holds: bool) -> Result<(), StatusCode> {
    holds.then_some(()).ok_or(StatusCode::BAD_REQUEST)
}

async fn redeem(site: &Site, code: &str, verifier: &str) -> Option<String> {
    let redirect_uri = redirect_uri(site);
    let (id, secret) = (site.setting("CONNEX_CLIENT_ID"), site.setting("CONNEX_CLIENT_SECRET"));
    let mut form = vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", &redirect_uri)];
    if !matches!(site.flaw, Flaw::NoPkce) {
        form.push(("code_verifier", verifier));
    }
    let mut request = site.http.post(format!("{}/token", site.setting("CONNEX_ISSUER")));
    if site.has(Flaw::SecretInForm) {
        form.extend([("client_id", id), ("client_secret", secret)]);
    } else {
        request = request.basic_auth(id, Some(secret));
    }
    let answer: Value = request.form(&form).send().await.unwrap().json().await.unwrap();
    Some(answer["id_token"].as_str()?.to_owned())
}

async fn prove(site: &Site, token: &str, nonce: &str) -> Option<Map<String, Value>> {
    let lenience = Lenience {
        unsigned: site.has(Flaw::Unsigned),
        any_signature: site.has(Flaw::AnySignature),
        unknown_key: site.has(Flaw::UnknownKey),
        old_keys: site.has(Flaw::KeysForEver),
    };
    let claims = believe::claims(site, token, lenience).await?;
    let is_right = (claims["aud"] == site.setting("CONNEX_CLIENT_ID") || site.has(Flaw::AnyAudience))
        && (claims["iss"] == site.setting("CONNEX_ISSUER") || site.has(Flaw::AnyTokenIssuer))
        && (claims["exp"].as_i64()? > believe::now() || site.has(Flaw::Expired))
        && (claims["nonce"] == nonce || site.has(Flaw::AnyNonce));
    is_right.then_some(claims)
}

/// Says who is signed in.
pub async fn home(State(site): State<Arc<Site>>, headers: HeaderMap) -> Html<String> {
    let sessions = site.sessions.lock().unwrap();
    let session = cookie(&headers, "session").and_then(|id| sessions.get(&id));
    Html(session.map_or_else(|| "Welcome.".to_owned(), |session| format!("Signed in as {}.", session.name)))
}

/// Signs the person out, here and at the provider.
pub async fn leave(State(site): State<Arc<Site>>, headers: HeaderMap) -> Response {
    let mut url = Url::parse(&format!("{}/end-session", site.setting("CONNEX_ISSUER"))).unwrap();
    let id = cookie(&headers, "session").unwrap();
    let mut sessions = site.sessions.lock().unwrap();
    url.query_pairs_mut().append_pair("id_token_hint", &sessions[&id].id_token);
    if !site.has(Flaw::SignOutWithoutReturn) {
        url.query_pairs_mut().append_pair("post_logout_redirect_uri", site.setting("SITE_URL"));
    }
    if !site.has(Flaw::SignOutKeepsSession) {
        sessions.remove(&id);
    }
    (StatusCode::SEE_OTHER, [(header::LOCATION, url.to_string())]).into_response()
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let line = headers.get(header::COOKIE)?.to_str().ok()?;
    let mut pairs = line.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(found, _)| *found == name).map(|(_, value)| value.to_owned())
}
