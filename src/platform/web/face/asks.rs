//! What an answer to a program asks of it before it comes again: a token, or time.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::kernel::Lifetime;
use crate::protocol::oauth::{OAuthRefusal, bearer};

/// The realm of our challenges.
const REALM: &str = "connex";

/// The headers of a refusal that tell the caller what to do: `WWW-Authenticate`, `Retry-After`,
/// `Allow`.
#[derive(Debug, Default)]
pub struct Asks {
    headers: Vec<(header::HeaderName, HeaderValue)>,
}

impl Asks {
    /// For a bearer token (RFC 6750 §3). `None` when the request brought no token at all: it learns no
    /// reason then.
    #[must_use]
    pub fn for_a_token(refusal: Option<&OAuthRefusal>) -> Self {
        Self::default().with(header::WWW_AUTHENTICATE, &bearer::challenge(refusal, REALM))
    }

    /// For `wait`, in whole seconds, one at least.
    #[must_use]
    pub fn for_time(wait: Lifetime) -> Self {
        Self::default().with(header::RETRY_AFTER, &wait.as_seconds().max(1).to_string())
    }

    /// For one of the methods that are answered here (RFC 9110 §10.2.1).
    #[must_use]
    pub fn for_method(methods: &str) -> Self {
        Self::default().with(header::ALLOW, methods)
    }

    fn with(mut self, name: header::HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::try_from(value) {
            self.headers.push((name, value));
        }
        self
    }

    /// Writes them into an answer.
    pub(super) fn write(self, into: &mut HeaderMap) {
        into.extend(self.headers);
    }
}
