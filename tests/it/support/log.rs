//! What the program logs.

use std::{
    io,
    sync::{Arc, Mutex},
};

use connex::platform::telemetry::{Format, log};
use tracing::subscriber::DefaultGuard;

/// What this thread logs.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Everything that is logged from now on, in all detail. Only for tests with one thread, where
    /// the whole program logs on it.
    pub fn listen() -> (Self, DefaultGuard) {
        let log = Self::default();
        let lines = log.clone();
        let subscriber =
            log::subscriber(Format::Json, Some("connex=trace,tower=trace"), move || lines.clone()).unwrap();
        (log, tracing::subscriber::set_default(subscriber))
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}
