//! How the mail of this installation leaves.

use std::sync::Arc;

use tokio::sync::Semaphore;

use super::{
    Letter,
    render::{Rendered, render},
    server::Server,
};
use crate::kernel::{EmailAddress, Fault};
use crate::platform::config::{Config, Mail};
use crate::protocol::jose::SealingKey;

/// Mails under way at the same time on one node: fewer than the workers have places, so that a mail
/// server that hangs leaves room for other work.
const AT_ONCE: usize = 12;

/// The way out, and what every mail needs. Cheap to clone.
#[derive(Clone)]
pub struct PostOffice(Arc<Inside>);

struct Inside {
    sealing: SealingKey,
    brand: String,
    host: String,
    way: Way,
    places: Semaphore,
}

/// Where mail goes.
pub(super) enum Way {
    /// Nowhere: it is kept, for `/dev/mail`.
    Outbox,
    /// To a mail server, in the name of this sender.
    Server(Server, EmailAddress),
}

impl PostOffice {
    /// The way out that the configuration describes. Nobody is called yet.
    ///
    /// # Errors
    /// When `extra_ca_file` cannot be read, with its name in the cause.
    pub fn new(config: &Config, sealing: SealingKey) -> Result<Self, Fault> {
        let way = match &config.mail {
            Mail::Outbox => Way::Outbox,
            Mail::Smtp { url, from } => {
                Way::Server(Server::new(url, config.outbound.extra_ca_file.as_deref())?, from.clone())
            }
        };
        let (brand, host) = (config.branding.name.clone(), config.issuer.host().to_owned());
        Ok(Self(Arc::new(Inside { sealing, brand, host, way, places: Semaphore::new(AT_ONCE) })))
    }

    /// Whether mail stays here, and is shown at `/dev/mail`.
    #[must_use]
    pub fn is_outbox(&self) -> bool {
        matches!(self.0.way, Way::Outbox)
    }

    /// How `letter` looks to its reader.
    ///
    /// # Errors
    /// When a template fails.
    pub fn render(&self, letter: &Letter) -> Result<Rendered, Fault> {
        render(letter, &self.0.brand, &self.0.host)
    }

    pub(super) fn sealing(&self) -> &SealingKey {
        &self.0.sealing
    }

    pub(super) fn brand(&self) -> &str {
        &self.0.brand
    }

    pub(super) fn way(&self) -> &Way {
        &self.0.way
    }

    pub(super) fn places(&self) -> &Semaphore {
        &self.0.places
    }
}
