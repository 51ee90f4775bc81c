//! Whether the site refuses logout tokens that ConneX did not make.

use super::{Finding, parse, unanswered};
use crate::kernel::{Doing, Fault, id};
use crate::operator::cli::Context;
use crate::platform::fetch::Fetcher;
use crate::protocol::{
    jose::{PrivateJwk, jws::Signer},
    oauth::client_metadata::CheckedMetadata,
    oidc::logout_token::{Ended, LOGOUT_TOKEN_TYP, LogoutTokenClaims},
};

/// A site that takes a logout token which nobody signed would sign out anybody for anybody.
pub(super) async fn check(
    fetcher: &Fetcher,
    context: &Context,
    client_id: &str,
    metadata: &CheckedMetadata,
) -> Result<Vec<Finding>, Fault> {
    let Some(address) = metadata.backchannel_logout_uri.as_deref() else {
        let says = "No logout address is registered, so a sign-out elsewhere does not reach the site.";
        let cure = "Remove the site and add it with --backchannel-logout-uri.";
        return Ok(vec![Finding::problem("logout", says, cure)]);
    };
    let forged = forged(context, client_id, metadata)?;
    let mut findings = Vec::new();
    for (shown, token) in [("a bad logout token", "not.a.token"), ("a logout token of another signer", &forged)] {
        let answer = fetcher.post_form(&parse(address)?, &[("logout_token", token)]).await;
        match answer.map(|answer| answer.status) {
            Ok(status) => findings.push(judge(address, shown, status)),
            Err(error) => return Ok(vec![unanswered("logout", &address, &error)]),
        }
    }
    Ok(findings)
}

fn judge(address: &str, shown: &str, status: u16) -> Finding {
    let says = match status {
        400 => return Finding::good("logout", format!("{address} refuses {shown} with status 400.")),
        200..300 => {
            let says = format!("{address} took {shown} (status {status}).");
            return Finding::problem("logout", says, "The site has to check the token's signature.");
        }
        status => format!("{address} answers {shown} with status {status}."),
    };
    Finding::problem("logout", says, "OpenID Connect Back-Channel Logout §2.8 wants 400.")
}

/// A token about nobody that is right but for its key, which was made for it alone.
fn forged(context: &Context, client_id: &str, metadata: &CheckedMetadata) -> Result<String, Fault> {
    let key = PrivateJwk::generate(metadata.id_token_signed_response_alg).doing("make a key")?;
    let jti = id::uuid(context.db.now(), context.db.entropy()).to_string();
    let ended = Ended::Everywhere { sub: "nobody" };
    let issuer = context.config.issuer.as_str();
    let claims = LogoutTokenClaims::new(issuer, client_id, ended, &jti, context.db.now());
    Signer::new(&key).doing("read a fresh key")?.sign(Some(LOGOUT_TOKEN_TYP), &claims).doing("sign a token")
}
