//! A signing key and the states it passes through.

use crate::kernel::{SigningKeyId, Timestamp};
use crate::protocol::jose::SigningAlgorithm;

/// Where a key stands: `next` is published and does not sign yet, `current` signs, `retired`
/// only verifies, `removed` is published no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type, serde::Serialize)]
#[sqlx(rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum KeyState {
    /// Published, so that sites know it before it signs.
    Next,
    /// Signs.
    Current,
    /// Signs no more; verifies what it signed.
    Retired,
    /// Verifies no more.
    Removed,
}

impl KeyState {
    /// As the column has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Current => "current",
            Self::Retired => "retired",
            Self::Removed => "removed",
        }
    }
}

/// A key as it stands in the table, its private half sealed.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct KeyRow {
    pub(super) id: SigningKeyId,
    pub(super) kid: String,
    pub(super) algorithm: String,
    pub(super) state: String,
    pub(super) sealed_private_jwk: String,
    pub(super) created_at: Timestamp,
    pub(super) activated_at: Option<Timestamp>,
    pub(super) retired_at: Option<Timestamp>,
}

/// What the operator sees of a key.
#[derive(Debug, Clone, serde::Serialize)]
pub struct SigningKey {
    /// RFC 7638 thumbprint.
    pub kid: String,
    /// `ES256` or `RS256`.
    pub algorithm: &'static str,
    /// Where it stands.
    pub state: KeyState,
    /// When it was made, unix milliseconds.
    pub created_at: Timestamp,
    /// When it began to sign.
    pub activated_at: Option<Timestamp>,
    /// When it ceased to sign.
    pub retired_at: Option<Timestamp>,
}

impl KeyRow {
    /// The algorithm; `None` for a row that this program does not understand.
    pub(super) fn algorithm(&self) -> Option<SigningAlgorithm> {
        self.algorithm.parse().ok()
    }

    /// The state; `None` for a row that this program does not understand.
    pub(super) fn state(&self) -> Option<KeyState> {
        [KeyState::Next, KeyState::Current, KeyState::Retired, KeyState::Removed]
            .into_iter()
            .find(|state| state.as_str() == self.state)
    }

    /// What the operator sees.
    pub(super) fn shown(&self) -> Option<SigningKey> {
        Some(SigningKey {
            kid: self.kid.clone(),
            algorithm: self.algorithm()?.as_str(),
            state: self.state()?,
            created_at: self.created_at,
            activated_at: self.activated_at,
            retired_at: self.retired_at,
        })
    }
}
