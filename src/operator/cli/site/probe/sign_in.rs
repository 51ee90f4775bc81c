//! Whether the site begins sign-ins as it must: what it sends is seen without signing anybody in.

use std::collections::HashMap;

use url::Url;

use super::{Finding, parse, unanswered};
use crate::kernel::Fault;
use crate::platform::fetch::Fetcher;
use crate::protocol::oauth::client_metadata::CheckedMetadata;
use crate::sites::Site;

/// Where sites begin sign-ins that follow the samples.
const START: &str = "/auth/connex/login";

/// Looks where a sign-in leads. A site that begins them elsewhere is no problem; it cannot be looked at.
pub(super) async fn check(
    fetcher: &Fetcher,
    site: &Site,
    issuer: &str,
    registrations: &[(String, CheckedMetadata)],
) -> Result<Vec<Finding>, Fault> {
    let start = parse(&site.url.join(START))?;
    let look = match fetcher.look(&start).await {
        Ok(look) => look,
        Err(error) => return Ok(vec![unanswered("sign-in", &start, &error)]),
    };
    let location = look.location.filter(|_| (300..400).contains(&look.status));
    let Some(leads_to) = location.and_then(|location| start.join(&location).ok()) else {
        let says = format!("{start} answers with status {}; the site begins sign-ins somewhere else.", look.status);
        return Ok(vec![Finding::hint("sign-in", says, "Try it by hand, or with `connex rp-check --start PATH`.")]);
    };
    Ok(vec![judge(&leads_to, issuer, registrations)])
}

fn judge(leads_to: &Url, issuer: &str, registrations: &[(String, CheckedMetadata)]) -> Finding {
    if leads_to.as_str().split('?').next() != Some(&format!("{issuer}/authorize")) {
        let says = format!("A sign-in leads to {}, not to {issuer}.", leads_to.origin().ascii_serialization());
        return Finding::problem("sign-in", says, "Set CONNEX_ISSUER of the site.");
    }
    let wrong = wrong_in(&leads_to.query_pairs().into_owned().collect(), registrations);
    match wrong.as_slice() {
        [] => Finding::good("sign-in", "A sign-in leads here, with state, nonce and PKCE."),
        wrong => {
            let says = format!("A sign-in leads here, but its request {}.", wrong.join(", "));
            Finding::problem("sign-in", says, "See docs/guides/site-check.md, RP-02 to RP-05.")
        }
    }
}

/// What is wrong in a request: ends of a sentence.
fn wrong_in(request: &HashMap<String, String>, registrations: &[(String, CheckedMetadata)]) -> Vec<&'static str> {
    let asked = |name: &str| request.get(name).map_or("", String::as_str);
    let registered = registrations.iter().find(|(client_id, _)| client_id == asked("client_id"));
    let is_registered = |(_, metadata): &(String, CheckedMetadata)| {
        metadata.redirect_uris.iter().any(|uri| uri.as_str() == asked("redirect_uri"))
    };
    [
        (registered.is_some(), "names another client"),
        (registered.is_none_or(is_registered), "has a redirect_uri that is not registered"),
        (asked("response_type") == "code", "does not ask for a code"),
        (!asked("state").is_empty(), "has no state"),
        (!asked("nonce").is_empty(), "has no nonce"),
        (asked("code_challenge_method") == "S256" && !asked("code_challenge").is_empty(), "has no PKCE with S256"),
    ]
    .into_iter()
    .filter_map(|(is_right, wrong)| (!is_right).then_some(wrong))
    .collect()
}
