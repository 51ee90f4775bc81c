//! What a site must be told: itself, its issuer and its registration there. Nothing else is configured; endpoints and
//! keys come from discovery.

use std::path::PathBuf;

use anyhow::{Context, ensure};
use openidconnect::ClientSecret;
use serde::Deserialize;
use url::{Host, Url};

use crate::trouble::Trouble;

/// Where ConneX sends the person back; the path is fixed, the origin is the site's.
pub(crate) const CALLBACK_PATH: &str = "/auth/connex/callback";
/// Where ConneX tells the site that a session has ended.
pub(crate) const BACKCHANNEL_PATH: &str = "/auth/connex/logout";
/// Where ConneX keeps the site's copies (RFC 7644 §1.3).
pub(crate) const SCIM_PATH: &str = "/scim/v2";
/// What the site wants to know of a person who signs in.
const WANTED_SCOPES: [&str; 5] = ["openid", "profile", "email", "organization", "sites"];

/// The two families of sites.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// An agency's plan room.
    OneOffice,
    /// A county's permit desk.
    OneGov,
}

/// How the site proves itself at the token endpoint (RFC 6749 §2.3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthMethod {
    /// The secret in an `Authorization: Basic` header.
    #[default]
    ClientSecretBasic,
    /// The secret as a form parameter.
    ClientSecretPost,
}

/// Everything a site is told. Printing it never shows the secret.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The family the site belongs to.
    pub kind: Kind,
    /// The site's id at ConneX, by which it finds itself in the `sites` claim; `None` takes the first entry.
    pub site_id: Option<String>,
    /// The agency's name as people know it.
    pub name: String,
    /// The site's own origin, such as `https://plans.birch.example/`.
    pub url: Url,
    /// ConneX's issuer identifier, compared character for character.
    pub issuer: String,
    /// The site's name as an OAuth client.
    pub client_id: String,
    /// The site's secret as an OAuth client.
    pub client_secret: ClientSecret,
    /// How the secret is shown to ConneX.
    pub auth_method: AuthMethod,
    /// The registered callback, at [`CALLBACK_PATH`] of the site.
    pub redirect_uri: Url,
    /// The registered page to which a person returns after signing out.
    pub post_logout_redirect_uri: Url,
    /// The scopes to ask for.
    pub scopes: Vec<String>,
    /// PEM certificates of authorities to trust beside those of the machine.
    pub extra_ca_file: Option<PathBuf>,
    /// Where ConneX sends what this site should hold, exactly as registered; every push names it as its audience.
    pub scim_url: String,
    /// The file of the site's own database; `None` keeps it in memory, for tests and for a look around.
    pub database: Option<PathBuf>,
    /// Whether a new database begins with the people and records of the demonstration.
    pub demo: bool,
    /// A bearer token that opens the SCIM endpoint to a tester, in place of a signed one. On this machine only.
    pub scim_test_token: Option<String>,
    /// What a test lets go wrong at the SCIM endpoint. On this machine only.
    pub trouble: Option<Trouble>,
}

/// What `connex site add --json` prints; members that a site has no use for are passed over.
#[derive(Deserialize)]
struct Registration {
    kind: Kind,
    site_id: Option<String>,
    name: String,
    url: Url,
    issuer: String,
    client_id: String,
    client_secret: String,
    #[serde(default)]
    auth_method: AuthMethod,
    #[serde(default)]
    redirect_uris: Vec<Url>,
    #[serde(default)]
    post_logout_redirect_uris: Vec<Url>,
    #[serde(default)]
    scopes: Vec<String>,
    scim_url: Option<String>,
}

impl Settings {
    /// Reads what `connex site add --json` printed.
    ///
    /// # Errors
    /// When a member is missing or of the wrong kind, or when [`Settings::check`] finds fault.
    pub fn from_json(text: &str) -> anyhow::Result<Self> {
        let registration: Registration =
            serde_json::from_str(text).context("this is not what `connex site add --json` prints")?;
        Self::from_registration(registration)
    }

    /// Reads the environment: either `SITE_CONFIG`, the file that `connex site add --json` printed, or `SITE_URL`,
    /// `SITE_NAME`, `CONNEX_ISSUER`, `CONNEX_CLIENT_ID`, `CONNEX_CLIENT_SECRET` and `CONNEX_AUTH_METHOD`; and in both
    /// cases `CONNEX_EXTRA_CA_FILE`, `SITE_DATABASE` (a file), `SITE_DEMO` (`true`) and `SITE_SCIM_TEST_TOKEN`. `variable` looks a name up, so that a test needs no real environment.
    ///
    /// # Errors
    /// When a variable that is needed is absent or wrong; the message names it.
    pub fn from_variables(kind: Kind, variable: impl Fn(&str) -> Option<String>) -> anyhow::Result<Self> {
        let mut settings = match variable("SITE_CONFIG") {
            Some(path) => {
                let text =
                    std::fs::read_to_string(&path).with_context(|| format!("SITE_CONFIG: cannot read {path}"))?;
                Self::from_json(&text).with_context(|| format!("SITE_CONFIG: {path}"))?
            }
            None => Self::from_registration(Registration::from_variables(kind, &variable)?)?,
        };
        settings.extra_ca_file = variable("CONNEX_EXTRA_CA_FILE").map(PathBuf::from);
        settings.database = variable("SITE_DATABASE").map(PathBuf::from);
        settings.demo = variable("SITE_DEMO").is_some_and(|word| word == "true");
        settings.scim_test_token = variable("SITE_SCIM_TEST_TOKEN");
        settings.check()?;
        ensure!(settings.kind == kind, "SITE_CONFIG: this registration is for the other family of sites");
        Ok(settings)
    }

    fn from_registration(registration: Registration) -> anyhow::Result<Self> {
        let url = registration.url;
        let first = |uris: Vec<Url>, path: &str| uris.into_iter().next().map_or_else(|| url.join(path), Ok);
        let settings = Self {
            redirect_uri: first(registration.redirect_uris, CALLBACK_PATH)?,
            post_logout_redirect_uri: first(registration.post_logout_redirect_uris, "/")?,
            scopes: wanted_scopes(&registration.scopes),
            scim_url: registration
                .scim_url
                .unwrap_or_else(|| format!("{}{SCIM_PATH}", url.origin().ascii_serialization())),
            kind: registration.kind,
            site_id: registration.site_id,
            name: registration.name,
            url,
            issuer: registration.issuer,
            client_id: registration.client_id,
            client_secret: ClientSecret::new(registration.client_secret),
            auth_method: registration.auth_method,
            extra_ca_file: None,
            database: None,
            demo: false,
            scim_test_token: None,
            trouble: None,
        };
        settings.check()?;
        Ok(settings)
    }

    /// Refuses settings with which nobody could sign in safely.
    ///
    /// # Errors
    /// When the site or the issuer is on plain http anywhere but on this machine, when the site is not at the root of
    /// its origin (`__Host-` cookies belong to a whole origin), or when the callback is not the site's own.
    pub fn check(&self) -> anyhow::Result<()> {
        let issuer = Url::parse(&self.issuer).context("the issuer is not a URL")?;
        ensure!(is_private_enough(&issuer), "the issuer must be https, or http on this machine: {issuer}");
        ensure!(is_private_enough(&self.url), "the site must be https, or http on this machine: {}", self.url);
        ensure!(self.url.path() == "/" && self.url.query().is_none(), "the site's URL must end after its host");
        ensure!(
            self.redirect_uri == self.url.join(CALLBACK_PATH)?,
            "the first redirect URI must be {CALLBACK_PATH} of the site: {}",
            self.redirect_uri
        );
        ensure!(
            self.post_logout_redirect_uri.origin() == self.url.origin(),
            "the page after signing out must be the site's own: {}",
            self.post_logout_redirect_uri
        );
        ensure!(
            self.is_on_this_machine() || (self.scim_test_token.is_none() && self.trouble.is_none()),
            "a token or trouble for tests is for a site on this machine only: {}",
            self.url
        );
        Ok(())
    }

    /// Whether only this machine reaches the site.
    pub fn is_on_this_machine(&self) -> bool {
        is_loopback(&self.url)
    }

    /// Whether people reach the site over https, where cookies can be pinned to it.
    pub(crate) fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }
}

impl Registration {
    fn from_variables(kind: Kind, variable: &impl Fn(&str) -> Option<String>) -> anyhow::Result<Self> {
        let needed =
            |name: &str| variable(name).with_context(|| format!("{name} is not set, and neither is SITE_CONFIG"));
        let auth_method = match variable("CONNEX_AUTH_METHOD") {
            Some(word) => serde_json::from_value(word.into()).context("CONNEX_AUTH_METHOD: this sample site knows")?,
            None => AuthMethod::default(),
        };
        Ok(Self {
            kind,
            site_id: None,
            name: needed("SITE_NAME")?,
            url: needed("SITE_URL")?.parse().context("SITE_URL is not a URL")?,
            issuer: needed("CONNEX_ISSUER")?,
            client_id: needed("CONNEX_CLIENT_ID")?,
            client_secret: needed("CONNEX_CLIENT_SECRET")?,
            auth_method,
            redirect_uris: Vec::new(),
            post_logout_redirect_uris: Vec::new(),
            scopes: Vec::new(),
            scim_url: variable("SITE_SCIM_URL"),
        })
    }
}

/// What the site wants, as far as it is registered for it; a registration that names no scope forbids none.
fn wanted_scopes(registered: &[String]) -> Vec<String> {
    let is_registered = |scope: &&str| registered.is_empty() || registered.iter().any(|name| name == scope);
    WANTED_SCOPES.into_iter().filter(is_registered).map(str::to_owned).collect()
}

/// Secrets and codes travel over https, or never leave the machine.
fn is_private_enough(url: &Url) -> bool {
    match url.scheme() {
        "https" => url.has_host(),
        "http" => is_loopback(url),
        _ => false,
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registration(url: &str, issuer: &str) -> String {
        format!(
            r#"{{"site_id":"birch","name":"Birch County","kind":"oneoffice","url":"{url}","issuer":"{issuer}","client_id":"c",
            "client_secret":"hush","auth_method":"client_secret_post","redirect_uris":[],"scopes":["openid","email"],"more":1}}"#
        )
    }

    #[test]
    fn what_site_add_prints_is_enough() {
        let settings = Settings::from_json(&registration("http://127.0.0.1:7101", "http://127.0.0.1:7100")).unwrap();
        assert_eq!(settings.redirect_uri.as_str(), "http://127.0.0.1:7101/auth/connex/callback");
        assert_eq!(settings.auth_method, AuthMethod::ClientSecretPost);
        assert_eq!(settings.scopes, ["openid", "email"]);
        assert_eq!(settings.scim_url, "http://127.0.0.1:7101/scim/v2");
        assert!(!format!("{settings:?}").contains("hush"));
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for (url, issuer) in [
            ("http://plans.example", "https://id.example"),
            ("https://plans.example", "http://id.example"),
            ("https://plans.example", "http://127.0.0.1.example"),
        ] {
            assert!(Settings::from_json(&registration(url, issuer)).is_err(), "{url} {issuer}");
        }
    }

    #[test]
    fn what_is_for_tests_is_for_this_machine() {
        let open = |url: &str| {
            let mut settings = Settings::from_json(&registration(url, "https://id.example")).unwrap();
            settings.scim_test_token = Some("let me in".to_owned());
            settings.check()
        };
        assert!(open("http://127.0.0.1:7101").is_ok());
        assert!(open("https://plans.example").is_err());
    }

    #[test]
    fn a_missing_variable_is_named() {
        let fault = Settings::from_variables(Kind::OneGov, |_| None).unwrap_err();
        assert!(fault.to_string().contains("SITE_NAME is not set"), "{fault}");
    }
}
