//! Making tokens: access tokens (RFC 9068) and ID tokens (OIDC Core §2).

use serde_json::{Map, Value};

use super::endpoint::TokenAnswer;
use crate::kernel::{Fault, GrantId, Timestamp};
use crate::oidc::{
    Provider, claims,
    clients::Client,
    gate::Facts,
    grants::{Grant, Granted},
};
use crate::protocol::{
    oauth::Scope,
    oidc::{AccessTokenClaims, ExtraClaims, IdTokenClaims, access_token::ACCESS_TOKEN_TYP, half_hash},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

/// What precedes the `jti` of a token that a client got for itself.
pub(super) const FOR_ITSELF: &str = "self";

/// The tokens of a person's grant: access token, and ID token when `openid` was granted.
pub(super) fn for_person(
    provider: &Provider,
    client: &Client,
    grant: &Grant,
    facts: &Facts,
    refresh_token: Option<String>,
) -> Result<TokenAnswer, Fault> {
    let (granted, now) = (&grant.granted.0, provider.db().now());
    let scope = granted.scope.clone();
    let subject = client.subject(provider.kit(), facts.account.subject());
    let access_token = sign_access_token(
        provider,
        client,
        AccessTokenFor {
            subject: &subject,
            audience: granted.resource.as_deref(),
            scope: &scope,
            grant: Some((grant.id, granted)),
            extra: claims::for_access_token(facts, &scope),
        },
        now,
    )?;
    let id_token = match scope.contains("openid") {
        true => Some(sign_id_token(provider, client, grant, facts, &subject, &access_token)?),
        false => None,
    };
    let expires_in = provider.tokens().access.as_seconds();
    Ok(TokenAnswer { access_token, token_type: "Bearer", expires_in, scope, refresh_token, id_token })
}

/// The access token that a client gets for itself.
pub(super) fn for_client(
    provider: &Provider,
    client: &Client,
    scope: Scope,
    resource: Option<&str>,
) -> Result<TokenAnswer, Fault> {
    let wanted =
        AccessTokenFor { subject: &client.id, audience: resource, scope: &scope, grant: None, extra: Map::new() };
    let access_token = sign_access_token(provider, client, wanted, provider.db().now())?;
    let expires_in = provider.tokens().access.as_seconds();
    Ok(TokenAnswer { access_token, token_type: "Bearer", expires_in, scope, refresh_token: None, id_token: None })
}

struct AccessTokenFor<'a> {
    subject: &'a str,
    audience: Option<&'a str>,
    scope: &'a Scope,
    grant: Option<(GrantId, &'a Granted)>,
    extra: Map<String, Value>,
}

fn sign_access_token(
    provider: &Provider,
    client: &Client,
    wanted: AccessTokenFor<'_>,
    now: Timestamp,
) -> Result<String, Fault> {
    let chance = BASE64_URL_SAFE_NO_PAD.encode(provider.db().entropy().bytes::<18>());
    // The grant stands in the `jti`, so that a token dies with its grant and needs no row of its own.
    let jti = match wanted.grant {
        Some((id, _)) => format!("{id}.{chance}"),
        None => format!("{FOR_ITSELF}.{chance}"),
    };
    let claims = AccessTokenClaims {
        iss: provider.issuer(),
        sub: wanted.subject,
        aud: &[wanted.audience.unwrap_or(provider.issuer())],
        exp: now + provider.tokens().access,
        iat: now,
        jti: &jti,
        client_id: &client.id,
        scope: wanted.scope,
        auth_time: wanted.grant.map(|(_, granted)| granted.auth_time),
        acr: wanted.grant.map(|(_, granted)| granted.acr.as_str()),
        extra: &ExtraClaims::from(wanted.extra),
    };
    provider.keys().sign(client.metadata.id_token_signed_response_alg, Some(ACCESS_TOKEN_TYP), &claims)
}

fn sign_id_token(
    provider: &Provider,
    client: &Client,
    grant: &Grant,
    facts: &Facts,
    subject: &str,
    access_token: &str,
) -> Result<String, Fault> {
    let (granted, now) = (&grant.granted.0, provider.db().now());
    let algorithm = client.metadata.id_token_signed_response_alg;
    let mut extra = claims::for_id_token(facts, &granted.scope, &granted.claims.id_token);
    if granted.scope.contains("organization") || granted.scope.contains("sites") {
        // For sites that know ConneX: when their own session should end at the latest (IPSIE SL1).
        extra.insert("session_expiry".to_owned(), granted.session_expires_at.seconds().into());
    }
    let amr: Vec<&str> = granted.amr.iter().map(String::as_str).collect();
    let claims = IdTokenClaims {
        iss: provider.issuer(),
        sub: subject,
        aud: &client.id,
        exp: now + provider.tokens().id,
        iat: now,
        auth_time: Some(granted.auth_time),
        nonce: granted.nonce.as_deref(),
        acr: Some(&granted.acr),
        amr: &amr,
        azp: None,
        at_hash: Some(&half_hash(algorithm, access_token)),
        sid: Some(&provider.sid(grant.session_id, &client.id)),
        extra: &ExtraClaims::from(extra),
    };
    provider.keys().sign(algorithm, None, &claims)
}
