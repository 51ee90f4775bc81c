//! What a grant is.

use serde::{Deserialize, Serialize};

use crate::kernel::{AccountId, GrantId, Json, SessionId, Timestamp};
use crate::protocol::{
    oauth::{Challenge, Scope},
    oidc::claims_request::ClaimsRequest,
};

/// The kind of an authorization code.
pub(in crate::oidc) struct AuthorizationCode;

/// The kind of a refresh token.
pub(in crate::oidc) struct RefreshToken;

/// What the person and the request settled: everything that tokens need to know.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::oidc) struct Granted {
    /// The redirect URI of the request, which the token request has to repeat.
    pub(in crate::oidc) redirect_uri: String,
    /// Whether the request named it; if not, the token request need not.
    pub(in crate::oidc) redirect_uri_was_sent: bool,
    /// The scope.
    pub(in crate::oidc) scope: Scope,
    /// The nonce of the request, for the ID token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::oidc) nonce: Option<String>,
    /// The code challenge of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::oidc) challenge: Option<Challenge>,
    /// The `claims` parameter.
    #[serde(default)]
    pub(in crate::oidc) claims: ClaimsRequest,
    /// The resource that the access token is for (RFC 8707); `None` for ourselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::oidc) resource: Option<String>,
    /// When the person proved who they are.
    pub(in crate::oidc) auth_time: Timestamp,
    /// How strongly.
    pub(in crate::oidc) acr: String,
    /// By what.
    pub(in crate::oidc) amr: Vec<String>,
    /// When the session ends at the latest.
    pub(in crate::oidc) session_expires_at: Timestamp,
}

/// A grant as it stands in the table.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(in crate::oidc) struct Grant {
    /// Its id.
    #[sqlx(rename = "grant_id")]
    pub(in crate::oidc) id: GrantId,
    /// To whom.
    pub(in crate::oidc) client_id: String,
    /// By whom.
    pub(in crate::oidc) account_id: AccountId,
    /// In which session.
    pub(in crate::oidc) session_id: SessionId,
    /// What.
    pub(in crate::oidc) granted: Json<Granted>,
    /// When its code stops being good.
    pub(in crate::oidc) code_expires_at: Timestamp,
    /// When it was taken back.
    pub(in crate::oidc) revoked_at: Option<Timestamp>,
}
