//! A relying party of the tests: it builds requests, redeems codes and reads tokens, and can do
//! each of these wrongly.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use connex::oidc::clients::Registered;
use reqwest::RequestBuilder;
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::Url;

use super::{
    app::{Person, TestApp},
    http::{Landing, Page, Visitor, read},
};

/// A registered client.
#[derive(Debug, Clone)]
pub struct TestClient {
    pub id: String,
    pub secret: Option<String>,
    pub redirect_uri: String,
    pub issuer: String,
    method: String,
    machine: reqwest::Client,
}

/// An authorization request, with what the client keeps of it.
#[derive(Debug, Clone)]
pub struct Asked {
    pub params: Vec<(String, String)>,
    pub state: String,
    pub nonce: String,
    pub verifier: String,
    issuer: String,
}

/// The answer of the token endpoint.
#[derive(Debug, Clone)]
pub struct Tokens {
    pub all: Value,
}

/// Random text, 43 characters.
pub fn random() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

impl TestClient {
    pub fn new(app: &TestApp, registered: Registered) -> Self {
        let redirect_uri = registered.metadata.redirect_uris.first().map(|uri| uri.as_str().to_owned());
        Self {
            id: registered.client_id,
            secret: registered.client_secret,
            redirect_uri: redirect_uri.unwrap_or_default(),
            issuer: app.issuer.clone(),
            method: registered.metadata.token_endpoint_auth_method.as_str().to_owned(),
            machine: app.machine.clone(),
        }
    }

    /// A good request with PKCE, state and nonce, for `scope`.
    pub fn asks(&self, scope: &str) -> Asked {
        let (state, nonce, verifier) = (random(), random(), random());
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
        let params = [
            ("response_type", "code"),
            ("client_id", &self.id),
            ("redirect_uri", &self.redirect_uri),
            ("scope", scope),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let params = params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Asked { params, state, nonce, verifier, issuer: self.issuer.clone() }
    }

    /// A POST to an endpoint, authenticated as this client.
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        let mut form: Vec<(&str, &str)> = fields.to_vec();
        let request = self.machine.post(format!("{}{path}", self.issuer));
        let secret = self.secret.as_deref().unwrap_or_default();
        match self.method.as_str() {
            "client_secret_basic" => request.basic_auth(&self.id, Some(secret)).form(&form),
            "client_secret_post" => {
                form.extend([("client_id", self.id.as_str()), ("client_secret", secret)]);
                request.form(&form)
            }
            "none" => {
                form.push(("client_id", &self.id));
                request.form(&form)
            }
            _ => request.form(&form),
        }
    }

    /// The token request for a code.
    pub async fn redeem(&self, asked: &Asked, code: &str) -> Page {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.redirect_uri),
            ("code_verifier", &asked.verifier),
        ];
        let with_verifier = asked.get("code_challenge").is_some();
        read(self.post("/token", if with_verifier { &fields } else { &fields[..3] })).await
    }

    /// The token request for a refresh token.
    pub async fn refresh(&self, token: &str) -> Page {
        read(self.post("/token", &[("grant_type", "refresh_token"), ("refresh_token", token)])).await
    }

    /// The whole flow: the person signs in where that is asked for and agrees where that is asked for.
    pub async fn sign_in(&self, visitor: &Visitor, person: &Person, scope: &str) -> Tokens {
        self.complete(visitor, person, &self.asks(scope)).await
    }

    /// The same for a request that the test has made.
    pub async fn complete(&self, visitor: &Visitor, person: &Person, asked: &Asked) -> Tokens {
        let callback = arrive(visitor, person, visitor.open(&asked.url()).await).await;
        let answer = self.redeem(asked, &asked.code(&callback)).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        Tokens { all: answer.json() }
    }

    /// Userinfo with an access token.
    pub async fn userinfo(&self, access_token: &str) -> Page {
        read(self.machine.get(format!("{}/userinfo", self.issuer)).bearer_auth(access_token)).await
    }

    /// Introspection of a token.
    pub async fn introspect(&self, token: &str) -> Value {
        read(self.post("/introspect", &[("token", token)])).await.json()
    }
}

/// Signs in and agrees, from whatever page the browser landed at, until it is sent back to the client.
pub async fn arrive(visitor: &Visitor, person: &Person, mut landing: Landing) -> Url {
    for _ in 0..4 {
        let page = match landing {
            Landing::Outside(url) => return url,
            Landing::Page(page) => page,
        };
        landing = if page.has("input[name=password]") {
            let fields = [("username", person.username.as_str()), ("password", person.password.as_str())];
            visitor.press(&page, "button[type=submit]", &fields).await
        } else if page.has("#allow") {
            visitor.press(&page, "#allow", &[]).await
        } else {
            panic!("neither sign-in nor consent: {} {}: {}", page.status, page.url, page.text());
        };
    }
    panic!("four pages, and no way back to the client")
}

impl Asked {
    /// The value of a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// With another value, or one more parameter.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self = self.without(name);
        if name == "state" {
            value.clone_into(&mut self.state);
        }
        if name == "nonce" {
            value.clone_into(&mut self.nonce);
        }
        self.params.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Without a parameter.
    pub fn without(mut self, name: &str) -> Self {
        self.params.retain(|(known, _)| known != name);
        self
    }

    /// Without PKCE.
    pub fn without_pkce(self) -> Self {
        self.without("code_challenge").without("code_challenge_method")
    }

    /// The address for the browser.
    pub fn url(&self) -> String {
        let query: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.params).finish();
        format!("{}/authorize?{query}", self.issuer)
    }

    /// The code of a callback, whose `state` and `iss` are checked.
    pub fn code(&self, callback: &Url) -> String {
        let sent =
            |name: &str| callback.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned());
        assert_eq!(sent("state").as_deref(), self.get("state"), "{callback}");
        assert!(sent("iss").is_some(), "{callback}");
        sent("code").unwrap_or_else(|| panic!("no code: {callback}"))
    }

    /// The `error` of a callback, whose `state` and `iss` are checked.
    pub fn error(&self, callback: &Url) -> String {
        let sent =
            |name: &str| callback.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned());
        assert_eq!(sent("state").as_deref(), self.get("state"), "{callback}");
        assert!(sent("iss").is_some() && sent("code").is_none(), "{callback}");
        sent("error").unwrap_or_else(|| panic!("no error: {callback}"))
    }
}

impl Tokens {
    /// A member of the answer, as text.
    pub fn get(&self, name: &str) -> &str {
        self.all[name].as_str().unwrap_or_else(|| panic!("no {name} in {}", self.all))
    }

    /// The claims of the ID token, unverified.
    pub fn id_token(&self) -> Value {
        claims(self.get("id_token"))
    }
}

/// The claims of a token, unverified.
pub fn claims(token: &str) -> Value {
    part(token, 1)
}

/// The header of a token, unverified.
pub fn header(token: &str) -> Value {
    part(token, 0)
}

fn part(token: &str, at: usize) -> Value {
    let encoded = token.split('.').nth(at).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(encoded).unwrap()).unwrap()
}
