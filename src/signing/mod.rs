//! Signing keys: made, sealed, published, rotated.
//!
//! [`Keys`] holds the keys parsed and the key set as ready bytes; it looks at the table every few
//! seconds, so a rotation on another node, or at the command line, is followed by itself.

mod facts;
mod keys;
mod model;
mod rotation;
mod service;
mod store;

pub use keys::{Keys, PublishedKeys, Signed};
pub use model::{KeyState, SigningKey};
pub use service::{KeyError, ensure, list, retire, rotate, rotate_when_due};
