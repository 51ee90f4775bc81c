//! Why a call came to nothing.

use std::error::Error;

use super::{guard::Reason, resolver::ForbiddenAddress};

/// Why a call came to nothing. The texts are for the log and hold nothing of an answer's body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The address may not be called.
    #[error("the address {0}")]
    Forbidden(Reason),
    /// Nobody answers there, or without a certificate that we believe.
    #[error("no connection: {0}")]
    Unreachable(String),
    /// It took too long.
    #[error("no answer in time")]
    TimedOut,
    /// The connection broke, or what came was not HTTP.
    #[error("the answer broke off: {0}")]
    Broken(String),
    /// Another status than 200. Redirects are not followed.
    #[error("the answer has status {0}")]
    Status(u16),
    /// The answer is longer than we take.
    #[error("the answer is too long")]
    TooLong,
    /// The answer is not JSON.
    #[error("the answer is not JSON")]
    NotJson,
}

impl From<reqwest::Error> for FetchError {
    fn from(error: reqwest::Error) -> Self {
        let mut deepest: &(dyn Error + 'static) = &error;
        while let Some(cause) = deepest.source() {
            deepest = cause;
            if let Some(forbidden) = cause.downcast_ref::<ForbiddenAddress>() {
                return Self::Forbidden(forbidden.0);
            }
        }
        match deepest.to_string() {
            _ if error.is_timeout() => Self::TimedOut,
            cause if error.is_connect() => Self::Unreachable(cause),
            cause => Self::Broken(cause),
        }
    }
}
