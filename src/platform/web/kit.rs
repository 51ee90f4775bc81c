//! What every page needs to know of this installation.

use std::sync::Arc;

use crate::platform::config::{Config, Issuer};
use crate::protocol::jose::SealingKey;

/// The issuer, the sealing key and the brand. Cheap to clone.
#[derive(Clone)]
pub struct Kit(Arc<Inside>);

struct Inside {
    issuer: Issuer,
    sealing: SealingKey,
    brand: String,
}

impl Kit {
    /// The kit of an installation.
    #[must_use]
    pub fn new(config: &Config, sealing: SealingKey) -> Self {
        Self(Arc::new(Inside { issuer: config.issuer.clone(), sealing, brand: config.branding.name.clone() }))
    }

    /// Who we are, to everybody outside; it never follows a request header.
    #[must_use]
    pub fn issuer(&self) -> &Issuer {
        &self.0.issuer
    }

    /// The key that seals what travels through browsers.
    #[must_use]
    pub fn sealing(&self) -> &SealingKey {
        &self.0.sealing
    }

    /// What the installation is called on its pages.
    #[must_use]
    pub fn brand(&self) -> &str {
        &self.0.brand
    }
}
