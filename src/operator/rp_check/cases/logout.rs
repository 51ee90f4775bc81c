//! Logout: told by the provider (OpenID Connect Back-Channel Logout 1.0 §2.4 to §2.8), and begun by a
//! person at the site (OpenID Connect RP-Initiated Logout 1.0 §2).

use serde_json::{Map, Value, json};

use url::Url;

use super::super::{
    bench::{Attempt, Bench},
    browser::Landed,
    lie::Forgery,
    person::{Person, members},
    provider::Asked,
    verdict::{Miss, ensure},
};
use crate::kernel::{Fault, Lifetime, Timestamp};
use crate::protocol::oidc::logout_token::{Ended, LOGOUT_TOKEN_TYP, LogoutTokenClaims};

pub(super) async fn session(bench: &Bench) -> Result<(), Miss> {
    let person = bench.person("Robin");
    let (here, there) = (bench.provider.fresh(), bench.provider.fresh());
    let desk = bench.signed_in(&person, &here).await?;
    let phone = bench.signed_in(&person, &there).await?;
    let token = token(bench, &person, Some(&here), None)?;
    taken(post(bench, &token).await?)?;
    let is_out = !bench.is_in(&desk.browser, &person).await?;
    ensure(is_out, || "The session that ended is still signed in.".to_owned())?;
    let is_in = bench.is_in(&phone.browser, &person).await?;
    ensure(is_in, || "Another session of the same person was ended too.".to_owned())
}

pub(super) async fn person(bench: &Bench) -> Result<(), Miss> {
    let person = bench.person("Robin");
    let desk = bench.signed_in(&person, &bench.provider.fresh()).await?;
    let phone = bench.signed_in(&person, &bench.provider.fresh()).await?;
    let token = token(bench, &person, None, None)?;
    taken(post(bench, &token).await?)?;
    for attempt in [desk, phone] {
        let is_out = !bench.is_in(&attempt.browser, &person).await?;
        ensure(is_out, || "A session of the person is still signed in.".to_owned())?;
    }
    Ok(())
}

/// A logout token that is wrong in one thing ends nothing.
pub(super) async fn forged(bench: &Bench, forgery: Forgery) -> Result<(), Miss> {
    let person = bench.person("Robin");
    let sid = bench.provider.fresh();
    let attempt = bench.signed_in(&person, &sid).await?;
    let token = token(bench, &person, Some(&sid), Some(&forgery))?;
    refused(post(bench, &token).await?)?;
    stays(bench, bench.is_in(&attempt.browser, &person).await?)
}

/// Somebody found it in a log.
pub(super) async fn old(bench: &Bench) -> Result<(), Miss> {
    let person = bench.person("Robin");
    let sid = bench.provider.fresh();
    let attempt = bench.signed_in(&person, &sid).await?;
    let claims = claims(bench, &person, Some(&sid), bench.provider.now() - Lifetime::hours(1));
    let token = signed(bench.provider.sign(LOGOUT_TOKEN_TYP, claims, None))?;
    refused(post(bench, &token).await?)?;
    stays(bench, bench.is_in(&attempt.browser, &person).await?)
}

/// It is about the person, so that it would end the next session too.
pub(super) async fn replayed(bench: &Bench) -> Result<(), Miss> {
    let person = bench.person("Robin");
    bench.signed_in(&person, &bench.provider.fresh()).await?;
    let token = token(bench, &person, None, None)?;
    if taken(post(bench, &token).await?).is_err() {
        return Err(Miss::not_applicable("A good logout token is refused (RP-20)."));
    }
    let attempt = bench.signed_in(&person, &bench.provider.fresh()).await?;
    refused(post(bench, &token).await?)?;
    stays(bench, bench.is_in(&attempt.browser, &person).await?)
}

/// The person presses the site's own button.
pub(super) async fn returns(bench: &Bench) -> Result<(), Miss> {
    let person = bench.person("Robin");
    let attempt = bench.signed_in(&person, &bench.provider.fresh()).await?;
    let asked = signs_out(bench, &attempt).await?;
    let is_hinted = !asked.get("id_token_hint").is_empty();
    ensure(is_hinted, || "Without `id_token_hint` ConneX has to ask the person first.".to_owned())?;
    let site = &bench.options.site;
    let back = Url::parse(asked.get("post_logout_redirect_uri")).ok().filter(|back| back.origin() == site.origin());
    let mut back = back.ok_or_else(|| Miss::failed("`post_logout_redirect_uri` does not lead back to the site."))?;
    back.query_pairs_mut().append_pair("state", asked.get("state"));
    let landed = attempt.browser.open(&bench.provider, site, back).await?;
    let is_page = landed.page().is_some_and(|page| page.status < 400);
    ensure(is_page, || format!("The way back leads to {}.", landed.shown()))?;
    let is_in = bench.is_in(&attempt.browser, &person).await?;
    ensure(!is_in, || "The person is still signed in at the site.".to_owned())
}

/// What the site asks of the provider when the person signs out.
async fn signs_out(bench: &Bench, attempt: &Attempt) -> Result<Asked, Miss> {
    let path = &bench.options.sign_out;
    match attempt.browser.press(&bench.provider, &bench.options.site, bench.at(path)?).await? {
        Landed::Elsewhere(url) if bench.provider.is_end_session(&url) => Ok(Asked::of(&url)),
        Landed::Page(page) if matches!(page.status, 403..=405) => Err(Miss::not_applicable(format!(
            "A POST to {path} answers status {}; name the place with --sign-out, or try it by hand if its form carries a \
             token.",
            page.status
        ))),
        landed => Err(Miss::failed(format!("Signing out leads to {}.", landed.shown()))),
    }
}

fn stays(_: &Bench, is_in: bool) -> Result<(), Miss> {
    ensure(is_in, || "The site answered a refusal, and ended the session.".to_owned())
}

fn taken(status: u16) -> Result<(), Miss> {
    ensure((200..300).contains(&status), || format!("A good logout token was answered with status {status}."))
}

fn refused(status: u16) -> Result<(), Miss> {
    ensure((400..500).contains(&status), || format!("It was answered with status {status}."))
}

/// A fresh logout token about a session of the person, or about all of them.
fn token(bench: &Bench, person: &Person, sid: Option<&str>, forgery: Option<&Forgery>) -> Result<String, Miss> {
    let claims = claims(bench, person, sid, bench.provider.now());
    signed(bench.provider.sign(LOGOUT_TOKEN_TYP, claims, forgery))
}

fn claims(bench: &Bench, person: &Person, sid: Option<&str>, now: Timestamp) -> Map<String, Value> {
    let ended = match sid {
        Some(sid) => Ended::Session { sub: &person.sub, sid },
        None => Ended::Everywhere { sub: &person.sub },
    };
    let (issuer, client, jti) = (bench.provider.issuer(), bench.provider.client_id(), bench.provider.fresh());
    members(json!(LogoutTokenClaims::new(issuer, client, ended, &jti, now)))
}

fn signed(token: Result<String, Fault>) -> Result<String, Miss> {
    token.map_err(|fault| Miss::not_applicable(format!("{fault:?}.")))
}

async fn post(bench: &Bench, token: &str) -> Result<u16, Miss> {
    let address = bench.at(&bench.options.logout)?;
    let answer = bench.push.fetcher().post_form(&address, &[("logout_token", token)]).await;
    answer.map(|answer| answer.status).map_err(|error| Miss::failed(format!("{address}: {error}.")))
}
