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

/// Why a certificate is not believed, such as `certificate has expired`. OpenSSL says it in brackets, behind
/// where in its own sources it found out; the causes below say the latter only.
fn unbelieved(cause: &str) -> Option<&str> {
    let (found_out, why) = cause.strip_suffix(')')?.rsplit_once(" (")?;
    found_out.contains("certificate verify failed").then_some(why)
}

impl From<reqwest::Error> for FetchError {
    fn from(error: reqwest::Error) -> Self {
        let mut deepest: &(dyn Error + 'static) = &error;
        while let Some(cause) = deepest.source() {
            deepest = cause;
            if let Some(forbidden) = cause.downcast_ref::<ForbiddenAddress>() {
                return Self::Forbidden(forbidden.0);
            }
            if let Some(why) = unbelieved(&cause.to_string()) {
                return Self::Unreachable(format!("its certificate is not believed ({why})"));
            }
        }
        match deepest.to_string() {
            _ if error.is_timeout() => Self::TimedOut,
            cause if error.is_connect() => Self::Unreachable(cause),
            cause => Self::Broken(cause),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_that_is_not_believed_is_told_of_in_words() {
        let said = "error:0A000086:SSL routines:tls_post_process:certificate verify failed:../ssl/statem.c:1889:";
        assert_eq!(unbelieved(&format!("{said} (certificate has expired)")), Some("certificate has expired"));
        assert_eq!(unbelieved(said), None);
        assert_eq!(unbelieved("client error (Connect)"), None);
    }
}
