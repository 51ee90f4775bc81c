//! `connex rp-check`: whether a site checks what a site must check.

use std::{collections::BTreeSet, net::SocketAddr, path::PathBuf, time::Duration};

use tokio::time::sleep;
use url::Url;

use super::{CliError, Exit, Terminal};
use crate::kernel::Secret;
use crate::operator::rp_check::{self, Bench, Case, Options, Outcome, Reached, Verdict};
use crate::platform::telemetry::Stopwatch;
use crate::protocol::{jose::SigningAlgorithm, oauth::AuthMethod};

/// Between two looks whether the site has been started with the right settings.
const PAUSE: Duration = Duration::from_secs(1);

/// The examples of `connex rp-check --help`.
pub const EXAMPLES: &str = "\
Examples:
  connex rp-check http://127.0.0.1:8080
  connex rp-check http://127.0.0.1:8080 --client-id rp-check --client-secret workshop --json
  connex rp-check http://127.0.0.1:8080 --only RP-06 --only scim-digest";

/// The words after `connex rp-check`.
#[derive(Debug, clap::Args)]
pub struct Words {
    /// The site's address: one in a workshop, with data that may be thrown away.
    #[arg(value_name = "URL")]
    site: Url,
    /// Where the provider that tries the site listens.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7199")]
    listen: SocketAddr,
    /// The provider's issuer, when the site reaches it at another address [default: http://ADDRESS].
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,
    /// The site's client id.
    #[arg(long, value_name = "ID", default_value = "rp-check")]
    client_id: String,
    /// The site's client secret [default: a fresh one].
    #[arg(long, value_name = "SECRET")]
    client_secret: Option<String>,
    /// How the site shows its secret: client_secret_basic or client_secret_post.
    #[arg(long, value_name = "METHOD", default_value = "client_secret_basic", value_parser = secret_method)]
    auth_method: AuthMethod,
    /// What tokens are signed with: ES256, RS256 or EdDSA.
    #[arg(long, value_name = "ALGORITHM", default_value = "ES256")]
    alg: SigningAlgorithm,
    /// Where a sign-in begins.
    #[arg(long, value_name = "PATH", default_value = "/auth/connex/login")]
    start: String,
    /// Where a sign-in ends: the path of the redirect URI.
    #[arg(long, value_name = "PATH", default_value = "/auth/connex/callback")]
    callback: String,
    /// Where the site takes logout tokens.
    #[arg(long, value_name = "PATH", default_value = "/auth/connex/logout")]
    logout: String,
    /// Where the button posts with which a person signs out.
    #[arg(long, value_name = "PATH", default_value = "/logout")]
    sign_out: String,
    /// A page that knows who is signed in [default: where a sign-in leads].
    #[arg(long, value_name = "PATH")]
    page: Option<String>,
    /// Where the site takes accounts [default: URL/scim/v2].
    #[arg(long, value_name = "URL")]
    scim_url: Option<String>,
    /// The user name of an employee whom the site keeps by itself.
    #[arg(long, value_name = "NAME")]
    employee: Option<String>,
    /// How many people the site has to page through.
    #[arg(long, value_name = "COUNT", default_value_t = 200)]
    many: usize,
    /// Certificates (PEM) to believe beside the system's.
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// How long to wait for the site, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    wait: u64,
    /// Try this case only, by number or name; may be repeated.
    #[arg(long, value_name = "CASE")]
    only: Vec<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Tries the site. Status 1 when it lacks something.
///
/// # Errors
/// When the address to listen on is taken, or the site does not point to the provider in time.
pub async fn run(terminal: &mut Terminal, words: Words) -> Result<Exit, CliError> {
    let cases = chosen(&words.only)?;
    let (json, wait) = (words.json, Duration::from_secs(words.wait));
    let mut bench = rp_check::start(options(words)?).await?;
    terminal.remark("Run the site with these settings; its data should be such that can be thrown away:\n");
    for (name, value) in bench.settings() {
        terminal.remark(format_args!("{name}={value}"));
    }
    terminal.remark("");
    reach(terminal, &mut bench, wait).await?;
    let mut verdicts = Vec::new();
    for case in cases {
        let verdict = rp_check::judge(&bench, case).await;
        if !json {
            terminal.say(&verdict)?;
        }
        verdicts.push(verdict);
    }
    if json {
        terminal.json(&verdicts)?;
    } else {
        terminal.say(summary(&verdicts))?;
    }
    let is_good = verdicts.iter().all(|verdict| verdict.outcome != Outcome::Failed);
    Ok(if is_good { Exit::Done } else { Exit::Problems })
}

/// Waits until the site sends people to the provider, and says once for each reason why it is not yet so.
async fn reach(terminal: &mut Terminal, bench: &mut Bench, wait: Duration) -> Result<(), CliError> {
    let (stopwatch, mut told) = (Stopwatch::start(), BTreeSet::new());
    loop {
        let Reached::NotHere(why) = bench.reach().await else { return Ok(()) };
        if stopwatch.elapsed() >= wait {
            return Err(CliError::Usage(format!("the site does not point to this provider: {why}")));
        }
        if told.insert(why.clone()) {
            terminal.remark(format_args!("Waiting for the site: {why}"));
        }
        sleep(PAUSE).await;
    }
}

fn options(words: Words) -> Result<Options, CliError> {
    let site = words.site;
    if !matches!(site.scheme(), "http" | "https") || site.path() != "/" || site.query().is_some() {
        return Err(CliError::Usage("the site's address is http://host[:port] or https://host[:port]".to_owned()));
    }
    Ok(Options {
        start: words.start,
        callback: words.callback,
        logout: words.logout,
        sign_out: words.sign_out,
        page: words.page,
        scim_url: words.scim_url,
        employee: words.employee,
        listen: words.listen,
        issuer: words.issuer,
        client_id: words.client_id,
        client_secret: words.client_secret.map(Secret::new),
        auth_method: words.auth_method,
        algorithm: words.alg,
        ca_file: words.ca_file,
        many: words.many,
        ..Options::of(site)
    })
}

/// The methods that the provider knows: those with a secret.
fn secret_method(text: &str) -> Result<AuthMethod, &'static str> {
    let method = text.parse::<AuthMethod>().ok().filter(|method| method.uses_secret());
    method.ok_or("the method is client_secret_basic or client_secret_post")
}

/// The cases that were asked for: all when none was.
fn chosen(only: &[String]) -> Result<Vec<Case>, CliError> {
    if only.is_empty() {
        return Ok(Case::ALL.to_vec());
    }
    let find = |wanted: &String| {
        let is_it = |case: &&Case| case.id().eq_ignore_ascii_case(wanted) || case.name() == wanted;
        let unknown = || CliError::Usage(format!("there is no case {wanted:?}; docs/guides/site-check.md lists them"));
        Case::ALL.iter().find(is_it).copied().ok_or_else(unknown)
    };
    only.iter().map(find).collect()
}

fn summary(verdicts: &[Verdict]) -> String {
    let count = |outcome| verdicts.iter().filter(|verdict| verdict.outcome == outcome).count();
    let [passed, failed, rest] = [Outcome::Passed, Outcome::Failed, Outcome::NotApplicable].map(count);
    format!("{passed} passed, {failed} failed, {rest} not applicable.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_chosen_by_number_or_name() {
        let choose = |words: &[&str]| chosen(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        assert_eq!(choose(&["rp-06", "scim-digest"]).unwrap(), [Case::WrongState, Case::Digest]);
        assert_eq!(choose(&[]).unwrap().len(), Case::ALL.len());
        assert_eq!(choose(&["RP-99"]).unwrap_err().status(), 2);
    }
}
