//! What a command works with.

use std::{path::Path, pin::Pin};

use super::{CliError, Terminal};
use crate::kernel::{Entropy, Fault};
use crate::platform::{config::Config, store::Db};
use crate::protocol::jose::SealingKey;
use crate::sync::delivery::Courier;

/// What tells sites, being opened.
pub type OpeningCourier = Pin<Box<dyn Future<Output = Result<Courier, CliError>>>>;

/// What a command works with. The floor above opens it.
pub struct Context {
    /// What the operator decided.
    pub config: Config,
    /// The database, with all its migrations.
    pub db: Db,
    /// Where the command writes.
    pub terminal: Terminal,
    /// How the sealing key is read, or made at the first start. Few commands need it.
    pub read_sealing_key: fn(&Path, &Entropy) -> Result<SealingKey, Fault>,
    /// How what tells sites is opened. Few commands need it.
    pub open_courier: fn(Db, Config) -> OpeningCourier,
}

impl Context {
    /// The key that seals private keys.
    ///
    /// # Errors
    /// When its file cannot be read or made, or is readable by others.
    pub fn sealing_key(&self) -> Result<SealingKey, Fault> {
        (self.read_sealing_key)(&self.config.signing.sealing_key_file, self.db.entropy())
    }
}
