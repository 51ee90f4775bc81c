//! The ID token: proven before a single claim is believed (OIDC Core §3.1.3.7).

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use openidconnect::core::{
    CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
};
use openidconnect::{
    AccessToken, AccessTokenHash, ClaimsVerificationError, ClientId, IdToken, IdTokenVerifier, IssuerUrl,
    JsonWebKeySet, Nonce, SignatureVerificationError,
};

use crate::claims::{Claims, ConnexClaims};

/// Public-key signatures only. With a shared-secret algorithm the published key would serve to forge (HS256), and with
/// `none` nothing would.
pub(crate) const ALGORITHMS: [CoreJwsSigningAlgorithm; 2] =
    [CoreJwsSigningAlgorithm::EcdsaP256Sha256, CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256];
/// Clocks may differ by this much.
pub(crate) const LEEWAY_SECONDS: i64 = 60;
/// An ID token comes straight from the token endpoint; one made longer ago is somebody's old one.
const AGE_SECONDS_MAX: i64 = 300;

/// An ID token from ConneX, not yet believed.
pub(crate) type Token =
    IdToken<ConnexClaims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;

/// What the token must agree with.
pub(crate) struct Expected<'a> {
    pub(crate) issuer: &'a IssuerUrl,
    pub(crate) client_id: &'a ClientId,
    pub(crate) nonce: &'a Nonce,
    pub(crate) access_token: &'a AccessToken,
}

/// Why a token is not believed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Disbelief {
    /// The key is not among those that were fetched; newer ones may have it.
    UnknownKey,
    /// Any other reason, for the log.
    Because(String),
}

/// Proves a token: signature by a published key, exact issuer, this client as the only audience and authorized party,
/// times, nonce, and `at_hash` when present.
pub(crate) fn prove<'t>(
    token: &'t Token,
    keys: &JsonWebKeySet<CoreJsonWebKey>,
    expected: &Expected<'_>,
    now: i64,
) -> Result<&'t Claims, Disbelief> {
    // A "public client" verifier knows no secret, so that no secret can be taken for a key.
    let verifier =
        IdTokenVerifier::new_public_client(expected.client_id.clone(), expected.issuer.clone(), keys.clone())
            .set_allowed_algs(ALGORITHMS)
            .set_issue_time_verifier_fn(move |issued_at| {
                let is_recent = (now - AGE_SECONDS_MAX..=now + LEEWAY_SECONDS).contains(&issued_at.timestamp());
                is_recent.then_some(()).ok_or_else(|| format!("issued at {issued_at}, which is not just now"))
            });
    let claims = token.claims(&verifier, expected.nonce)?;
    if claims.audiences().len() != 1 {
        return Err(because("this site is not the only audience"));
    }
    if claims.authorized_party().is_some_and(|party| party != expected.client_id) {
        return Err(because("issued to another client (azp)"));
    }
    if let Some(told) = claims.access_token_hash() {
        let algorithm = token.signing_alg().map_err(because)?;
        let key = token.signing_key(&verifier).map_err(because)?;
        let made = AccessTokenHash::from_token(expected.access_token, algorithm, key).map_err(because)?;
        if made != *told {
            return Err(because("made for another access token (at_hash)"));
        }
    }
    Ok(claims)
}

/// The claims of a *proven* token, indented for people to read.
pub(crate) fn readable(token: &str) -> String {
    token
        .split('.')
        .nth(1)
        .and_then(|payload| BASE64_URL_SAFE_NO_PAD.decode(payload).ok())
        .and_then(|json| serde_json::from_slice::<serde_json::Value>(&json).ok())
        .and_then(|claims| serde_json::to_string_pretty(&claims).ok())
        .unwrap_or_default()
}

fn because(reason: impl ToString) -> Disbelief {
    Disbelief::Because(reason.to_string())
}

impl From<ClaimsVerificationError> for Disbelief {
    fn from(error: ClaimsVerificationError) -> Self {
        match error {
            ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey) => {
                Self::UnknownKey
            }
            ClaimsVerificationError::SignatureVerification(reason) => because(reason),
            other => because(other),
        }
    }
}

impl std::fmt::Display for Disbelief {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::UnknownKey => f.write_str("signed with a key that ConneX does not publish"),
            Self::Because(reason) => f.write_str(reason),
        }
    }
}
