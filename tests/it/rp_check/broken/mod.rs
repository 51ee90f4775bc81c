//! A relying party that does all that the check asks for, but for the one flaw that a test gives it.

mod accounts;
mod believe;
mod logout;
mod sign_in;

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    routing::{get, post},
};
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};

use accounts::Account;

/// The one thing that the site gets wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    None,
    NobodyGetsIn,
    SameState,
    SameNonce,
    NoPkce,
    PlainPkce,
    LooseRedirectUri,
    AnyState,
    AnyAnswerIssuer,
    CodeTwice,
    SecretInForm,
    AnyAudience,
    Expired,
    AnyNonce,
    AnyTokenIssuer,
    Unsigned,
    AnySignature,
    KeysForEver,
    UnknownKey,
    ErrorIsAFault,
    LogoutEndsAll,
    LogoutNeedsSession,
    LogoutAnySignature,
    LogoutNonce,
    LogoutAnyEvent,
    LogoutOld,
    LogoutReplayed,
    LogoutEndsBeforeItRefuses,
    ScimFails,
    ScimOpen,
    ScimAnySignature,
    ScimAnyType,
    ScimAnyAudience,
    ScimExpired,
    TwoCopies,
    LatePut,
    LatePatch,
    KeepsPhone,
    UniqueEmail,
    StrictAttributes,
    KeepsSession,
    InactiveGetsIn,
    NeverBack,
    DeletesTwice,
    SkipsOne,
    DigestOfSomethingElse,
    BucketOfSomethingElse,
    ListsEmployees,
    StaleAtLogin,
    SignOutKeepsSession,
    SignOutWithoutReturn,
    Slow,
}

/// The login name of somebody whom the site keeps by itself.
pub const EMPLOYEE: &str = "clerk";

/// A site that runs.
pub struct Broken {
    serving: JoinHandle<()>,
}

impl Drop for Broken {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// What all its requests share.
struct Site {
    flaw: Flaw,
    /// What the check printed: the environment.
    settings: HashMap<&'static str, String>,
    http: reqwest::Client,
    /// Sign-ins that are under way, by the browser's cookie.
    pending: Mutex<HashMap<String, sign_in::Pending>>,
    /// Who is signed in, by the browser's cookie.
    sessions: Mutex<HashMap<String, Session>>,
    keys: Mutex<Option<Value>>,
    /// Logout tokens that were taken.
    seen: Mutex<HashSet<String>>,
    accounts: Mutex<Vec<Account>>,
    /// Whoever was deactivated once.
    burned: Mutex<HashSet<String>>,
}

struct Session {
    sub: String,
    sid: String,
    name: String,
    id_token: String,
}

impl Site {
    fn has(&self, flaw: Flaw) -> bool {
        self.flaw == flaw
    }

    fn setting(&self, name: &str) -> &str {
        &self.settings[name]
    }

    fn end_sessions(&self, is_over: impl Fn(&Session) -> bool) {
        self.sessions.lock().unwrap().retain(|_, session| !is_over(session));
    }
}

/// Serves a site with this flaw.
pub fn serve(listener: TcpListener, settings: Vec<(&'static str, String)>, flaw: Flaw) -> Broken {
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let site = Arc::new(Site {
        flaw,
        settings: settings.into_iter().collect(),
        http,
        pending: Mutex::default(),
        sessions: Mutex::default(),
        keys: Mutex::default(),
        seen: Mutex::default(),
        accounts: Mutex::default(),
        burned: Mutex::default(),
    });
    let router = Router::new()
        .route("/auth/connex/login", get(sign_in::begin))
        .route("/auth/connex/callback", get(sign_in::finish))
        .route("/", get(sign_in::home))
        .route("/auth/connex/logout", post(logout::end))
        .route("/logout", post(sign_in::leave))
        .with_state(Arc::clone(&site))
        .merge(accounts::router(site));
    Broken { serving: tokio::spawn(async move { axum::serve(listener, router).await.unwrap() }) }
}

/// A text that nobody guesses.
fn random() -> String {
    format!("{:032x}", rand::random::<u128>())
}
