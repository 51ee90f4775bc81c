//! Who may speak to the SCIM endpoint, and how fast it answers.

use reqwest::Method;

use super::super::{
    bench::Bench,
    copies::Receiver,
    lie::Forgery,
    push::Proof,
    verdict::{Miss, ensure},
};
use crate::kernel::Lifetime;

pub(super) fn answers(bench: &Bench) -> Result<(), Miss> {
    match bench.receiver() {
        Receiver::Broken(why) => Err(Miss::failed(why.clone())),
        Receiver::Answers(_) | Receiver::Absent => bench.configuration().map(drop),
    }
}

/// Neither reading nor writing.
pub(super) async fn unsigned(bench: &Bench) -> Result<(), Miss> {
    bench.configuration()?;
    let person = bench.person("Mallory");
    let body = person.scim(bench.provider.organization());
    for (request, body) in [((Method::GET, "Users?count=1"), None), ((Method::POST, "Users"), Some(body))] {
        let shown = format!("{} {}", request.0, request.1);
        let told = bench.push.call(&bench.provider, Proof::Nothing, request, body).await?;
        ensure(is_refusal(told.status), || {
            format!("{shown} without a token was answered with status {}.", told.status)
        })?;
    }
    let count = bench.count(&person).await?;
    ensure(count == 0, || "The answer was a refusal, but the person was stored.".to_owned())
}

pub(super) async fn forged(bench: &Bench) -> Result<(), Miss> {
    bench.configuration()?;
    let an_hour_ago = (bench.provider.now() - Lifetime::hours(1)).seconds();
    let forgeries = [
        ("a broken signature", Forgery::Tampered),
        ("no signature (alg none)", Forgery::Unsigned),
        ("a key that nobody published", Forgery::UnknownKey),
        ("the type of an ID token", Forgery::Typ(None)),
        ("the type of a logout token", Forgery::Typ(Some("logout+jwt"))),
        ("another issuer", Forgery::Claim("iss", Some("https://another-issuer.example".into()))),
        ("another site's audience", Forgery::Claim("aud", Some("https://another-site.example/scim/v2".into()))),
        ("an end an hour ago", Forgery::Claim("exp", Some(an_hour_ago.into()))),
    ];
    let mut believed = Vec::new();
    for (shown, forgery) in forgeries {
        let request = (Method::GET, "Users?count=1");
        let told = bench.push.call(&bench.provider, Proof::Forged(&forgery), request, None).await?;
        if !is_refusal(told.status) {
            believed.push(format!("{shown} (status {})", told.status));
        }
    }
    ensure(believed.is_empty(), || format!("Tokens were not refused that had {}.", believed.join(", ")))
}

const fn is_refusal(status: u16) -> bool {
    matches!(status, 401 | 403)
}

/// Over all that was asked so far.
pub(super) fn speed(bench: &Bench) -> Result<(), Miss> {
    bench.configuration()?;
    let (took, request) = bench.push.slowest();
    ensure(took < bench.options.answer_within, || format!("{request} took {} milliseconds.", took.as_millis()))
}
