//! The client.

use std::time::Duration;

use reqwest::{Certificate, Client, Response, redirect, retry, tls::Version};
use url::Url;

use super::{FetchError, call, guard, resolver::Resolver};
use crate::{
    kernel::{Doing, Fault, Lifetime},
    platform::config::Outbound,
};

/// To a connection that can be used.
const CONNECT: Duration = Duration::from_secs(3);

/// What is kept of the answer to a post. It only helps whoever looks for a site's mistake.
const MOST_OF_AN_ANSWER: usize = 64 * 1024;

/// The longest wait that a site can ask for.
const LONGEST_RETRY_AFTER: i64 = 24 * 60 * 60;

/// Calls sites. Cheap to clone; clones share their connections.
#[derive(Clone)]
pub struct Fetcher {
    client: Client,
    allow_private: bool,
    pub(super) get_time: Duration,
    pub(super) post_time: Duration,
}

/// What a site answered to a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// At most the first 64 KiB of the body.
    pub body: Vec<u8>,
    /// When the site wants to be asked again (RFC 9110 §10.2.3), at most a day.
    pub retry_after: Option<Lifetime>,
}

impl Fetcher {
    /// A client with the operator's certificates.
    ///
    /// # Errors
    /// When `extra_ca_file` cannot be read, with its name in the cause.
    pub fn new(outbound: &Outbound) -> Result<Self, Fault> {
        let allow_private = outbound.allow_private_addresses;
        let mut client = Client::builder()
            .user_agent("ConneX")
            // A proxy from the environment would be dialled in place of the checked address, and
            // a redirect would lead to an unchecked one.
            .no_proxy()
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .https_only(!allow_private)
            .tls_version_min(Version::TLS_1_2)
            .tls_info(true)
            .connect_timeout(CONNECT)
            .dns_resolver(Resolver { allow_private });
        if let Some(file) = &outbound.extra_ca_file {
            let about = |error: String| Fault::of("read the certificates for calls to sites", error);
            let pem = std::fs::read(file).map_err(|error| about(format!("{}: {error}", file.display())))?;
            let certificates = Certificate::from_pem_bundle(&pem)
                .ok()
                .filter(|certificates| !certificates.is_empty())
                .ok_or_else(|| about(format!("{} holds no PEM certificate", file.display())))?;
            client = client.tls_certs_merge(certificates);
        }
        let client = client.build().doing("prepare calls to sites")?;
        Ok(Self { client, allow_private, get_time: Duration::from_secs(5), post_time: Duration::from_secs(10) })
    }

    pub(super) const fn client(&self) -> &Client {
        &self.client
    }

    /// Whether `url` may be called, as far as its text tells. For refusing it when it is saved.
    ///
    /// # Errors
    /// [`FetchError::Forbidden`].
    pub fn allows(&self, url: &Url) -> Result<(), FetchError> {
        guard::check_url(url, self.allow_private).map_err(FetchError::Forbidden)
    }

    /// Gets a JSON document of at most `limit` bytes, within 5 seconds.
    ///
    /// # Errors
    /// Anything but status 200 with JSON.
    pub async fn get_json(&self, url: &Url, limit: usize) -> Result<serde_json::Value, FetchError> {
        self.allows(url)?;
        let mut response = self.client.get(url.clone()).timeout(self.get_time).send().await?;
        let status = response.status().as_u16();
        if status != 200 {
            return Err(FetchError::Status(status));
        }
        let (body, is_whole) = read(&mut response, limit).await?;
        if !is_whole {
            return Err(FetchError::TooLong);
        }
        serde_json::from_slice(&body).map_err(|_| FetchError::NotJson)
    }

    /// Posts a form, within 10 seconds. Every status is an answer.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn post_form(&self, url: &Url, form: &[(&str, &str)]) -> Result<Answer, FetchError> {
        self.allows(url)?;
        let mut response = self.client.post(url.clone()).timeout(self.post_time).form(form).send().await?;
        let longest = Lifetime::seconds(LONGEST_RETRY_AFTER);
        let retry_after = call::wait(response.headers()).map(|wait| wait.min(longest));
        let (body, _) = read(&mut response, MOST_OF_AN_ANSWER).await?;
        Ok(Answer { status: response.status().as_u16(), body, retry_after })
    }
}

/// At most `limit` bytes of the body, and whether that is all of it.
pub(super) async fn read(response: &mut Response, limit: usize) -> Result<(Vec<u8>, bool), FetchError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        let room = limit.saturating_sub(body.len());
        body.extend(chunk.iter().take(room));
        if chunk.len() > room {
            return Ok((body, false));
        }
    }
    Ok((body, true))
}
