//! `request`: parameters in a JWT that the client signed (OIDC Core §6.1, RFC 9101).
//!
//! Unsigned objects are not supported and are answered with `request_not_supported`.

use serde_json::{Map, Value};

use crate::kernel::Lifetime;
use crate::oidc::{
    Provider,
    clients::{Client, verify_with_client_keys},
};
use crate::protocol::{
    jose::{AudienceRule, ExpectedClaims, Expiry, Presence, TypRule, is_unsigned},
    oauth::{OAuthErrorCode, OAuthRefusal, Params},
};

/// The longest life of a request object.
const MOST_LIFE: Lifetime = Lifetime::minutes(60);
/// Claims of the envelope: they are no parameters.
const OF_ENVELOPE: [&str; 7] = ["iss", "aud", "exp", "iat", "nbf", "jti", "sub"];

/// The parameters that count: those of the object, where there is one; what stands only outside
/// it is kept as OpenID Connect has it (Core §6.1), and what stands in both is the object's.
pub(super) async fn unfold(provider: &Provider, client: &Client, outer: Params) -> Result<Params, OAuthRefusal> {
    let Some(object) = outer.get("request") else { return Ok(outer) };
    if is_unsigned(object) {
        return Err(OAuthRefusal::new(
            OAuthErrorCode::RequestNotSupported,
            "unsigned request objects are not supported",
        ));
    }
    let invalid = |why: &'static str| OAuthRefusal::new(OAuthErrorCode::InvalidRequestObject, why);
    let Some((header, claims)) = verify_with_client_keys(provider, client, object).await else {
        return Err(invalid("the request object is not signed by this client"));
    };
    if client.metadata.request_object_signing_alg.is_some_and(|registered| registered != header.alg) {
        return Err(invalid("the request object is not signed with the registered algorithm"));
    }
    let expected = ExpectedClaims {
        typ: TypRule::AbsentOr(&["JWT", "oauth-authz-req+jwt"]),
        issuer: &client.id,
        audience: AudienceRule::OneOf(&[provider.issuer()]),
        expiry: Expiry::Enforced,
        max_life: Some(MOST_LIFE),
        iat: Presence::Optional,
        jti: Presence::Optional,
        now: provider.db().now(),
        leeway: Lifetime::seconds(10),
    };
    expected.check(&header, &claims).map_err(|_| invalid("iss, aud or exp of the request object is wrong"))?;
    merge(client, &outer, &claims)
}

fn merge(client: &Client, outer: &Params, claims: &Map<String, Value>) -> Result<Params, OAuthRefusal> {
    let invalid = |why: &'static str| OAuthRefusal::new(OAuthErrorCode::InvalidRequestObject, why);
    if claims.contains_key("request") || claims.contains_key("request_uri") {
        return Err(invalid("a request object cannot hold another one"));
    }
    if claims.get("client_id").is_some_and(|id| id.as_str() != Some(&client.id)) {
        return Err(invalid("client_id in the request object is another client's"));
    }
    if claims
        .get("response_type")
        .is_some_and(|inner| outer.get("response_type").is_some_and(|sent| inner.as_str() != Some(sent)))
    {
        return Err(invalid("response_type differs inside and outside the request object"));
    }
    let inner = claims.iter().filter(|(name, _)| !OF_ENVELOPE.contains(&name.as_str()));
    let inner =
        inner.map(|(name, value)| (name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
    let outside = outer.iter().filter(|(name, _)| *name != "request" && !claims.contains_key(*name));
    let outside = outside.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Params::from_pairs(inner.chain(outside)).map_err(|_| invalid("the parameters of the request object are malformed"))
}
