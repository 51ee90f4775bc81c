//! Which site calls: the proof behind every route of sites.
//!
//! A site gets an access token for itself (`client_credentials`, RFC 6749 §4.4) and presents it as
//! RFC 6750 says. The token names the client, the client names the site, and everything that is
//! answered is a view of that site alone.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};

use super::{Provider, clients, grants, token::read_access_token};
use crate::kernel::{Fault, SiteId};
use crate::platform::web::{Problem, policy::SiteScope};
use crate::protocol::oauth::{OAuthErrorCode, OAuthRefusal, Scope, bearer::Bearer};

/// A site that has proven who it is.
#[derive(Debug, Clone)]
pub struct SitePrincipal {
    /// The site.
    pub site: SiteId,
    /// The registration by which it came.
    pub client_id: String,
    /// What its token allows.
    pub scope: Scope,
}

/// Why whoever asks is not let in as a site.
#[derive(Debug)]
pub enum NotASite {
    /// No token came: 401 without a reason (RFC 6750 §3.1).
    NoToken,
    /// The `Authorization` header is not one: 400.
    Malformed(OAuthRefusal),
    /// The token is none of ours, has ended, or speaks for a person: 401.
    Refused(OAuthRefusal),
    /// The token is good, but its client is no site, or it lacks the scope: 403.
    NotAllowed(OAuthRefusal),
    /// Something broke.
    Fault(Fault),
}

impl From<Fault> for NotASite {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// Proves by the headers of a request that a site asks, whose token allows `wanted`.
///
/// # Errors
/// Why not. Which of a token's faults it was is not said.
pub async fn site_principal(
    provider: &Provider,
    headers: &HeaderMap,
    wanted: SiteScope,
) -> Result<SitePrincipal, NotASite> {
    let refused =
        || NotASite::Refused(OAuthRefusal::new(OAuthErrorCode::InvalidToken, "the access token is not valid"));
    let text = presented(headers)?;
    let token =
        read_access_token(provider, text).filter(|token| token.audience == provider.issuer()).ok_or_else(refused)?;
    // A token that carries a grant speaks for a person, whatever its scope says.
    if token.grant.is_some() {
        return Err(refused());
    }
    let mut reader = provider.db().read().await?;
    if grants::is_token_revoked(&mut reader, &token.jti).await? {
        return Err(refused());
    }
    let client = clients::load(provider, &mut reader, &token.client_id).await?.ok_or_else(refused)?;
    let not_allowed =
        |why: &'static str| NotASite::NotAllowed(OAuthRefusal::new(OAuthErrorCode::InsufficientScope, why));
    let site = client.site.ok_or_else(|| not_allowed("the client is no site"))?;
    // What the registration has lost meanwhile the token has lost as well.
    let registered = client.metadata.scope.clone().unwrap_or_default();
    if !token.scope.contains(wanted.as_str()) || !registered.contains(wanted.as_str()) {
        return Err(not_allowed(match wanted {
            SiteScope::Scim => "the token lacks the scope scim",
            SiteScope::Sync => "the token lacks the scope sync",
        }));
    }
    Ok(SitePrincipal { site, client_id: client.id, scope: token.scope.clone() })
}

/// The token in the one `Authorization` header; never in the query, never in a form.
fn presented(headers: &HeaderMap) -> Result<&str, NotASite> {
    let malformed = || {
        let why = "the Authorization header is malformed";
        NotASite::Malformed(OAuthRefusal::new(OAuthErrorCode::InvalidRequest, why))
    };
    let mut lines = headers.get_all(header::AUTHORIZATION).iter();
    let Some(line) = lines.next() else { return Err(NotASite::NoToken) };
    if lines.next().is_some() {
        return Err(malformed());
    }
    let line = line.to_str().map_err(|_| malformed())?;
    // Another scheme is no bearer token: it is as if none had come.
    if !line.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("Bearer ")) {
        return Err(NotASite::NoToken);
    }
    Bearer::from_header(line).ok_or_else(malformed)
}

impl<S: Send + Sync> FromRequestParts<S> for SitePrincipal {
    /// A route without its row: a defect.
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| Fault::new("find the site that the guard has let in").into())
    }
}
