//! Who calls: the client authentication of the back-channel endpoints (RFC 6749 §2.3, OIDC Core §9).

use axum::http::{HeaderMap, header};

use super::{Client, keys::verify_with_client_keys, service, store};
use crate::kernel::{Fault, Lifetime};
use crate::oidc::Provider;
use crate::platform::web::OAuthError;
use crate::protocol::{
    jose::{AudienceRule, ExpectedClaims, Expiry, Presence, TypRule},
    oauth::{AuthMethod, OAuthErrorCode, Params, Presented},
};

/// The longest life of a client assertion.
const MOST_LIFE: Lifetime = Lifetime::minutes(60);
/// How far clocks may be apart.
const LEEWAY: Lifetime = Lifetime::seconds(10);

/// A client that has proven who it is, or a public client that has said so.
#[derive(Debug, Clone)]
pub struct Authenticated {
    /// The client.
    pub client: Client,
    /// How.
    pub method: AuthMethod,
}

/// Authenticates the client of a request with its registered method, and no other one.
///
/// # Errors
/// `invalid_client` (401, with a challenge when HTTP Basic was tried) or `invalid_request`.
pub async fn authenticate(
    provider: &Provider,
    headers: &HeaderMap,
    params: &Params,
) -> Result<Authenticated, OAuthError> {
    let authorization = headers.get(header::AUTHORIZATION).map(|value| value.to_str().unwrap_or("?"));
    let tried_basic = authorization.is_some();
    let refused = |error: OAuthError| if tried_basic { error.challenge_basic() } else { error };
    let presented = Presented::from_request(authorization, params).map_err(|why| {
        refused(OAuthError::new(crate::protocol::oauth::OAuthRefusal::new(
            OAuthErrorCode::InvalidClient,
            why.to_string(),
        )))
    })?;
    match verify(provider, &presented).await? {
        Some(client) => Ok(Authenticated { client, method: presented.method() }),
        None => Err(refused(OAuthError::of(OAuthErrorCode::InvalidClient, "client authentication failed"))),
    }
}

async fn verify(provider: &Provider, presented: &Presented) -> Result<Option<Client>, Fault> {
    let Some(id) = claimed_id(presented) else { return Ok(None) };
    let client = service::load(provider, &mut provider.db().read().await?, &id).await?;
    // The method has to be the registered one: a client that signs its assertions is not to be
    // impersonated with something weaker.
    let Some(client) = client.filter(|client| client.metadata.token_endpoint_auth_method == presented.method()) else {
        return Ok(None);
    };
    let proven = match presented {
        Presented::Basic { secret, .. } | Presented::Post { secret, .. } => {
            client.secrets.accept(secret.expose(), provider.db().now())
        }
        Presented::Assertion { assertion, .. } => is_good_assertion(provider, &client, assertion).await?,
        Presented::None { .. } => true,
    };
    Ok(proven.then_some(client))
}

/// The `client_id` that is claimed; for an assertion without one beside it, its `sub`, not believed yet.
fn claimed_id(presented: &Presented) -> Option<String> {
    if let Some(id) = presented.client_id() {
        return Some(id.to_owned());
    }
    let Presented::Assertion { assertion, .. } = presented else { return None };
    crate::protocol::jose::unverified_subject(assertion.expose())
}

/// RFC 7523 §3: signed by the client, by and about itself, for us, now, and once.
async fn is_good_assertion(
    provider: &Provider,
    client: &Client,
    assertion: &crate::kernel::Secret<String>,
) -> Result<bool, Fault> {
    let Some((header, claims)) = verify_with_client_keys(provider, client, assertion.expose()).await else {
        return Ok(false);
    };
    if client.metadata.token_endpoint_auth_signing_alg.is_some_and(|registered| registered != header.alg) {
        return Ok(false);
    }
    let token_endpoint = provider.kit().issuer().path("/token");
    let now = provider.db().now();
    let expected = ExpectedClaims {
        typ: TypRule::AbsentOr(&["JWT", "client-authentication+jwt"]),
        issuer: &client.id,
        audience: AudienceRule::OneOf(&[provider.issuer(), &token_endpoint]),
        expiry: Expiry::Enforced,
        max_life: Some(MOST_LIFE),
        iat: Presence::Optional,
        jti: Presence::Required,
        now,
        leeway: LEEWAY,
    };
    let Ok(checked) = expected.check(&header, &claims) else { return Ok(false) };
    let (true, Some(jti)) = (checked.subject.as_deref() == Some(&client.id), checked.token_id) else {
        return Ok(false);
    };
    let mut unit = provider.db().write().await?;
    let is_new = store::remember_assertion(&mut unit, &client.id, &jti, checked.expires_at + LEEWAY).await?;
    unit.commit().await?;
    Ok(is_new)
}
