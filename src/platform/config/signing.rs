//! What tokens are signed with, and how long they live.

use std::{fmt, path::PathBuf};

use super::{problem::Wrong, reading::Reading};
use crate::kernel::Lifetime;

/// `[signing]`.
#[derive(Debug, Clone)]
pub struct Signing {
    /// The key that seals private keys at rest.
    pub sealing_key_file: PathBuf,
    /// The signature for clients that ask for none.
    pub default_algorithm: Algorithm,
}

/// A signature algorithm that can be the default (RFC 7518 §3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// RSASSA-PKCS1-v1_5 with SHA-256, which every OpenID Connect client understands.
    Rs256,
}

impl Algorithm {
    /// The name in a JOSE header.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// `[tokens]`: how long each is good.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// Access tokens.
    pub access: Lifetime,
    /// Authorization codes.
    pub code: Lifetime,
    /// ID tokens.
    pub id: Lifetime,
    /// Refresh tokens that are not used.
    pub refresh_idle: Lifetime,
    /// Refresh tokens since the sign-in, however often they are used.
    pub refresh_total: Lifetime,
    /// A replaced refresh token, which then gives the same successor again.
    pub refresh_grace: Lifetime,
}

impl Signing {
    pub(super) fn read(from: &mut Reading<'_>) -> Option<Self> {
        let sealing_key_file = from.path("signing.sealing_key_file");
        let default_algorithm = from.text("signing.default_algorithm", |text| match text {
            "ES256" => Ok(Algorithm::Es256),
            "RS256" => Ok(Algorithm::Rs256),
            _ => Err(Wrong::new(format!("is {text:?}"), "Write \"ES256\" or \"RS256\".")),
        });
        Some(Self { sealing_key_file: sealing_key_file?, default_algorithm: default_algorithm? })
    }
}

impl Tokens {
    pub(super) fn read(from: &mut Reading<'_>) -> Option<Self> {
        let access = from.span("tokens.access_seconds", Lifetime::seconds);
        let code = from.span("tokens.code_seconds", Lifetime::seconds);
        let id = from.span("tokens.id_seconds", Lifetime::seconds);
        let refresh_idle = from.span("tokens.refresh_idle_days", Lifetime::days);
        let refresh_total = from.span("tokens.refresh_total_days", Lifetime::days);
        let refresh_grace = from.span("tokens.refresh_grace_seconds", Lifetime::seconds);
        if refresh_idle.zip(refresh_total).is_some_and(|(idle, total)| idle > total) {
            let cure = "Write an idle time that is not longer than tokens.refresh_total_days.";
            from.conflict("tokens.refresh_idle_days", "is longer than the total", cure);
        }
        Some(Self {
            access: access?,
            code: code?,
            id: id?,
            refresh_idle: refresh_idle?,
            refresh_total: refresh_total?,
            refresh_grace: refresh_grace?,
        })
    }
}
