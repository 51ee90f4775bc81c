//! Tokens are believed only after a library that we did not write has verified them.

use std::time::{Duration, SystemTime};

use openidconnect::{
    AccessToken, AccessTokenHash, ClientId, IssuerUrl, Nonce, SubjectIdentifier,
    core::{
        CoreIdToken, CoreIdTokenVerifier, CoreJsonWebKeySet, CoreJwsSigningAlgorithm, CoreUserInfoJsonWebToken,
        CoreUserInfoVerifier,
    },
};
use serde_json::{Value, json};

use super::{
    app::TestApp,
    client::{Asked, TestClient, Tokens, claims, header},
};

const ALGORITHMS: [CoreJwsSigningAlgorithm; 2] =
    [CoreJwsSigningAlgorithm::EcdsaP256Sha256, CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256];
/// A clock may differ by this much, as the certification has it.
const FIVE_MINUTES: i64 = 300;
/// No session is as old as this.
const A_YEAR: i64 = 365 * 86400;

/// The key set that the server publishes, as the library reads it.
pub async fn published_keys(app: &TestApp) -> CoreJsonWebKeySet {
    serde_json::from_str(&app.get("/jwks.json").await.body).unwrap()
}

/// The claims of the ID token of an answer: signature by a published key, issuer, audience, times, the nonce of the
/// request and `at_hash` by the library; what every certification module asks for besides by us.
pub async fn id_token(app: &TestApp, client: &TestClient, asked: &Asked, tokens: &Tokens) -> Value {
    id_token_with_nonce(app, client, asked.get("nonce"), tokens).await
}

/// The same for an ID token that has to hold this nonce, or none: one of a refresh.
pub async fn id_token_with_nonce(app: &TestApp, client: &TestClient, nonce: Option<&str>, tokens: &Tokens) -> Value {
    let (text, now) = (tokens.get("id_token"), app.now());
    let (issuer, id) = (IssuerUrl::new(app.issuer.clone()).unwrap(), ClientId::new(client.id.clone()));
    let at = SystemTime::UNIX_EPOCH + Duration::from_millis(now.millis().try_into().unwrap());
    let verifier = CoreIdTokenVerifier::new_public_client(id, issuer, published_keys(app).await)
        .set_allowed_algs(ALGORITHMS)
        .set_time_fn(move || at.into())
        .set_issue_time_verifier_fn(move |issued| {
            let apart = (issued.timestamp() - now.seconds()).abs();
            if apart <= FIVE_MINUTES { Ok(()) } else { Err(format!("iat is {apart} seconds away")) }
        });
    let is_the_nonce = |told: Option<&Nonce>| {
        let told = told.map(|told| told.secret().as_str());
        if told == nonce { Ok(()) } else { Err(format!("nonce {told:?}, not {nonce:?}")) }
    };
    let token: CoreIdToken = text.parse().unwrap();
    let verified = token.claims(&verifier, is_the_nonce).unwrap_or_else(|error| panic!("{error:?}: {text}"));
    let access_token = AccessToken::new(tokens.get("access_token").to_owned());
    let (algorithm, key) = (token.signing_alg().unwrap(), token.signing_key(&verifier).unwrap());
    let hash = AccessTokenHash::from_token(&access_token, algorithm, key).unwrap();
    assert_eq!(verified.access_token_hash(), Some(&hash));
    let claims = claims(text);
    check_claims(&claims, &client.id, now.seconds());
    check_kid(app, text).await;
    claims
}

fn check_claims(claims: &Value, client_id: &str, now: i64) {
    assert_eq!(claims["aud"], client_id, "one audience: {claims}");
    let expires = claims["exp"].as_i64().unwrap();
    assert!(now < expires && expires < now + 50 * A_YEAR, "{claims}");
    let subject = claims["sub"].as_str().unwrap();
    assert!((1..=255).contains(&subject.len()) && subject.is_ascii(), "{subject}");
    if let Some(auth_time) = claims.get("auth_time") {
        let auth_time = auth_time.as_i64().unwrap();
        assert!(now - A_YEAR < auth_time && auth_time <= now, "{claims}");
    }
    if let Some(acr) = claims.get("acr") {
        assert!(!acr.as_str().unwrap().is_empty(), "{claims}");
    }
}

/// The header names exactly one published key.
async fn check_kid(app: &TestApp, token: &str) {
    let header = header(token);
    let keys = app.get("/jwks.json").await.json();
    let named = keys["keys"].as_array().unwrap().iter().filter(|key| key["kid"] == header["kid"]);
    let algorithms: Vec<&Value> = named.map(|key| &key["alg"]).collect();
    assert_eq!(algorithms, [&header["alg"]], "{header} {keys}");
}

/// The claims of a signed userinfo answer, for this client and this subject.
pub async fn userinfo(app: &TestApp, client: &TestClient, body: &str, subject: &str) -> Value {
    let (issuer, id) = (IssuerUrl::new(app.issuer.clone()).unwrap(), ClientId::new(client.id.clone()));
    let subject = SubjectIdentifier::new(subject.to_owned());
    let verifier = CoreUserInfoVerifier::new(id, issuer, published_keys(app).await, Some(subject))
        .require_issuer_match(true)
        .require_audience_match(true);
    let token: CoreUserInfoJsonWebToken = serde_json::from_value(json!(body)).unwrap();
    token.claims(&verifier).unwrap_or_else(|error| panic!("{error:?}: {body}"));
    check_kid(app, body).await;
    claims(body)
}
