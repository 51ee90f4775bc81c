//! Clients in a hurry, who write down what they were told.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use reqwest::{Method, RequestBuilder, StatusCode, header::LOCATION};
use serde_json::Value;
use url::Url;

use crate::support::{
    client::{Asked, TestClient},
    http::Visitor,
};

/// A code, and what became of it.
pub struct Code {
    pub asked: Asked,
    pub code: String,
    /// The tokens that it gave, if an answer came.
    pub given: Option<Value>,
}

/// An answer, if one came.
pub async fn ask(request: RequestBuilder) -> Option<(StatusCode, Value)> {
    let answer = request.send().await.ok()?;
    let status = answer.status();
    let body = answer.text().await.ok()?;
    Some((status, serde_json::from_str(&body).unwrap_or_default()))
}

/// Whether an answer says that the server has no room at the moment, and to come back.
pub fn is_busy((status, body): &(StatusCode, Value)) -> bool {
    assert_eq!((*status, body["error"].as_str()), (StatusCode::SERVICE_UNAVAILABLE, Some("temporarily_unavailable")));
    true
}

/// Refreshes again and again until told to stop, or until nobody answers. Returns the last token that was acknowledged,
/// and how many were.
pub async fn refresh_on(client: TestClient, mut head: String, stop: Arc<AtomicBool>) -> (String, usize) {
    let mut count = 0;
    while !stop.load(Ordering::Relaxed) {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", head.as_str())];
        match ask(client.post("/token", &fields)).await {
            Some((StatusCode::OK, body)) => {
                body["refresh_token"].as_str().unwrap().clone_into(&mut head);
                count += 1;
            }
            Some(answer) => assert!(is_busy(&answer)),
            None => break,
        }
    }
    (head, count)
}

/// Fetches a code at the browser; `None` when there was no answer, or no room.
pub async fn fetch_code(client: &TestClient, visitor: &Visitor) -> Option<(Asked, String)> {
    let asked = client.asks("openid offline_access");
    let answer = visitor.request(Method::GET, &asked.url()).send().await.ok()?;
    if answer.status() == StatusCode::SERVICE_UNAVAILABLE {
        return None;
    }
    let callback: Url = answer.headers()[LOCATION].to_str().unwrap().parse().unwrap();
    let code = asked.code(&callback);
    Some((asked, code))
}

/// One redemption.
pub async fn redeem(client: &TestClient, asked: &Asked, code: &str) -> Option<(StatusCode, Value)> {
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", client.redirect_uri.as_str()),
        ("code_verifier", asked.verifier.as_str()),
    ];
    ask(client.post("/token", &fields)).await
}

/// Fetches and redeems codes until told to stop, or until nobody answers.
pub async fn redeem_on(client: TestClient, visitor: Visitor, stop: Arc<AtomicBool>) -> Vec<Code> {
    let mut codes = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let Some((asked, code)) = fetch_code(&client, &visitor).await else { break };
        let answer = redeem(&client, &asked, &code).await;
        let is_over = answer.is_none();
        let given = answer.and_then(|(status, body)| (status == StatusCode::OK).then_some(body));
        codes.push(Code { asked, code, given });
        if is_over {
            break;
        }
    }
    codes
}
