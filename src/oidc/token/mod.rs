//! The token endpoint (RFC 6749 §3.2): a grant a file.

mod authorization_code;
mod client_credentials;
mod endpoint;
mod issue;
mod read;
mod refresh_token;

pub(super) use endpoint::{FormParams, token};
pub(super) use read::{AccessToken, TokenCache, read_access_token};
