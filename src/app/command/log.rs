//! Starting the log.

use std::io::{IsTerminal, stderr};

use crate::kernel::Fault;
use crate::platform::telemetry::log::{self, Format};

/// Says which events are logged, as `info` or `connex=debug,sqlx=warn`.
const FILTER: &str = "CONNEX_LOG";

/// The log of a server: text for a person who looks on, JSON for whoever collects it.
pub(super) fn for_a_server() -> Result<(), Fault> {
    let format = if stderr().is_terminal() { Format::Text } else { Format::Json };
    log::start(format, filter().as_deref())
}

/// The log of a command that ends by itself: its result says what happened, so only trouble is logged.
pub(super) fn for_a_command() -> Result<(), Fault> {
    log::start(Format::Text, Some(filter().as_deref().unwrap_or("warn")))
}

fn filter() -> Option<String> {
    std::env::var(FILTER).ok().filter(|filter| !filter.is_empty())
}
