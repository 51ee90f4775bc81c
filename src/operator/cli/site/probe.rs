//! `connex site test`: what can be tried of a site from here, without signing anybody in.

use serde::Serialize;
use url::Url;

use super::{One, find};
use crate::kernel::Fault;
use crate::oidc::clients;
use crate::operator::cli::{CliError, Context, Exit};
use crate::platform::fetch::{FetchError, Fetcher};
use crate::protocol::oauth::client_metadata::CheckedMetadata;
use crate::sites::Site;

/// Enough to see that a page comes.
const MOST_OF_A_PAGE: usize = 1024;

/// What was tried, and what came of it.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Finding {
    is_good: bool,
    /// A sentence; when it is not good, with a cure.
    says: String,
}

fn good(says: impl Into<String>) -> Finding {
    Finding { is_good: true, says: says.into() }
}

fn bad(says: impl Into<String>) -> Finding {
    Finding { is_good: false, says: says.into() }
}

pub(super) async fn run(context: &mut Context, one: One) -> Result<Exit, CliError> {
    let mut reader = context.db.read().await?;
    let site = find(&mut reader, &one.site).await?;
    let registrations = clients::of_site(&mut reader, site.id).await?;
    drop(reader);
    let fetcher = Fetcher::new(&context.config.outbound)?;
    let mut findings = vec![address(&fetcher, &site).await?];
    for (_, metadata) in &registrations {
        findings.push(redirect_uris(metadata));
        findings.push(logout(&fetcher, metadata).await?);
    }
    if registrations.is_empty() {
        findings.push(bad("The site has no registration as a client. Remove it and add it again."));
    }
    if one.json {
        context.terminal.json(&findings)?;
    } else {
        for Finding { is_good, says } in &findings {
            context.terminal.say(format_args!("{} {says}", if *is_good { '✓' } else { '✗' }))?;
        }
    }
    Ok(if findings.iter().all(|finding| finding.is_good) { Exit::Done } else { Exit::Problems })
}

/// Whether anything but a failure comes from the site's address; what it is does not matter here.
async fn address(fetcher: &Fetcher, site: &Site) -> Result<Finding, Fault> {
    let url = parse(&site.url.join("/"))?;
    Ok(match fetcher.get_json(&url, MOST_OF_A_PAGE).await {
        Ok(_) | Err(FetchError::NotJson | FetchError::TooLong) => good(format!("{url} answers.")),
        Err(FetchError::Status(status)) if status < 400 => good(format!("{url} answers with status {status}.")),
        Err(error) => bad(format!("{url} does not answer: {error}. {}", cure(&error))),
    })
}

/// Registration refuses everything else; this says so, and finds a row that somebody changed.
fn redirect_uris(metadata: &CheckedMetadata) -> Finding {
    let uris = metadata.redirect_uris.iter().chain(&metadata.post_logout_redirect_uris);
    let is_open = |url: &Url| url.scheme() != "https" && !is_loopback(url);
    match uris.clone().find(|uri| Url::parse(uri.as_str()).is_ok_and(|url| is_open(&url))) {
        Some(uri) => bad(format!("{} is neither https nor on this machine. Register another address.", uri.as_str())),
        None => good(format!("All {} addresses for returning are https or on this machine.", uris.count())),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// A site that takes a logout token which nobody signed would sign out anybody for anybody.
async fn logout(fetcher: &Fetcher, metadata: &CheckedMetadata) -> Result<Finding, Fault> {
    let Some(address) = metadata.backchannel_logout_uri.as_deref() else {
        return Ok(bad("No logout address is registered, so a sign-out elsewhere does not reach the site."));
    };
    Ok(match fetcher.post_form(&parse(address)?, &[("logout_token", "not.a.token")]).await {
        Ok(answer) if answer.status == 400 => good(format!("{address} refuses a bad logout token with status 400.")),
        Ok(answer) if answer.status < 300 => bad(format!(
            "{address} took a logout token that nobody signed (status {}). The site has to check its signature.",
            answer.status
        )),
        Ok(answer) => bad(format!(
            "{address} answers a bad logout token with status {}. OpenID Connect Back-Channel Logout wants 400.",
            answer.status
        )),
        Err(error) => bad(format!("{address} does not answer: {error}. {}", cure(&error))),
    })
}

const fn cure(error: &FetchError) -> &'static str {
    match error {
        FetchError::Forbidden(_) => {
            "For sites on this machine or in a private network set [outbound] allow_private_addresses = true."
        }
        FetchError::Unreachable(_) | FetchError::TimedOut => {
            "See that the site runs and that this machine can reach it; for a certificate of your own authority set \
             [outbound] extra_ca_file."
        }
        _ => "See the log of the site.",
    }
}

fn parse(address: &str) -> Result<Url, Fault> {
    Url::parse(address).map_err(|cause| Fault::of("read an address of a site", cause))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::oauth::client_metadata::ClientMetadata;

    #[test]
    fn addresses_for_returning_are_counted() {
        let metadata = ClientMetadata {
            redirect_uris: vec!["https://a.example/cb".into()],
            post_logout_redirect_uris: vec!["http://127.0.0.1:7101/".into()],
            ..ClientMetadata::default()
        };
        let finding = redirect_uris(&metadata.check().unwrap());
        assert_eq!(finding, good("All 2 addresses for returning are https or on this machine."));
    }
}
