//! A provider as small as can be. It tells the truth, except for the lies it has been told to tell.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::extract::{Query, State};
use axum::http::header::{AUTHORIZATION, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD as BASE64URL};
use josekit::jwk::KeyPair;
use josekit::jwk::alg::ec::EcKeyPair;
use josekit::jws::{ES256, HS256, JwsSigner};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;

pub const CLIENT_ID: &str = "birch-plans";
pub const CLIENT_SECRET: &str = "a secret of 32 bytes, with % and +";
pub const SUB: &str = "person-dana";
pub const SID: &str = "session-of-dana";

/// Something that is not as it should be in the next sign-in.
#[derive(Clone)]
pub enum Lie {
    /// A claim of the ID token is this instead; `null` leaves it out.
    Claim(&'static str, Value),
    /// A header member of the ID token is this instead.
    Header(&'static str, Value),
    /// A parameter of the authorization response is this instead; `None` leaves it out.
    Answer(&'static str, Option<&'static str>),
    /// The ID token bears another signature.
    Signature(Signature),
    /// The userinfo endpoint speaks of this person.
    UserinfoSub(&'static str),
}

/// How a token is signed.
#[derive(Clone, Copy, PartialEq)]
pub enum Signature {
    /// By the published key.
    Good,
    /// By a key that bears the published key's id, but is another.
    ByAnotherKey,
    /// By another key, which says so.
    ByUnknownKey,
    /// Not at all: `alg` is `none`.
    None,
    /// By HMAC with the published key as the secret, which anybody can compute.
    HmacWithPublicKey,
    /// By HMAC with the client's secret.
    HmacWithClientSecret,
}

#[derive(Clone)]
pub struct Provider {
    pub issuer: String,
    shared: Arc<Shared>,
}

struct Shared {
    issuer: String,
    key: Mutex<(String, EcKeyPair)>,
    lies: Mutex<Vec<Lie>>,
    codes: Mutex<HashMap<String, HashMap<String, String>>>,
    /// What the interface for sites answers, by method and path.
    answers: Mutex<HashMap<String, (u16, Value)>>,
    /// What the interface for sites was asked.
    asked: Mutex<Vec<(String, Value)>>,
}

/// The site's own token at the interface for sites.
const SITE_TOKEN: &str = "a token of the site";

pub fn now() -> i64 {
    use std::time::{SystemTime, UNIX_EPOCH};
    #[expect(clippy::disallowed_methods, reason = "tests have no unit of work")]
    let now = SystemTime::now();
    now.duration_since(UNIX_EPOCH).unwrap().as_secs() as i64
}

impl Provider {
    pub async fn start(listener: TcpListener) -> Self {
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            issuer: issuer.clone(),
            key: Mutex::new(("key-1".to_owned(), ES256.generate_key_pair().unwrap())),
            lies: Mutex::default(),
            codes: Mutex::default(),
            answers: Mutex::default(),
            asked: Mutex::default(),
        });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/jwks.json", get(keys))
            .route("/authorize", get(authorize))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .fallback(interface)
            .with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { issuer, shared }
    }

    /// Tells a lie in every sign-in from now on.
    pub fn tell(&self, lie: Lie) {
        self.shared.lies.lock().unwrap().push(lie);
    }

    /// Signs with a new key from now on.
    pub fn rotate_key(&self) {
        *self.shared.key.lock().unwrap() = ("key-2".to_owned(), ES256.generate_key_pair().unwrap());
    }

    /// A logout token for this site, in good order.
    pub fn logout_claims(&self) -> Map<String, Value> {
        let claims = json!({
            "iss": self.issuer, "aud": CLIENT_ID, "iat": now(), "exp": now() + 120, "sid": SID, "sub": SUB,
            "jti": BASE64URL.encode(rand::random::<[u8; 12]>()),
            "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
        });
        claims.as_object().unwrap().clone()
    }

    /// The interface for sites answers `request`, such as `GET /scim/v2/Users/p1`, so from now on.
    pub fn answer(&self, request: &str, status: u16, body: Value) {
        self.shared.answers.lock().unwrap().insert(request.to_owned(), (status, body));
    }

    /// What the interface for sites was asked, with the bodies.
    pub fn asked(&self) -> Vec<(String, Value)> {
        self.shared.asked.lock().unwrap().clone()
    }

    /// The claims of a sync token in good order.
    pub fn sync_claims(&self, audience: &str) -> Map<String, Value> {
        let claims = json!({
            "iss": self.issuer, "sub": self.issuer, "aud": audience, "iat": now(), "exp": now() + 60,
            "jti": BASE64URL.encode(rand::random::<[u8; 12]>()),
        });
        claims.as_object().unwrap().clone()
    }

    /// A sync token in good order.
    pub fn sync_token(&self, audience: &str) -> String {
        self.sign(&self.sync_claims(audience), json!({ "typ": "connex-sync+jwt" }), Signature::Good)
    }

    pub fn sign(&self, claims: &Map<String, Value>, header: Value, signature: Signature) -> String {
        self.shared.sign(header.as_object().unwrap().clone(), claims, signature)
    }

    pub fn sign_logout(&self, claims: &Map<String, Value>, header: Value, signature: Signature) -> String {
        self.shared.sign(header.as_object().unwrap().clone(), claims, signature)
    }
}

impl Shared {
    fn lies(&self) -> Vec<Lie> {
        self.lies.lock().unwrap().clone()
    }

    /// Makes a JWS by hand, since a good library would refuse to make most of these.
    fn sign(&self, mut header: Map<String, Value>, claims: &Map<String, Value>, signature: Signature) -> String {
        let (kid, key) = self.key.lock().unwrap().clone();
        let by = |pair: &EcKeyPair| ES256.signer_from_der(pair.to_der_private_key()).unwrap();
        let hmac = |secret: &[u8]| HS256.signer_from_bytes(secret).unwrap();
        let (alg, kid, signer): (_, _, Option<Box<dyn JwsSigner>>) = match signature {
            Signature::Good => ("ES256", kid, Some(Box::new(by(&key)))),
            Signature::ByAnotherKey => ("ES256", kid, Some(Box::new(by(&ES256.generate_key_pair().unwrap())))),
            Signature::ByUnknownKey => {
                ("ES256", "unheard-of".to_owned(), Some(Box::new(by(&ES256.generate_key_pair().unwrap()))))
            }
            Signature::None => ("none", kid, None),
            Signature::HmacWithPublicKey => ("HS256", kid, Some(Box::new(hmac(&key.to_pem_public_key())))),
            Signature::HmacWithClientSecret => ("HS256", kid, Some(Box::new(hmac(CLIENT_SECRET.as_bytes())))),
        };
        header.entry("alg").or_insert(alg.into());
        header.entry("kid").or_insert(kid.into());
        let part = |members: &Map<String, Value>| BASE64URL.encode(serde_json::to_vec(members).unwrap());
        let message = format!("{}.{}", part(&header), part(claims));
        let signature = signer.map(|signer| signer.sign(message.as_bytes()).unwrap()).unwrap_or_default();
        format!("{message}.{}", BASE64URL.encode(signature))
    }
}

async fn discovery(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let issuer = &shared.issuer;
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/jwks.json"),
        "end_session_endpoint": format!("{issuer}/end-session"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256", "HS256"],
        "authorization_response_iss_parameter_supported": true,
        "claims_parameter_supported": true,
    }))
}

async fn keys(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let (kid, pair) = shared.key.lock().unwrap().clone();
    let mut key = pair.to_jwk_public_key();
    key.set_key_id(kid);
    key.set_key_use("sig");
    key.set_algorithm("ES256");
    Json(json!({ "keys": [key.as_ref()] }))
}

/// Signs Dana in without asking.
async fn authorize(State(shared): State<Arc<Shared>>, Query(request): Query<HashMap<String, String>>) -> Response {
    let code = BASE64URL.encode(rand::random::<[u8; 12]>());
    let mut answer =
        HashMap::from([("code", code.clone()), ("state", request["state"].clone()), ("iss", shared.issuer.clone())]);
    let mut url = url::Url::parse(&request["redirect_uri"]).unwrap();
    shared.codes.lock().unwrap().insert(code, request);
    for lie in shared.lies() {
        match lie {
            Lie::Answer(name, Some(value)) => _ = answer.insert(name, value.to_owned()),
            Lie::Answer(name, None) => _ = answer.remove(name),
            _ => {}
        }
    }
    url.query_pairs_mut().extend_pairs(answer);
    (StatusCode::SEE_OTHER, [(LOCATION, url.to_string())]).into_response()
}

async fn token(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: String) -> Response {
    let form: HashMap<_, _> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let encode = |text| url::form_urlencoded::byte_serialize(str::as_bytes(text)).collect::<String>();
    let basic = BASE64_STANDARD.encode(format!("{}:{}", encode(CLIENT_ID), encode(CLIENT_SECRET)));
    let is_basic = headers.get(AUTHORIZATION).is_some_and(|value| *value == format!("Basic {basic}"));
    let is_post = form.get("client_secret").is_some_and(|secret| secret == CLIENT_SECRET);
    if form["grant_type"] == "client_credentials" {
        assert!(is_basic && form["scope"] == "scim sync");
        return Json(json!({ "access_token": SITE_TOKEN, "token_type": "Bearer", "expires_in": 300 })).into_response();
    }
    let request = shared.codes.lock().unwrap().remove(&form["code"]);
    let Some(request) = request.filter(|request| {
        let challenge = BASE64URL.encode(Sha256::digest(&form["code_verifier"]));
        (is_basic != is_post)
            && challenge == request["code_challenge"]
            && form["redirect_uri"] == request["redirect_uri"]
    }) else {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))).into_response();
    };
    let access_token = "an-access-token";
    let claims = json!({
        "iss": shared.issuer, "aud": CLIENT_ID, "sub": SUB, "sid": SID, "iat": now(), "exp": now() + 300,
        "nonce": request["nonce"], "auth_time": now(), "acr": "1", "amr": ["pwd"],
        "at_hash": BASE64URL.encode(&Sha256::digest(access_token)[..16]),
        "name": "Dana <b>Whitfield</b>", "email": "dana@northline.example", "email_verified": true,
        "preferred_username": "dana", "org_id": "org_1", "org_name": "Northline Hauling LLC", "org_role": "founder",
        "organization": { "id": "org_1", "name": "Northline Hauling LLC", "role": "founder", "founder": true, "rev": 4 },
        "sites": [{ "id": "birch", "status": "approved", "roles": ["bidder"], "approved_at": 1, "rev": 12 }],
    });
    let (mut claims, mut header) = (claims.as_object().unwrap().clone(), Map::new());
    let mut signature = Signature::Good;
    for lie in shared.lies() {
        match lie {
            Lie::Claim(name, Value::Null) => _ = claims.remove(name),
            Lie::Claim(name, value) => _ = claims.insert(name.to_owned(), value),
            Lie::Header(name, value) => _ = header.insert(name.to_owned(), value),
            Lie::Signature(other) => signature = other,
            Lie::Answer(..) | Lie::UserinfoSub(_) => {}
        }
    }
    let id_token = shared.sign(header, &claims, signature);
    let tokens =
        json!({ "access_token": access_token, "token_type": "Bearer", "expires_in": 300, "id_token": id_token });
    Json(tokens).into_response()
}

async fn userinfo(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let lies = shared.lies();
    let sub = lies.iter().find_map(|lie| if let Lie::UserinfoSub(sub) = lie { Some(*sub) } else { None });
    Json(json!({ "sub": sub.unwrap_or(SUB), "name": "Dana of userinfo", "email": "dana@northline.example" }))
}

/// The interface for sites: answers what it was told to.
async fn interface(State(shared): State<Arc<Shared>>, request: axum::extract::Request) -> Response {
    let name = format!("{} {}", request.method(), request.uri());
    if request.headers().get(AUTHORIZATION).is_none_or(|value| *value != format!("Bearer {SITE_TOKEN}")) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let body = axum::body::to_bytes(request.into_body(), 1 << 20).await.unwrap();
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    shared.asked.lock().unwrap().push((name.clone(), body));
    match shared.answers.lock().unwrap().get(&name) {
        Some((status, body)) => (StatusCode::from_u16(*status).unwrap(), Json(body.clone())).into_response(),
        None => (StatusCode::NOT_FOUND, Json(json!({ "detail": "no such thing" }))).into_response(),
    }
}
