//! What the operator sees: log lines, metrics, and the reference of each request.
//!
//! Nothing here ever holds a password, a token, a code or an address of a person: callers log
//! ids, and this module only sees to the form.

mod clean;
pub mod log;
mod metrics;
mod observe;
mod request_id;
mod stopwatch;
mod sync;

pub use clean::bends;
pub use log::Format;
pub use metrics::{CONTENT_TYPE, Metrics};
pub use observe::{Observer, observe};
pub use request_id::Reference;
pub use stopwatch::Stopwatch;
pub use sync::SyncMetrics;
