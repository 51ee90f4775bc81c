//! `connex site test`: what can be tried of a site from here, without signing anybody in.

mod accounts;
mod logout;
mod sign_in;

use url::Url;

use super::{One, find};
use crate::kernel::Fault;
use crate::oidc::clients;
use crate::operator::cli::{
    CliError, Context, Exit,
    finding::{Finding, report},
};
use crate::platform::fetch::{FetchError, Fetcher, Look};
use crate::protocol::oauth::client_metadata::CheckedMetadata;
use crate::sites::Site;

/// A certificate that ends within so many days should be renewed by now.
const CERTIFICATE_DAYS: i32 = 14;

pub(super) async fn run(context: &mut Context, one: One) -> Result<Exit, CliError> {
    let mut reader = context.db.read().await?;
    let site = find(&mut reader, &one.site).await?;
    let registrations = clients::of_site(&mut reader, site.id).await?;
    drop(reader);
    let fetcher = Fetcher::new(&context.config.outbound)?;
    let mut findings = address(&fetcher, &site).await?;
    findings.extend(registration(&site, &registrations));
    findings.extend(sign_in::check(&fetcher, &site, context.config.issuer.as_str(), &registrations).await?);
    for (client_id, metadata) in &registrations {
        findings.extend(logout::check(&fetcher, context, client_id, metadata).await?);
    }
    findings.extend(accounts::check(&fetcher, context, &site).await?);
    let exit = report(&mut context.terminal, &findings, one.json)?;
    context.terminal.remark(format_args!(
        "Whether the site checks what it is told can only be tried in its workshop: run `connex rp-check {}` there.",
        site.url
    ));
    Ok(exit)
}

/// Whether anything but a failure comes from the site's address, whatever it is; and how long its certificate is good.
async fn address(fetcher: &Fetcher, site: &Site) -> Result<Vec<Finding>, Fault> {
    let url = parse(&site.url.join("/"))?;
    Ok(match fetcher.look(&url).await {
        Ok(Look { status, certificate_days, .. }) if status < 400 => {
            let answers = match status {
                200 => format!("{url} answers."),
                status => format!("{url} answers with status {status}."),
            };
            let certificate = certificate_days.map(|days| certificate(&url, days));
            [Some(Finding::good("address", answers)), certificate].into_iter().flatten().collect()
        }
        Ok(Look { status, .. }) => {
            let says = format!("{url} answers with status {status}.");
            vec![Finding::problem("address", says, "See the log of the site.")]
        }
        Err(error) => vec![unanswered("address", &url, &error)],
    })
}

/// An expired one is not seen here: the connection fails before.
fn certificate(url: &Url, days: i32) -> Finding {
    let says = format!("The certificate of {url} is good for {days} more days.");
    match days {
        ..CERTIFICATE_DAYS => Finding::problem("certificate", says, "Renew it: nobody can sign in when it has ended."),
        CERTIFICATE_DAYS.. => Finding::good("certificate", says),
    }
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

/// No answer, and what to do about it.
fn unanswered(check: &'static str, url: &impl std::fmt::Display, error: &FetchError) -> Finding {
    Finding::problem(check, format!("{url} does not answer: {error}."), cure(error))
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
