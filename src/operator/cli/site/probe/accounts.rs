//! Whether the site keeps strangers from the accounts that it takes, and what it says of them.

use reqwest::Method;
use serde_json::{Map, Value};

use super::{Finding, parse, unanswered};
use crate::kernel::{Doing, Fault, id};
use crate::operator::{
    cli::Context,
    rp_check::{SYNC_TOKEN_TYP, sync_claims},
};
use crate::platform::fetch::{Call, FetchError, Fetcher, Reply};
use crate::protocol::jose::{PrivateJwk, SigningAlgorithm, jws::Signer};
use crate::signing::Keys;
use crate::sites::Site;

/// Tries the SCIM endpoint; a site without one is no problem.
pub(super) async fn check(fetcher: &Fetcher, context: &Context, site: &Site) -> Result<Vec<Finding>, Fault> {
    let Some(base) = site.scim_url.as_deref() else { return Ok(vec![absent("No SCIM address is registered.")]) };
    let bare = match get(fetcher, base, "Users?count=1", None).await? {
        Ok(reply) => reply,
        Err(error) => return Ok(vec![unanswered("accounts", &base, &error)]),
    };
    if bare.status == 404 || (bare.status == 200 && json(&bare).get("schemas").is_none()) {
        return Ok(vec![absent(&format!("There is no SCIM endpoint at {base}."))]);
    }
    let mut findings = vec![refusal(base, "requests without a token", bare.status)];
    let forged = forged(context, base)?;
    match get(fetcher, base, "Users?count=1", Some(&forged)).await? {
        Ok(reply) => findings.push(refusal(base, "a token of another signer", reply.status)),
        Err(error) => findings.push(unanswered("accounts", &base, &error)),
    }
    match signed(context, base).await {
        Ok(token) => findings.extend(described(fetcher, base, &token).await?),
        Err(fault) => {
            let says = format!("Without a signing key no more can be asked of {base}: {fault}.");
            findings.push(Finding::hint("accounts", says, "The first start of `connex serve` makes the keys."));
        }
    }
    Ok(findings)
}

fn absent(says: &str) -> Finding {
    Finding::hint("accounts", says, "People are known to the site from their sign-ins only.")
}

fn refusal(base: &str, shown: &str, status: u16) -> Finding {
    match status {
        401 | 403 => Finding::good("accounts", format!("{base} refuses {shown} with status {status}.")),
        status => {
            let says = format!("{base} answers {shown} with status {status}.");
            Finding::problem("accounts", says, "The site has to answer 401: see RP-27 and RP-28 of the site check.")
        }
    }
}

/// What the endpoint says of itself, and the digest of its copies when it says that it keeps one.
async fn described(fetcher: &Fetcher, base: &str, token: &str) -> Result<Vec<Finding>, Fault> {
    let configuration = match get(fetcher, base, "ServiceProviderConfig", Some(token)).await? {
        Ok(reply) if reply.status == 200 && json(&reply).get("schemas").is_some() => json(&reply),
        Ok(reply) => {
            let says = format!("{base} does not say what it can: status {}.", reply.status);
            let cure = "The site has to believe ConneX's keys, and the address as it is registered (RP-26).";
            return Ok(vec![Finding::problem("accounts", says, cure)]);
        }
        Err(error) => return Ok(vec![unanswered("accounts", &base, &error)]),
    };
    let mut findings = vec![Finding::good("accounts", format!("{base} takes accounts from ConneX."))];
    let mut extensions = configuration.as_object().into_iter().flat_map(|members| members.values());
    if extensions.any(|extension| extension.get("digest") == Some(&Value::Bool(true))) {
        findings.push(digest(fetcher, base, token).await?);
    }
    Ok(findings)
}

async fn digest(fetcher: &Fetcher, base: &str, token: &str) -> Result<Finding, Fault> {
    let reply = match get(fetcher, base, "connex/digest?kind=User", Some(token)).await? {
        Ok(reply) => reply,
        Err(error) => return Ok(unanswered("digest", &base, &error)),
    };
    let told = json(&reply);
    Ok(match (told.get("count").and_then(Value::as_u64), told.get("buckets").and_then(Value::as_object)) {
        (Some(count), Some(_)) => Finding::good("digest", format!("The site tells the digest of {count} people.")),
        _ => {
            let says = format!("The site declares a digest, but answers status {} for it.", reply.status);
            Finding::problem("digest", says, "See RP-38 of the site check.")
        }
    })
}

async fn get(
    fetcher: &Fetcher,
    base: &str,
    path: &str,
    token: Option<&str>,
) -> Result<Result<Reply, FetchError>, Fault> {
    let headers = token.map(|token| ("authorization", format!("Bearer {token}"))).into_iter().collect();
    let url = parse(&format!("{base}/{path}"))?;
    Ok(fetcher.call(Call { method: Method::GET, url, headers, body: None }).await)
}

/// `Null` when it is none.
fn json(reply: &Reply) -> Value {
    serde_json::from_slice(&reply.body).unwrap_or_default()
}

/// A token as ConneX sends it.
async fn signed(context: &Context, base: &str) -> Result<String, Fault> {
    let file = &context.config.signing.sealing_key_file;
    // Reading the file would make it where it is not.
    if !file.exists() {
        return Err(Fault::new("find the sealing key"));
    }
    let keys = Keys::load(context.db.clone(), context.sealing_key()?, context.config.sessions.total).await?;
    keys.sign(SigningAlgorithm::Es256, Some(SYNC_TOKEN_TYP), &claims(context, base))
}

/// The same, signed with a key that was made for it alone.
fn forged(context: &Context, base: &str) -> Result<String, Fault> {
    let key = PrivateJwk::generate(SigningAlgorithm::Es256).doing("make a key")?;
    let claims = claims(context, base);
    Signer::new(&key).doing("read a fresh key")?.sign(Some(SYNC_TOKEN_TYP), &claims).doing("sign a token")
}

fn claims(context: &Context, base: &str) -> Map<String, Value> {
    let (now, entropy) = (context.db.now(), context.db.entropy());
    let jti = id::uuid(now, entropy).to_string();
    sync_claims(context.config.issuer.as_str(), base, &jti, now)
}
