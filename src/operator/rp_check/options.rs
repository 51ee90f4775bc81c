//! What whoever builds a site decides about its check.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use url::Url;

use crate::kernel::Secret;
use crate::protocol::{jose::SigningAlgorithm, oauth::AuthMethod};

/// What is known of the site, and how it is tried.
#[derive(Debug, Clone)]
pub struct Options {
    /// The site's address, without a path.
    pub site: Url,
    /// The path at which a sign-in begins.
    pub start: String,
    /// The path at which it ends.
    pub callback: String,
    /// The path that takes logout tokens.
    pub logout: String,
    /// The path to which the button posts with which a person signs out.
    pub sign_out: String,
    /// A page that knows who is signed in; `None` for the one that a sign-in leads to.
    pub page: Option<String>,
    /// Where the site takes accounts; `None` for `/scim/v2`, if there is anything.
    pub scim_url: Option<String>,
    /// The user name of an employee whom the site keeps by itself.
    pub employee: Option<String>,
    /// Where the provider listens.
    pub listen: SocketAddr,
    /// The provider's name, when it is not `http://` and the address that it listens on.
    pub issuer: Option<String>,
    /// The site's name as a client.
    pub client_id: String,
    /// The site's secret; a fresh one when `None`.
    pub client_secret: Option<Secret<String>>,
    /// How the site is registered to prove itself.
    pub auth_method: AuthMethod,
    /// What tokens are signed with.
    pub algorithm: SigningAlgorithm,
    /// Certificates that are believed beside the system's.
    pub ca_file: Option<PathBuf>,
    /// How many copies of people the site has to page through.
    pub many: usize,
    /// How long a site may go on with the keys that it knows.
    pub rotation_patience: Duration,
    /// How long the site may take for one answer about accounts.
    pub answer_within: Duration,
}

impl Options {
    /// What holds for a site that follows the samples.
    #[must_use]
    pub fn of(site: Url) -> Self {
        Self {
            site,
            start: "/auth/connex/login".to_owned(),
            callback: "/auth/connex/callback".to_owned(),
            logout: "/auth/connex/logout".to_owned(),
            sign_out: "/logout".to_owned(),
            page: None,
            scim_url: None,
            employee: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 7199)),
            issuer: None,
            client_id: "rp-check".to_owned(),
            client_secret: None,
            auth_method: AuthMethod::ClientSecretBasic,
            algorithm: SigningAlgorithm::Es256,
            ca_file: None,
            many: 200,
            rotation_patience: Duration::from_secs(60),
            answer_within: Duration::from_secs(5),
        }
    }

    /// Where the site takes accounts: the audience of every request there, so without a slash at the end.
    pub(super) fn scim_base(&self) -> String {
        let derived = || format!("{}/scim/v2", self.site.as_str().trim_end_matches('/'));
        self.scim_url.as_ref().map_or_else(derived, |url| url.trim_end_matches('/').to_owned())
    }
}
