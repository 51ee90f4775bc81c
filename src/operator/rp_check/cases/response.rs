//! What the site believes: answers of the authorization endpoint, and ID tokens.

use std::time::Duration;

use tokio::time::sleep;

use super::super::{
    bench::Bench,
    lie::{Forgery, Lie},
    person::Person,
    verdict::{Miss, ensure},
};
use crate::kernel::Lifetime;
use crate::platform::telemetry::Stopwatch;

/// Between two looks whether the site has learned the new key.
const PAUSE: Duration = Duration::from_secs(1);

pub(super) async fn wrong_state(bench: &Bench) -> Result<(), Miss> {
    bench.refuses(Lie::State).await.map(drop)
}

pub(super) async fn wrong_issuer(bench: &Bench) -> Result<(), Miss> {
    bench.refuses(Lie::Issuer).await.map(drop)
}

pub(super) async fn claim(bench: &Bench, name: &'static str, value: &str) -> Result<(), Miss> {
    forged(bench, Forgery::Claim(name, Some(value.into()))).await
}

/// An hour ago, so that no difference of clocks excuses it.
pub(super) async fn expired(bench: &Bench) -> Result<(), Miss> {
    let at = (bench.provider.now() - Lifetime::hours(1)).seconds();
    forged(bench, Forgery::Claim("exp", Some(at.into()))).await
}

pub(super) async fn forged(bench: &Bench, forgery: Forgery) -> Result<(), Miss> {
    bench.refuses(Lie::IdToken(forgery)).await.map(drop)
}

pub(super) async fn rotation(bench: &Bench) -> Result<(), Miss> {
    let person = bench.person("Robin");
    bench.signed_in(&person, &bench.provider.fresh()).await?;
    bench.provider.rotate().map_err(|fault| Miss::not_applicable(format!("{fault:?}.")))?;
    let learned = learns(bench, &person).await;
    if learned.is_err() {
        bench.provider.take_back();
    }
    learned
}

/// A site may ask for keys now and then only, or else invented key ids would turn it against ConneX:
/// so it is tried again for a while.
async fn learns(bench: &Bench, person: &Person) -> Result<(), Miss> {
    let (stopwatch, patience) = (Stopwatch::start(), bench.options.rotation_patience);
    loop {
        let attempt = bench.sign_in(person, Lie::None).await?;
        if bench.is_in(&attempt.browser, person).await? {
            return Ok(());
        }
        ensure(stopwatch.elapsed() < patience, || {
            format!("A token of a new key is refused for {} seconds.", patience.as_secs())
        })?;
        sleep(PAUSE).await;
    }
}

pub(super) async fn error(bench: &Bench) -> Result<(), Miss> {
    let attempt = bench.refuses(Lie::Refusal).await?;
    let is_calm = attempt.landed.page().is_some_and(|page| page.status < 500);
    ensure(is_calm, || format!("The answer `error=access_denied` led to {}.", attempt.landed.shown()))
}
