//! Forged tokens, at every place that verifies one (1.3).

use serde_json::{Value, json};

use super::{assertion, authenticate_with, code_for, signing_client, without};
use crate::support::{
    app::{Person, TestApp},
    client::{TestClient, Tokens, claims},
    http::{Landing, Visitor, read},
    jwt::{ClientKey, assembled, forgeries, with},
    never_a_5xx_on_both_engines,
    receiver::Receiver,
};

never_a_5xx_on_both_engines! {
    no_forged_hint_is_believed
    no_forged_access_token_is_believed
    no_forged_client_assertion_is_believed
    no_forged_request_object_is_believed
    j2_neither_none_nor_a_shared_secret_is_offered
    j11_a_client_secret_signs_nothing
    j12_a_token_of_one_kind_is_not_taken_for_another
    a_token_of_another_issuer_is_refused
}

/// Where ConneX verifies what it signed itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    HintAtAuthorize,
    HintAtEndSession,
    Bearer,
    BearerInForm,
    Introspection,
    Revocation,
}

/// A person who is signed in at a client.
struct Scene {
    client: TestClient,
    visitor: Visitor,
    dana: Person,
    tokens: Tokens,
}

async fn scene(app: &TestApp) -> Scene {
    let (client, visitor, dana) = (app.web_client("c1").await, Visitor::new(), app.person("dana").await);
    let tokens = client.sign_in(&visitor, &dana, "openid").await;
    Scene { client, visitor, dana, tokens }
}

/// Whether `token` is believed at `place`.
async fn believes(app: &TestApp, scene: &Scene, place: Place, token: &str) -> bool {
    let Scene { client, visitor, tokens, .. } = scene;
    match place {
        Place::HintAtAuthorize => {
            let asked = client.asks("openid").with("prompt", "none").with("id_token_hint", token);
            let fields: Vec<_> = asked.params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let callback = visitor.post(&app.at("/authorize"), &fields).await.location().unwrap();
            // A hint that is believed leads to a code, or to `login_required` when it names somebody else.
            !callback.query_pairs().any(|(name, value)| name == "error" && value == "invalid_request")
        }
        Place::HintAtEndSession => {
            let landing = visitor.post(&app.at("/end-session"), &[("id_token_hint", token)]).await;
            !landing.has("button#logout")
        }
        Place::Bearer => client.userinfo(token).await.status == 200,
        Place::BearerInForm => {
            let answer = read(app.machine.post(app.at("/userinfo")).form(&[("access_token", token)])).await;
            answer.status == 200
        }
        Place::Introspection => client.introspect(token).await["active"] == true,
        Place::Revocation => {
            assert_eq!(read(client.post("/revoke", &[("token", token)])).await.status, 200);
            client.userinfo(tokens.get("access_token")).await.status != 200
        }
    }
}

async fn no_forgery_is_believed(app: &TestApp, kind: &str, places: &[Place]) {
    let (scene, canary) = (scene(app).await, Receiver::start(app).await);
    let keys = app.get("/jwks.json").await.json();
    let genuine = scene.tokens.get(kind).to_owned();
    let forged = forgeries(&genuine, &keys, &canary.url);
    assert!(forged.len() > 50);
    for place in places {
        for (what, token) in &forged {
            assert!(!believes(app, &scene, *place, token).await, "{place:?}: {what}");
        }
        assert!(believes(app, &scene, *place, &genuine).await, "{place:?} believes nothing at all");
    }
    assert!(canary.received().is_empty(), "a key was fetched from where the token said");
}

async fn no_forged_hint_is_believed(app: TestApp) {
    // Signing out comes last: it works.
    no_forgery_is_believed(&app, "id_token", &[Place::HintAtAuthorize, Place::HintAtEndSession]).await;
}

async fn no_forged_access_token_is_believed(app: TestApp) {
    // Revocation comes last: it works.
    let places = [Place::Bearer, Place::BearerInForm, Place::Introspection, Place::Revocation];
    no_forgery_is_believed(&app, "access_token", &places).await;
}

async fn no_forged_client_assertion_is_believed(app: TestApp) {
    let ((key, _), canary) = (signing_client(&app, "c1").await, Receiver::start(&app).await);
    let genuine = key.sign(None, &assertion(&app, "c1"));
    for (what, token) in forgeries(&genuine, &key.set(), &canary.url) {
        let answer = authenticate_with(&app, &token).await;
        assert_eq!(answer.json()["error"], "invalid_client", "{what}");
    }
    assert_eq!(authenticate_with(&app, &genuine).await.status, 200, "a forgery has spent the jti");
    assert!(canary.received().is_empty());
}

async fn no_forged_request_object_is_believed(app: TestApp) {
    let ((key, client), canary) = (signing_client(&app, "c1").await, Receiver::start(&app).await);
    let asked = client.asks("openid");
    let object = with(&without(&assertion(&app, "c1"), "sub"), "scope", json!("openid email"));
    let genuine = key.sign(None, &object);
    for (what, token) in forgeries(&genuine, &key.set(), &canary.url) {
        let asked = asked.clone().with("request", &token);
        let callback = Visitor::new().get(&asked.url()).await;
        let Some(callback) = callback.location() else { continue };
        let error = asked.error(&callback);
        assert!(["invalid_request_object", "request_not_supported"].contains(&error.as_str()), "{what}: {error}");
    }
    let landing = Visitor::new().open(&asked.with("request", &genuine).url()).await;
    assert!(landing.page().has("input[name=password]"));
    assert!(canary.received().is_empty());
}

async fn j2_neither_none_nor_a_shared_secret_is_offered(app: TestApp) {
    let metadata = app.get("/.well-known/openid-configuration").await.json();
    let lists: Vec<_> =
        metadata.as_object().unwrap().iter().filter(|(name, _)| name.contains("_alg_values_supported")).collect();
    assert!(lists.len() >= 5, "{lists:?}");
    for (name, list) in lists {
        for alg in list.as_array().unwrap() {
            let alg = alg.as_str().unwrap();
            assert!(alg != "none" && !alg.starts_with("HS") && !alg.starts_with("PBES"), "{name}: {alg}");
        }
    }
}

async fn j11_a_client_secret_signs_nothing(app: TestApp) {
    let scene = scene(&app).await;
    let (secret, genuine) = (scene.client.secret.clone().unwrap(), scene.tokens.get("id_token").to_owned());
    let digest = openssl::sha::sha256(secret.as_bytes());
    for key in [secret.as_bytes(), &digest, b""] {
        let forged = crate::support::jwt::hs256(&json!({ "alg": "HS256" }), &claims(&genuine), key);
        assert!(!believes(&app, &scene, Place::HintAtAuthorize, &forged).await);
        assert!(!believes(&app, &scene, Place::HintAtEndSession, &forged).await);
    }
}

async fn j12_a_token_of_one_kind_is_not_taken_for_another(app: TestApp) {
    let (scene, signs) = (scene(&app).await, signing_client(&app, "signs").await);
    let (id, access) = (scene.tokens.get("id_token"), scene.tokens.get("access_token"));
    // A logout token of ours, as a site gets it.
    let algorithm = connex::protocol::jose::SigningAlgorithm::Rs256;
    let ended = with(
        &without(&claims(id), "nonce"),
        "events",
        json!({ "http://schemas.openid.net/event/backchannel-logout": {} }),
    );
    let logout = app.app.provider.keys().sign(algorithm, Some("logout+jwt"), &ended).unwrap();
    for (place, token) in [
        (Place::Bearer, id),
        (Place::Bearer, &logout),
        (Place::BearerInForm, id),
        (Place::Introspection, id),
        (Place::Introspection, &logout),
        (Place::Revocation, id),
        (Place::HintAtAuthorize, access),
        (Place::HintAtAuthorize, &logout),
        (Place::HintAtEndSession, access),
        (Place::HintAtEndSession, &logout),
    ] {
        assert!(!believes(&app, &scene, place, token).await, "{place:?} {}", claims(token));
    }
    let (key, client) = signs;
    let object = key.sign(Some("oauth-authz-req+jwt"), &assertion(&app, "signs"));
    assert_eq!(authenticate_with(&app, &object).await.status, 401, "a request object as an assertion");
    assert_eq!(authenticate_with(&app, id).await.status, 401, "an ID token as an assertion");
    let typed = key.sign(Some("client-authentication+jwt"), &assertion(&app, "signs"));
    let asked = client.asks("openid").with("request", &typed);
    let callback = Visitor::new().open(&asked.url()).await.outside();
    assert_eq!(asked.error(&callback), "invalid_request_object", "an assertion as a request object");
}

async fn a_token_of_another_issuer_is_refused(app: TestApp) {
    let scene = scene(&app).await;
    let algorithm = connex::protocol::jose::SigningAlgorithm::Rs256;
    let sign = |typ: Option<&str>, claims: &Value| app.app.provider.keys().sign(algorithm, typ, claims).unwrap();
    let (id, access) = (scene.tokens.id_token(), claims(scene.tokens.get("access_token")));
    let elsewhere = json!("https://elsewhere.example");
    let bearer = sign(Some("at+jwt"), &with(&access, "iss", elsewhere.clone()));
    assert!(!believes(&app, &scene, Place::Bearer, &bearer).await);
    assert!(!believes(&app, &scene, Place::Introspection, &bearer).await);
    let other_resource = sign(Some("at+jwt"), &with(&access, "aud", json!(["https://api.example"])));
    assert!(!believes(&app, &scene, Place::Bearer, &other_resource).await);
    let hint = sign(None, &with(&id, "iss", elsewhere));
    assert!(!believes(&app, &scene, Place::HintAtAuthorize, &hint).await);
    assert!(!believes(&app, &scene, Place::HintAtEndSession, &hint).await);
    // What the client signs with its own key is no hint either, nor is an empty one.
    let own = ClientKey::new().sign(None, &id);
    assert!(!believes(&app, &scene, Place::HintAtAuthorize, &own).await);
    let empty = assembled(&json!({}), &json!({}), b"");
    assert!(!believes(&app, &scene, Place::HintAtAuthorize, &empty).await);
    let again = code_for(&scene.visitor, &scene.dana, &scene.client.asks("openid")).await;
    assert!(!again.is_empty() && !matches!(scene.visitor.open(&app.at("/")).await, Landing::Outside(_)));
}
