//! What is around the program: its address, its clock, the speed of the machine.

use std::thread;

use serde_json::Value;
use url::Url;

use super::{Finding, broke};
use crate::audit;
use crate::kernel::{Fault, Lifetime};
use crate::platform::{
    config::{Config, Issuer, Outbound},
    fetch::{FetchError, Fetcher},
    hash::{Hasher, Params, Password},
    store::Db,
    telemetry::Stopwatch,
};

/// The metadata is far smaller.
const MOST_OF_METADATA: usize = 64 * 1024;
/// A sign-in that takes longer than this is felt.
const SLOW_HASH_MILLIS: u128 = 500;
/// An entry of the trail may be from a node whose clock is ahead by this much.
const CLOCK_LEEWAY: Lifetime = Lifetime::minutes(1);

pub(super) fn issuer(issuer: &Issuer) -> Finding {
    if issuer.is_https() {
        return Finding::good("issuer", format!("The issuer is {issuer}."));
    }
    let says = format!("The issuer is {issuer}, which only this machine reaches.");
    Finding::hint("issuer", says, "For other people write the public https address.")
}

/// A clock that was set back makes codes and tokens live longer.
pub(super) async fn clock(db: &Db) -> Option<Finding> {
    let newest = async { audit::tail(&mut db.read().await?, 1).await };
    let newest = match newest.await {
        Ok(newest) => newest.first()?.at,
        Err(fault) => return Some(broke("clock", &fault)),
    };
    let now = db.now();
    if newest <= now + CLOCK_LEEWAY {
        return Some(Finding::good("clock", format!("It is {now}, after everything that has happened here.")));
    }
    let says = format!("It is {now} on this machine, but something happened at {newest}.");
    Some(Finding::problem("clock", says, "Let the machine set its clock by NTP."))
}

/// How long a sign-in keeps a thread busy.
pub(super) async fn hashing() -> Finding {
    let measured = async {
        let hasher = Hasher::start(&Params::default(), Some(1))?;
        let password = Password::parse("plum harvest canoe lantern").map_err(|cause| Fault::of("measure", cause))?;
        // The first hash also gets the memory from the system.
        hasher.waste(password.clone()).await?;
        let stopwatch = Stopwatch::start();
        hasher.waste(password).await?;
        Ok::<_, Fault>(stopwatch.elapsed().as_millis())
    };
    let millis = match measured.await {
        Ok(millis) => millis.max(1),
        Err(fault) => return broke("passwords", &fault),
    };
    let threads = thread::available_parallelism().map_or(1, |cores| cores.get().saturating_sub(1).max(1));
    let says = format!("Checking a password takes {millis} ms; {threads} can be checked at once.");
    match millis > SLOW_HASH_MILLIS {
        true => Finding::hint("passwords", says, "People feel that; a machine with faster cores helps."),
        false => Finding::good("passwords", says),
    }
}

/// Fetches our own metadata by the address that sites use: through the proxy, with its certificate.
pub(super) async fn discovery(config: &Config) -> Finding {
    // Our own address may be on this machine or in a private network.
    let outbound = Outbound { allow_private_addresses: true, ..config.outbound.clone() };
    let address = config.issuer.path("/.well-known/openid-configuration");
    let fetched = match (Fetcher::new(&outbound), Url::parse(&address)) {
        (Ok(fetcher), Ok(url)) => fetcher.get_json(&url, MOST_OF_METADATA).await,
        (Err(fault), _) => return broke("discovery", &fault),
        (_, Err(cause)) => return broke("discovery", &Fault::of("read our own address", cause)),
    };
    judge(config.issuer.as_str(), &address, fetched)
}

fn judge(issuer: &str, address: &str, fetched: Result<Value, FetchError>) -> Finding {
    match fetched.as_ref().map(|metadata| metadata.get("issuer").and_then(Value::as_str)) {
        Ok(Some(told)) if told == issuer => Finding::good("discovery", format!("{address} answers as {issuer}.")),
        Ok(told) => {
            let says = format!("{address} answers, but as {} and not as {issuer}.", told.unwrap_or("nobody"));
            Finding::problem("discovery", says, "See that the proxy leads to this installation.")
        }
        Err(error @ (FetchError::Unreachable(_) | FetchError::TimedOut)) => {
            let says = format!("{address} does not answer: {error}.");
            Finding::hint("discovery", says, "Is `connex serve` running, and does the proxy lead to it?")
        }
        Err(error) => {
            let says = format!("{address} does not answer as it should: {error}.");
            Finding::problem("discovery", says, "See that the proxy leads to this installation.")
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::operator::cli::finding::Mark;

    #[test]
    fn somebody_else_at_our_address_is_found() {
        let mark = |fetched| judge("https://id.example", "a", fetched).mark;
        assert_eq!(mark(Ok(json!({ "issuer": "https://id.example" }))), Mark::Good);
        assert_eq!(mark(Ok(json!({ "issuer": "https://id.example/" }))), Mark::Problem);
        assert_eq!(mark(Ok(json!({}))), Mark::Problem);
        assert_eq!(mark(Err(FetchError::Status(502))), Mark::Problem);
        assert_eq!(mark(Err(FetchError::TimedOut)), Mark::Hint);
    }
}
