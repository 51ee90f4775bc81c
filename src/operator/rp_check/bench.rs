//! What a case works with: the provider, browsers, and the site.

use url::Url;

use super::{
    browser::{Browser, Landed},
    copies::Receiver,
    lie::Lie,
    options::Options,
    person::Person,
    provider::{Answered, Asked, Provider},
    push::Push,
    verdict::{Miss, ensure},
};
use crate::kernel::Fault;
use crate::platform::config::Outbound;

/// The provider that lies, and the site that is tried.
pub struct Bench {
    pub(super) options: Options,
    pub(super) provider: Provider,
    pub(super) push: Push,
    stranger: Browser,
    mark: Option<Mark>,
    receiver: Receiver,
}

/// How a signed-in person is told from a stranger at this site.
#[derive(Debug, Clone)]
pub(super) struct Mark {
    page: Url,
    by: MarkedBy,
}

#[derive(Debug, Clone)]
enum MarkedBy {
    /// The page names the person.
    Name,
    /// The page comes with this status at this path; strangers get something else.
    Landing(u16, String),
}

/// Whether the site could be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reached {
    /// It sends people to our provider.
    Here,
    /// It does not; a sentence.
    NotHere(String),
}

/// One sign-in, begun and answered.
pub(super) struct Attempt {
    pub(super) browser: Browser,
    pub(super) asked: Asked,
    pub(super) answered: Answered,
    pub(super) landed: Landed,
}

impl Bench {
    pub(super) async fn start(options: Options) -> Result<Self, Fault> {
        let outbound = Outbound { extra_ca_file: options.ca_file.clone(), allow_private_addresses: true };
        let push = Push::new(options.scim_base(), &outbound)?;
        let provider = Provider::start(&options).await?;
        let stranger = Browser::new(options.ca_file.as_deref())?;
        Ok(Self { options, provider, push, stranger, mark: None, receiver: Receiver::Absent })
    }

    /// The environment with which the site has to run.
    #[must_use]
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("SITE_URL", self.options.site.as_str().trim_end_matches('/').to_owned()),
            ("SITE_SCIM_URL", self.push.base().to_owned()),
            ("CONNEX_ISSUER", self.provider.issuer().to_owned()),
            ("CONNEX_CLIENT_ID", self.provider.client_id().to_owned()),
            ("CONNEX_CLIENT_SECRET", self.provider.client_secret().expose().clone()),
            ("CONNEX_AUTH_METHOD", self.options.auth_method.to_string()),
        ]
    }

    /// Looks whether the site begins sign-ins at our provider. If it does, finds out how to tell who is
    /// signed in, and whether anything takes accounts.
    pub async fn reach(&mut self) -> Reached {
        match self.begin().await {
            Ok(_) => {
                self.receiver = Receiver::find(&self.push, &self.provider, self.options.scim_url.is_some()).await;
                self.mark = self.find_mark().await.ok();
                Reached::Here
            }
            Err(Miss::Failed(why) | Miss::NotApplicable(why)) => Reached::NotHere(why),
        }
    }

    /// The address of a path at the site.
    pub(super) fn at(&self, path: &str) -> Result<Url, Miss> {
        self.options.site.join(path).map_err(|_| Miss::not_applicable(format!("{path:?} is no path of the site.")))
    }

    /// A person who was never heard of.
    pub(super) fn person(&self, given_name: &str) -> Person {
        let mark = self.provider.fresh();
        Person::new(given_name, mark.get(..10).unwrap_or(&mark))
    }

    /// Leads a new browser to the point where it is sent to the provider.
    pub(super) async fn begin(&self) -> Result<(Browser, Asked), Miss> {
        let browser = self.stranger.another();
        let start = self.at(&self.options.start)?;
        match browser.open(&self.provider, &self.options.site, start).await? {
            Landed::SignIn(url) => Ok((browser, Asked::of(&url))),
            Landed::Elsewhere(url) => {
                let issuer = self.provider.issuer();
                Err(Miss::failed(format!("{} sends people to {url}, not to {issuer}.", self.options.start)))
            }
            Landed::Page(page) => {
                Err(Miss::failed(format!("{} answers {} in place of a redirect.", self.options.start, page.status)))
            }
        }
    }

    /// Lets `person` sign in, in a new browser and session, with this lie.
    pub(super) async fn sign_in(&self, person: &Person, lie: Lie) -> Result<Attempt, Miss> {
        self.sign_in_as(person, &self.provider.fresh(), lie).await
    }

    /// The same in the session `sid`.
    pub(super) async fn sign_in_as(&self, person: &Person, sid: &str, lie: Lie) -> Result<Attempt, Miss> {
        let (browser, asked) = self.begin().await?;
        self.provider.expect(person, sid, lie);
        let answered = self
            .provider
            .answer(&asked)
            .ok_or_else(|| Miss::failed(format!("`redirect_uri` is no address: {:?}.", asked.get("redirect_uri"))))?;
        let landed = browser.open(&self.provider, &self.options.site, answered.url.clone()).await?;
        Ok(Attempt { browser, asked, answered, landed })
    }

    /// Lets `person` sign in, which has to work.
    pub(super) async fn signed_in(&self, person: &Person, sid: &str) -> Result<Attempt, Miss> {
        let attempt = self.sign_in_as(person, sid, Lie::None).await?;
        let is_in = self.is_in(&attempt.browser, person).await?;
        ensure(is_in, || format!("A good sign-in was refused: {}.", attempt.landed.shown()))?;
        Ok(attempt)
    }

    /// A sign-in with a lie, which must not be believed.
    pub(super) async fn refuses(&self, lie: Lie) -> Result<Attempt, Miss> {
        self.needs_mark()?;
        let person = self.person("Mallory");
        let attempt = self.sign_in(&person, lie).await?;
        let is_in = self.is_in(&attempt.browser, &person).await?;
        ensure(!is_in, || format!("The site signed the person in ({}).", attempt.landed.shown()))?;
        Ok(attempt)
    }

    /// Whether the site takes this browser for `person`.
    pub(super) async fn is_in(&self, browser: &Browser, person: &Person) -> Result<bool, Miss> {
        let mark = self.needs_mark()?;
        let landed = browser.open(&self.provider, &self.options.site, mark.page.clone()).await?;
        let Some(page) = landed.page() else { return Ok(false) };
        Ok(match &mark.by {
            MarkedBy::Name => names(&page.text, person),
            MarkedBy::Landing(status, path) => page.status == *status && page.url.path() == path,
        })
    }

    fn needs_mark(&self) -> Result<&Mark, Miss> {
        self.mark.as_ref().ok_or_else(|| Miss::not_applicable("Nobody can sign in (RP-01)."))
    }

    /// Finds out how a signed-in person is told from a stranger: by a good sign-in.
    ///
    /// # Errors
    /// Why it is not.
    pub(super) async fn find_mark(&self) -> Result<Mark, Miss> {
        let person = self.person("Robin");
        let attempt = self.sign_in(&person, Lie::None).await?;
        let page = match (&self.options.page, &attempt.landed) {
            (Some(path), _) => self.at(path)?,
            (None, Landed::Page(page)) => page.url.clone(),
            (None, landed) => return Err(Miss::failed(format!("A good sign-in led to {}.", landed.shown()))),
        };
        let open = async |browser: Browser| browser.open(&self.provider, &self.options.site, page.clone()).await;
        let (seen, stranger) = (open(attempt.browser).await?, open(self.stranger.another()).await?);
        let Some(seen) = seen.page().filter(|seen| seen.status < 400) else {
            return Err(Miss::failed(format!("After a good sign-in {} leads to {}.", page.path(), seen.shown())));
        };
        if names(&seen.text, &person) {
            return Ok(Mark { page, by: MarkedBy::Name });
        }
        let is_same =
            stranger.page().is_some_and(|page| (page.status, page.url.path()) == (seen.status, seen.url.path()));
        ensure(!is_same, || {
            let path = page.path();
            format!("{path} looks the same to a person who signed in and to a stranger; name another with --page.")
        })?;
        Ok(Mark { by: MarkedBy::Landing(seen.status, seen.url.path().to_owned()), page })
    }

    /// What the SCIM endpoint said of itself.
    ///
    /// # Errors
    /// What it said in place of that; or that there is none.
    pub(super) const fn receiver(&self) -> &Receiver {
        &self.receiver
    }
}

/// Whether a page shows a person: by a name that nobody else has.
fn names(text: &str, person: &Person) -> bool {
    text.to_lowercase().contains(&person.family_name.to_lowercase())
}
