//! The flow itself: what is asked, what is answered, what an answer must not hold.

use serde_json::{Value, json};

use super::run::{Answer, Run, check_refusal, measured_entropy};
use crate::support::{
    client::header,
    http::Page,
    signed::{as_claims, unsigned_request_object},
    verify,
};

/// The claims of the protocol: an ID token holds these and what was asked for.
const OF_PROTOCOL: [&str; 11] =
    ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "at_hash", "sid"];

/// Fails when an ID token says what nobody asked for.
pub fn assert_nothing_unasked(id: &Value, asked_for: &[&str]) {
    for name in id.as_object().unwrap().keys() {
        assert!(OF_PROTOCOL.contains(&name.as_str()) || asked_for.contains(&name.as_str()), "{name} in {id}");
    }
}

/// The flow completes; two codes differ, and the ID token holds nothing that was not asked for.
pub async fn server(run: Run) {
    let done = run.complete(&run.asks("openid profile email")).await;
    assert!(measured_entropy(&done.code) > 96.0);
    assert_nothing_unasked(&done.id, &[]);
    assert_eq!(done.tokens.all["scope"], "email openid profile");
    let again = run.complete(&run.asks("openid")).await;
    assert_ne!(done.code, again.code);
    assert_eq!(done.id["sub"], again.id["sub"]);
}

/// Without `response_type` the client is told, by redirect.
pub async fn response_type_missing(run: Run) {
    let answer = run.silent(&run.asks("openid").without("response_type")).await;
    assert_eq!(answer.error(), "invalid_request");
}

/// A client that registered nothing about it gets RS256, and the header names the key.
pub async fn idtoken_signature(run: Run) {
    let done = run.complete(&run.asks("openid")).await;
    let header = header(done.tokens.get("id_token"));
    assert_eq!(header["alg"], "RS256");
    assert!(header["kid"].as_str().is_some_and(|kid| !kid.is_empty()), "{header}");
}

/// `none` is not offered, and a client that wants it is not registered.
pub async fn idtoken_unsigned(run: Run) {
    let metadata = run.app.get("/.well-known/openid-configuration").await.json();
    assert_eq!(metadata["id_token_signing_alg_values_supported"], json!(["ES256", "RS256"]));
    let wanted = json!({ "redirect_uris": ["https://x.example/cb"], "id_token_signed_response_alg": "none" });
    let wanted: connex::protocol::oauth::ClientMetadata = serde_json::from_value(wanted).unwrap();
    assert!(wanted.check().is_err());
}

/// `nonce` is optional with `code`, and nothing is made up in its place.
pub async fn ensure_request_without_nonce_succeeds_for_code_flow(run: Run) {
    let done = run.complete(&run.asks("openid").without("nonce")).await;
    assert_eq!(done.id.get("nonce"), None);
}

/// The order of scope values and parameters means nothing.
pub async fn alternate_happy_flow(run: Run) {
    let mut asked = run.asks("phone email openid address profile");
    asked.params.reverse();
    let done = run.complete(&asked).await;
    assert_eq!(done.tokens.all["scope"], "address email openid phone profile");
}

/// Parameters that nobody knows are ignored.
pub async fn ensure_request_with_unknown_parameter_succeeds(run: Run) {
    run.complete(&run.asks("openid").with("extra", "foobar")).await;
}

/// A redirect URI that is not registered is answered by a page of ours, and never called.
pub async fn ensure_registered_redirect_uri(run: Run) {
    let asked = run.asks("openid").with("redirect_uri", "https://one.example/cb/elsewhere");
    let answer = run.browser.get(&asked.url()).await;
    assert_error_page(&answer);
}

/// An error page at the authorize URL itself: no redirect, no way to the unproven address.
pub fn assert_error_page(page: &Page) {
    assert!(page.status.is_client_error() && page.location().is_none(), "{}", page.status);
    assert_eq!(page.url.path(), "/authorize");
    assert!(!page.words("#error").is_empty());
    assert!(!page.has("form") && !page.has("meta[http-equiv]"), "{}", page.body);
}

/// An authorization request may come as a form.
pub async fn ensure_post_request_succeeds(run: Run) {
    let asked = run.asks("openid");
    let fields: Vec<(&str, &str)> = asked.params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let first = run.browser.post(&run.app.at("/authorize"), &fields).await;
    let landing = run.browser.follow(first).await;
    let answer = run.arrive(&asked, landing).await;
    run.redeem(&asked, &answer).await;
}

/// A client that registered for it sends its secret in the form, and no other way is accepted.
pub async fn server_client_secret_post(run: Run) {
    let client = json!({ "redirect_uris": ["https://post.example/cb"], "token_endpoint_auth_method": "client_secret_post", "require_pkce": false });
    let run = {
        let client = run.app.client(client).await;
        run.with_client(client)
    };
    let asked = run.asks("openid");
    let answer = run.answer(&asked).await;
    let fields = [("grant_type", "authorization_code"), ("code", answer.get("code").unwrap())];
    let by_header = run.app.machine.post(run.app.at("/token")).basic_auth(&run.client.id, run.client.secret.as_ref());
    check_refusal(&crate::support::http::read(by_header.form(&fields)).await, "invalid_client");
    run.redeem(&asked, &answer).await;
}

/// S256 works for a client that could do without.
pub async fn ensure_request_with_valid_pkce_succeeds(run: Run) {
    let with_pkce = run.client.asks("openid");
    let [challenge, method] = ["code_challenge", "code_challenge_method"].map(|name| with_pkce.get(name).unwrap());
    let mut asked = run.asks("openid").with("code_challenge", challenge).with("code_challenge_method", method);
    asked.verifier.clone_from(&with_pkce.verifier);
    run.complete(&asked).await;
}

/// `request_uri` by reference is not offered: the metadata says so, and the client is told.
pub async fn request_by_reference(run: Run) {
    let metadata = run.app.get("/.well-known/openid-configuration").await.json();
    assert_eq!(metadata["request_uri_parameter_supported"], false);
    let answer = run.silent(&run.asks("openid").with("request_uri", "https://one.example/request.jwt")).await;
    assert_eq!(answer.error(), "request_uri_not_supported");
}

/// Unsigned request objects are not offered: the metadata says so, and the client is told.
pub async fn request_unsigned(run: Run) {
    let metadata = run.app.get("/.well-known/openid-configuration").await.json();
    assert_eq!(metadata["request_object_signing_alg_values_supported"], json!(["ES256", "RS256", "EdDSA"]));
    let asked = run.asks("openid");
    let object = unsigned_request_object(&as_claims(&asked));
    let answer = run.silent(&asked.with("request", &object)).await;
    assert_eq!(answer.error(), "request_not_supported");
}

/// The address inside an unsigned object counts for nothing: the answer goes to the one outside, or nowhere.
pub async fn ensure_request_object_with_redirect_uri(run: Run) {
    let asked = run.asks("openid");
    let elsewhere = as_claims(&asked.clone().with("redirect_uri", "https://attacker.example/cb"));
    let answer: Answer = run.silent(&asked.clone().with("request", &unsigned_request_object(&elsewhere))).await;
    assert_eq!(answer.error(), "request_not_supported");
    assert_eq!(answer.address.host_str(), Some("one.example"));
    let good = unsigned_request_object(&as_claims(&asked));
    let outside = asked.with("redirect_uri", "https://attacker.example/cb").with("request", &good);
    assert_error_page(&run.browser.get(&outside.url()).await);
}

/// A refresh token works for its client only; what it gives speaks of the same sign-in.
pub async fn refresh_token(run: Run) {
    let metadata = run.app.get("/.well-known/openid-configuration").await.json();
    assert!(metadata["scopes_supported"].as_array().unwrap().contains(&json!("offline_access")));
    let done = run.complete(&run.asks("openid offline_access").with("prompt", "consent")).await;
    let refresh_token = done.tokens.get("refresh_token");
    super::run::check_secret(refresh_token, 128.0);
    let thief = run.app.web_client("two").await;
    check_refusal(&thief.refresh(refresh_token).await, "invalid_grant");
    run.app.advance(connex::kernel::Lifetime::seconds(2));
    let answer = run.client.refresh(refresh_token).await;
    super::run::check_token_answer(&answer);
    let tokens = crate::support::client::Tokens { all: answer.json() };
    assert_ne!(tokens.get("access_token"), done.tokens.get("access_token"));
    let id = verify::id_token_with_nonce(&run.app, &run.client, None, &tokens).await;
    for name in ["iss", "sub", "aud", "auth_time", "azp", "sid"] {
        assert_eq!(id.get(name), done.id.get(name), "{name}");
    }
    assert!(id["iat"].as_i64() > done.id["iat"].as_i64());
    assert_eq!(run.client.userinfo(tokens.get("access_token")).await.status, 200);
}
