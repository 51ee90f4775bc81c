//! `connex site test`: what can be tried of a site from here, without signing anybody in.

use url::Url;

use super::{One, find};
use crate::kernel::Fault;
use crate::oidc::clients;
use crate::operator::cli::{
    CliError, Context, Exit,
    finding::{Finding, report},
};
use crate::platform::fetch::{FetchError, Fetcher};
use crate::protocol::oauth::client_metadata::CheckedMetadata;
use crate::sites::Site;

/// Enough to see that a page comes.
const MOST_OF_A_PAGE: usize = 1024;

pub(super) async fn run(context: &mut Context, one: One) -> Result<Exit, CliError> {
    let mut reader = context.db.read().await?;
    let site = find(&mut reader, &one.site).await?;
    let registrations = clients::of_site(&mut reader, site.id).await?;
    drop(reader);
    let fetcher = Fetcher::new(&context.config.outbound)?;
    let mut findings = vec![address(&fetcher, &site).await?];
    findings.extend(registration(&site, &registrations));
    for (_, metadata) in &registrations {
        findings.push(logout(&fetcher, metadata).await?);
    }
    report(&mut context.terminal, &findings, one.json)
}

/// Whether anything but a failure comes from the site's address; what it is does not matter here.
async fn address(fetcher: &Fetcher, site: &Site) -> Result<Finding, Fault> {
    let url = parse(&site.url.join("/"))?;
    Ok(match fetcher.get_json(&url, MOST_OF_A_PAGE).await {
        Ok(_) | Err(FetchError::NotJson | FetchError::TooLong) => Finding::good("address", format!("{url} answers.")),
        Err(FetchError::Status(status)) if status < 400 => {
            Finding::good("address", format!("{url} answers with status {status}."))
        }
        Err(error) => Finding::problem("address", format!("{url} does not answer: {error}."), cure(&error)),
    })
}

/// Whether the site has a registration, and its people return to good addresses only. Registering
/// refuses everything else; this finds rows that somebody changed.
pub(in crate::operator::cli) fn registration(site: &Site, registrations: &[(String, CheckedMetadata)]) -> Vec<Finding> {
    if registrations.is_empty() {
        let says = format!("{} has no registration as a client.", site.name);
        return vec![Finding::problem("registration", says, "Remove the site and add it again.")];
    }
    registrations.iter().map(|(client_id, metadata)| addresses(site, client_id, metadata)).collect()
}

fn addresses(site: &Site, client_id: &str, metadata: &CheckedMetadata) -> Finding {
    let uris = metadata.redirect_uris.iter().chain(&metadata.post_logout_redirect_uris);
    let is_open = |url: &Url| url.scheme() != "https" && !is_loopback(url);
    match uris.clone().find(|uri| Url::parse(uri.as_str()).is_ok_and(|url| is_open(&url))) {
        Some(uri) => {
            let says = format!("{}: {} is neither https nor on this machine.", site.name, uri.as_str());
            Finding::problem("registration", says, "Remove the site and add it with other addresses.")
        }
        None => {
            let (name, count) = (&site.name, uris.count());
            let says = format!("{name} is client {client_id}; its {count} return addresses are https or local.");
            Finding::good("registration", says)
        }
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
        let says = "No logout address is registered, so a sign-out elsewhere does not reach the site.";
        return Ok(Finding::problem("logout", says, "Remove the site and add it with --backchannel-logout-uri."));
    };
    let answer = fetcher.post_form(&parse(address)?, &[("logout_token", "not.a.token")]).await;
    Ok(match answer.map(|answer| answer.status) {
        Ok(400) => Finding::good("logout", format!("{address} refuses a bad logout token with status 400.")),
        Ok(status) if status < 300 => {
            let says = format!("{address} took a logout token that nobody signed (status {status}).");
            Finding::problem("logout", says, "The site has to check the token's signature.")
        }
        Ok(status) => {
            let says = format!("{address} answers a bad logout token with status {status}.");
            Finding::problem("logout", says, "OpenID Connect Back-Channel Logout §2.8 wants 400.")
        }
        Err(error) => Finding::problem("logout", format!("{address} does not answer: {error}."), cure(&error)),
    })
}

const fn cure(error: &FetchError) -> &'static str {
    match error {
        FetchError::Forbidden(_) => {
            "For sites on this machine or in a private network set [outbound] allow_private_addresses = true."
        }
        FetchError::Unreachable(_) | FetchError::TimedOut => {
            "See that the site runs and that this machine reaches it; with certificates of your own authority set \
             [outbound] extra_ca_file."
        }
        _ => "See the log of the site.",
    }
}

fn parse(address: &str) -> Result<Url, Fault> {
    Url::parse(address).map_err(|cause| Fault::of("read an address of a site", cause))
}
