//! Who is at the browser: `Visitor` for every page, signed in or not.

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, HeaderValue, header, request::Parts},
};

use super::{SessionCookie, SignedIn, service};
use crate::accounts::{Accounts, sign_in::Browser};
use crate::kernel::{Fault, Token};
use crate::platform::{
    serve::{ClientIp, network_of},
    web::{Cookies, Kit, PageError, Shell, cookie},
};

const COOKIE: &str = "connex-session";
/// Enough of a browser's name to tell two of them apart on a page.
const MOST_OF_A_USER_AGENT: usize = 200;

/// The browser at the other end, and the person in it, if one is signed in.
pub struct Visitor {
    /// The person.
    pub person: Option<SignedIn>,
    /// The headers of the request.
    pub headers: HeaderMap,
    /// Where the browser is, as far as throttling needs to know.
    pub network: String,
}

impl Visitor {
    /// What the browser calls itself, cut.
    #[must_use]
    pub fn user_agent(&self) -> String {
        let text = self.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        text.chars().filter(|c| !c.is_control()).take(MOST_OF_A_USER_AGENT).collect()
    }

    /// What a sign-in at this browser needs to know of it.
    #[must_use]
    pub fn browser(&self) -> Browser {
        Browser {
            network: self.network.clone(),
            user_agent: self.user_agent(),
            former: self.person.as_ref().map(|person| (person.session, person.account.id())),
        }
    }

    /// The shell of a page for this visitor.
    #[must_use]
    pub fn shell(&self, accounts: &Accounts) -> Shell {
        let person = self.person.as_ref().map(|person| person.account.full_name());
        Shell::new(&accounts.kit, &self.headers, accounts.db.entropy(), person)
    }
}

/// The cookie line that makes a session this browser's.
#[must_use]
pub fn session_cookie(kit: &Kit, token: &Token<SessionCookie>) -> HeaderValue {
    cookie::set(kit, COOKIE, &token.reveal())
}

/// The cookie line that forgets the session.
#[must_use]
pub fn forget_session(kit: &Kit) -> HeaderValue {
    cookie::clear(kit, COOKIE)
}

async fn person(accounts: &Accounts, headers: &HeaderMap) -> Result<Option<SignedIn>, Fault> {
    let Some(cookie) = Cookies::of(headers, &accounts.kit).get(COOKIE) else { return Ok(None) };
    let mut reader = accounts.db.read().await?;
    let found = service::find(&mut reader, &accounts.sessions, &cookie).await?;
    drop(reader);
    let Some((person, last_seen_at)) = found else { return Ok(None) };
    service::touch(&accounts.db, person.session, last_seen_at).await?;
    Ok(Some(person))
}

impl<S> FromRequestParts<S> for Visitor
where
    S: Send + Sync,
    Accounts: FromRef<S>,
{
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PageError> {
        let accounts = Accounts::from_ref(state);
        let network = parts.extensions.get::<ClientIp>().map(|ClientIp(address)| network_of(*address));
        Ok(Self {
            person: person(&accounts, &parts.headers).await?,
            headers: parts.headers.clone(),
            network: network.map(|network| network.to_string()).unwrap_or_default(),
        })
    }
}
