//! What the site sends: to the authorization endpoint, and to the token endpoint.

use super::super::{
    bench::{Attempt, Bench},
    lie::Lie,
    provider::Redemption,
    verdict::{Miss, ensure},
};

/// The fewest characters in which 128 bits can be written in base 64, rounded down to what is common.
const FEWEST_CHARACTERS: usize = 16;

/// A parameter is there, hard to guess, and another one each time.
pub(super) async fn changes(bench: &Bench, name: &str) -> Result<(), Miss> {
    let ((_, one), (_, two)) = (bench.begin().await?, bench.begin().await?);
    let (one, two) = (one.get(name), two.get(name));
    ensure(!one.is_empty() && !two.is_empty(), || format!("The request has no `{name}`."))?;
    ensure(one != two, || format!("Two sign-ins had the same `{name}`."))?;
    ensure(one.len() >= FEWEST_CHARACTERS, || format!("`{name}` has {} characters only.", one.len()))
}

pub(super) async fn pkce(bench: &Bench) -> Result<(), Miss> {
    let (attempt, redemption) = redeemed(bench).await?;
    let (_, another) = bench.begin().await?;
    let method = attempt.asked.get("code_challenge_method");
    ensure(!attempt.asked.get("code_challenge").is_empty(), || "The request has no `code_challenge`.".to_owned())?;
    ensure(method == "S256", || format!("`code_challenge_method` is {method:?}."))?;
    let is_another = attempt.asked.get("code_challenge") != another.get("code_challenge");
    ensure(is_another, || "Two sign-ins had the same `code_challenge`.".to_owned())?;
    ensure(redemption.is_verified, || "`code_verifier` does not answer the challenge.".to_owned())
}

pub(super) async fn redirect_uri(bench: &Bench) -> Result<(), Miss> {
    let registered = bench.at(&bench.options.callback)?;
    let is_registered = |uri: &str| uri == registered.as_str();
    let (attempt, redemption) = redeemed(bench).await?;
    let asked = attempt.asked.get("redirect_uri");
    ensure(is_registered(asked), || format!("The request has {asked:?}, not {:?}.", registered.as_str()))?;
    let told = redemption.redirect_uri;
    ensure(is_registered(&told), || format!("With the code came {told:?}, not {:?}.", registered.as_str()))
}

pub(super) async fn client_authentication(bench: &Bench) -> Result<(), Miss> {
    let (wanted, (_, redemption)) = (bench.options.auth_method, redeemed(bench).await?);
    ensure(redemption.method == wanted, || format!("The site used {}, not {wanted}.", redemption.method))
}

/// The answer comes again, as when somebody presses Back, or finds the address in a log.
pub(super) async fn code_once(bench: &Bench) -> Result<(), Miss> {
    let (attempt, _) = redeemed(bench).await?;
    let (provider, site) = (&bench.provider, &bench.options.site);
    let again = attempt.browser.open(provider, site, attempt.answered.url).await?;
    let count = provider.redemptions(&attempt.answered.code).len();
    ensure(count == 1, || format!("The code was redeemed {count} times."))?;
    ensure(again.page().is_none_or(|page| page.status < 500), || format!("The second answer led to {}.", again.shown()))
}

/// A good sign-in, and how its code was redeemed.
async fn redeemed(bench: &Bench) -> Result<(Attempt, Redemption), Miss> {
    let attempt = bench.sign_in(&bench.person("Robin"), Lie::None).await?;
    let redemption = bench.provider.redemptions(&attempt.answered.code).into_iter().next();
    let why = "The code did not come to the token endpoint with the right client id and secret (RP-01).";
    redemption.map(|redemption| (attempt, redemption)).ok_or_else(|| Miss::not_applicable(why))
}
