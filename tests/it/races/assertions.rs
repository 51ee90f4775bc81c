//! A client assertion is good once, also for twenty at the same moment (RFC 7523 §3, item 7).

use connex::protocol::jose::{PrivateJwk, Signer, SigningAlgorithm};
use serde_json::{Value, json};

use crate::support::{
    app::{POSTGRES, TestApp},
    client::random,
    http::{Page, read},
    on_both_engines, rounds,
};

use super::{at_once, successes};

on_both_engines! { one_of_twenty_uses_an_assertion }

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_twenty_on_three_nodes() {
    let (mut nodes, _proxy) = TestApp::behind_a_proxy(POSTGRES, 3).await;
    one_of_twenty_uses_an_assertion(nodes.remove(0)).await;
}

/// A client that signs its assertions.
async fn signing_client(app: &TestApp) -> Signer {
    let key = PrivateJwk::generate(SigningAlgorithm::Es256).unwrap();
    app.client(json!({
        "client_id": "c1", "redirect_uris": ["https://c1.example/cb"], "grant_types": ["client_credentials"],
        "response_types": [], "token_endpoint_auth_method": "private_key_jwt",
        "jwks": {"keys": [serde_json::to_value(key.public()).unwrap()]},
    }))
    .await;
    Signer::new(&key).unwrap()
}

fn assertion(app: &TestApp, signer: &Signer) -> String {
    let now = app.now().seconds();
    let claims: Value = json!({
        "iss": "c1", "sub": "c1", "aud": app.issuer, "jti": random(), "iat": now, "exp": now + 60,
    });
    signer.sign(None, &claims).unwrap()
}

async fn ask(machine: reqwest::Client, url: String, assertion: String) -> Page {
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", kind),
        ("client_assertion", assertion.as_str()),
    ];
    read(machine.post(url).form(&fields)).await
}

async fn one_of_twenty_uses_an_assertion(app: TestApp) {
    let signer = signing_client(&app).await;
    for round in 0..rounds(5, 100) {
        let assertion = assertion(&app, &signer);
        let answers = at_once(20, |_| ask(app.machine.clone(), app.at("/token"), assertion.clone()));
        assert_eq!(successes(answers.await, 401, "invalid_client").len(), 1, "round {round}");
    }
}
