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
    web::{Cookies, Here, Kit, PageError, Shell, cookie, page::ShownPerson},
    words::Words,
};
use crate::protocol::oauth::Params;

const COOKIE: &str = "connex-session";
/// Enough of a browser's name to tell two of them apart on a page.
const MOST_OF_A_USER_AGENT: usize = 200;

/// The browser at the other end, and the person in it, if one is signed in.
pub struct Visitor {
    /// The person.
    pub person: Option<SignedIn>,
    /// The page that is asked for.
    pub here: Here,
    /// Where the browser is, as far as throttling needs to know.
    pub network: String,
}

impl Visitor {
    /// What the browser calls itself, cut.
    #[must_use]
    pub fn user_agent(&self) -> String {
        let text =
            self.here.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
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

    /// The same visitor, who has sent a form: see [`Here::carrying`].
    #[must_use]
    pub fn carrying(mut self, fields: &Params) -> Self {
        self.here = self.here.carrying(fields);
        self
    }

    /// The shell of a page for this visitor.
    #[must_use]
    pub fn shell(&self, accounts: &Accounts) -> Shell {
        let person = self
            .person
            .as_ref()
            .map(|person| ShownPerson { name: person.account.full_name(), language: person.account.language() });
        Shell::new(&accounts.kit, &self.here, (accounts.db.entropy(), accounts.db.now()), person)
    }

    /// The words of a page for this visitor.
    #[must_use]
    pub fn words(&self, accounts: &Accounts) -> Words {
        self.here.words(&accounts.kit, self.person.as_ref().map(|person| person.account.language()))
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

/// The person whose session the cookie names, if nothing stands against it.
///
/// # Errors
/// When the database does not answer.
pub async fn person(accounts: &Accounts, headers: &HeaderMap) -> Result<Option<SignedIn>, Fault> {
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
        // The guard has looked for pages that need somebody.
        let person = match parts.extensions.get::<SignedIn>() {
            Some(person) => Some(person.clone()),
            None => person(&accounts, &parts.headers).await?,
        };
        let network = parts.extensions.get::<ClientIp>().map(|ClientIp(address)| network_of(*address));
        Ok(Self {
            person,
            here: Here::of(parts),
            network: network.map(|network| network.to_string()).unwrap_or_default(),
        })
    }
}

/// A person who is signed in, for pages that are for nobody else.
pub struct Person {
    /// The person.
    pub signed_in: SignedIn,
    /// The browser.
    pub visitor: Visitor,
}

impl<S> FromRequestParts<S> for Person
where
    S: Send + Sync,
    Accounts: FromRef<S>,
{
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PageError> {
        let visitor = Visitor::from_request_parts(parts, state).await?;
        // Only a row of the policy that lets strangers in can lead here.
        let signed_in = visitor.person.clone().ok_or_else(|| Fault::new("find who is signed in"))?;
        Ok(Self { signed_in, visitor })
    }
}
