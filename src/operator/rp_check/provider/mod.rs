//! The provider that lies: an issuer on this machine with one client, the site.
//!
//! It is lenient where ConneX is strict, and writes down what it was asked in place of refusing: what
//! the site got wrong is for the cases to tell. Only the secret of the client is always checked.

mod endpoints;
mod token;
mod view;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde_json::{Map, Value};
use tokio::{net::TcpListener, task::JoinHandle};
use url::Url;

use super::{
    keys::Keys,
    lie::{Forgery, Lie},
    options::Options,
    person::{Organization, Person, hex},
};
use crate::kernel::{Doing, Entropy, Fault, OrganizationId, Secret, Timestamp};
use crate::platform::store::Clock;
use crate::protocol::oauth::{AuthMethod, Params};

/// The provider, while it runs.
#[derive(Debug)]
pub(super) struct Provider {
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// What all requests to it share.
#[derive(Debug)]
struct Shared {
    issuer: String,
    client_id: String,
    client_secret: Secret<String>,
    organization: Organization,
    clock: Clock,
    entropy: Entropy,
    keys: Mutex<Keys>,
    stage: Mutex<Stage>,
}

/// Who signs in next, what is wrong with it, and what has come of it so far.
#[derive(Debug)]
struct Stage {
    lie: Lie,
    person: Option<Person>,
    sid: String,
    /// Everybody whom the site may ask about, by subject.
    people: HashMap<String, Person>,
    /// What was sent away with each code.
    codes: HashMap<String, Sent>,
    redemptions: Vec<Redemption>,
    /// The access tokens that were given, each with the person whom it is about.
    access: HashMap<String, Option<String>>,
}

/// A sign-in that was answered with a code.
#[derive(Debug, Clone)]
struct Sent {
    request: Asked,
    person: Person,
    sid: String,
    lie: Lie,
}

/// What a site asked of the authorization endpoint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Asked {
    parameters: HashMap<String, String>,
}

impl Asked {
    pub(super) fn of(url: &Url) -> Self {
        Self { parameters: url.query_pairs().into_owned().collect() }
    }

    /// A parameter; empty when it was not given.
    pub(super) fn get(&self, name: &str) -> &str {
        self.parameters.get(name).map_or("", String::as_str)
    }
}

/// A code that came to the token endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Redemption {
    pub(super) code: String,
    /// How the site proved itself.
    pub(super) method: AuthMethod,
    /// Whether the PKCE verifier is the one of the challenge.
    pub(super) is_verified: bool,
    /// The return address that came along.
    pub(super) redirect_uri: String,
}

/// Where the browser goes from the authorization endpoint.
#[derive(Debug, Clone)]
pub(super) struct Answered {
    pub(super) url: Url,
    /// The code in it; empty when it is an error.
    pub(super) code: String,
}

impl Provider {
    /// Starts it.
    pub(super) async fn start(options: &Options) -> Result<Self, Fault> {
        let listener = TcpListener::bind(options.listen).await.doing("listen for the site")?;
        let address = listener.local_addr().doing("listen for the site")?;
        let (clock, entropy) = (Clock::default(), Entropy::system());
        let id = OrganizationId::new(clock.now(), &entropy).to_string();
        let fresh_secret = || Secret::new(hex(&entropy.bytes::<32>()));
        let shared = Arc::new(Shared {
            issuer: options.issuer.clone().unwrap_or_else(|| format!("http://{address}")),
            client_id: options.client_id.clone(),
            client_secret: options.client_secret.clone().unwrap_or_else(fresh_secret),
            organization: Organization { id, name: "Rp-Check Paving, Inc.".to_owned() },
            keys: Mutex::new(Keys::make(options.algorithm)?),
            stage: Mutex::new(Stage::empty()),
            clock,
            entropy,
        });
        let service = endpoints::router(Arc::clone(&shared));
        let serving = tokio::spawn(async move {
            // It ends with the check, or with the process.
            let _ended = axum::serve(listener, service).await;
        });
        Ok(Self { shared, serving })
    }

    pub(super) fn issuer(&self) -> &str {
        &self.shared.issuer
    }

    pub(super) fn client_id(&self) -> &str {
        &self.shared.client_id
    }

    pub(super) fn client_secret(&self) -> &Secret<String> {
        &self.shared.client_secret
    }

    pub(super) fn organization(&self) -> &Organization {
        &self.shared.organization
    }

    pub(super) fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    /// A text that was never seen before.
    pub(super) fn fresh(&self) -> String {
        self.shared.fresh()
    }

    /// Whether an address is that of the authorization endpoint.
    pub(super) fn is_authorize(&self, url: &Url) -> bool {
        url.as_str().split(['?', '#']).next() == Some(self.shared.at("/authorize").as_str())
    }

    /// Whether an address is that of the end session endpoint.
    pub(super) fn is_end_session(&self, url: &Url) -> bool {
        url.as_str().split(['?', '#']).next() == Some(self.shared.at("/end-session").as_str())
    }

    /// Says who signs in next, in which session, and what is wrong with it.
    pub(super) fn expect(&self, person: &Person, sid: &str, lie: Lie) {
        self.know(person);
        let mut stage = self.shared.stage();
        stage.person = Some(person.clone());
        sid.clone_into(&mut stage.sid);
        stage.lie = lie;
    }

    /// Answers questions of the site about this person, from now on with this revision.
    pub(super) fn know(&self, person: &Person) {
        self.shared.stage().people.insert(person.sub.clone(), person.clone());
    }

    /// Answers a request of a browser.
    pub(super) fn answer(&self, request: &Asked) -> Option<Answered> {
        self.shared.answer(request)
    }

    /// How often, and how, a code was redeemed.
    pub(super) fn redemptions(&self, code: &str) -> Vec<Redemption> {
        self.shared.stage().redemptions.iter().filter(|redemption| redemption.code == code).cloned().collect()
    }

    pub(super) fn rotate(&self) -> Result<(), Fault> {
        self.shared.keys().rotate()
    }

    /// Forgets the last rotation.
    pub(super) fn take_back(&self) {
        self.shared.keys().take_back();
    }

    /// A token with these claims that is right but for the `forgery`.
    pub(super) fn sign(
        &self,
        typ: &str,
        claims: Map<String, Value>,
        forgery: Option<&Forgery>,
    ) -> Result<String, Fault> {
        self.shared.keys().sign(Some(typ), claims, forgery)
    }
}

impl Stage {
    fn empty() -> Self {
        Self {
            lie: Lie::None,
            person: None,
            sid: String::new(),
            people: HashMap::new(),
            codes: HashMap::new(),
            redemptions: Vec::new(),
            access: HashMap::new(),
        }
    }
}

impl Shared {
    /// The address of one of its paths.
    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.issuer)
    }

    fn fresh(&self) -> String {
        hex(&self.entropy.bytes::<16>())
    }

    /// No step leaves it half done, so a panic elsewhere does not matter.
    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keys(&self) -> MutexGuard<'_, Keys> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The authorization endpoint: whoever is expected signs in. `None` when nobody is, or there is
    /// no way back.
    fn answer(&self, request: &Asked) -> Option<Answered> {
        let mut url = Url::parse(request.get("redirect_uri")).ok()?;
        let mut stage = self.stage();
        let (lie, code) = (stage.lie.clone(), self.fresh());
        let sent =
            Sent { request: request.clone(), person: stage.person.clone()?, sid: stage.sid.clone(), lie: lie.clone() };
        let state = if lie == Lie::State { "another-state" } else { request.get("state") };
        let issuer = if lie == Lie::Issuer { "https://another-issuer.example" } else { &self.issuer };
        url.query_pairs_mut().append_pair("state", state).append_pair("iss", issuer);
        if lie == Lie::Refusal {
            url.query_pairs_mut().append_pair("error", "access_denied");
            return Some(Answered { url, code: String::new() });
        }
        url.query_pairs_mut().append_pair("code", &code);
        stage.codes.insert(code.clone(), sent);
        Some(Answered { url, code })
    }
}

/// The parameters of a form; none when it is not one.
fn form(body: &[u8]) -> Params {
    Params::parse(body).unwrap_or_default()
}
