//! Redirect URIs: strict when registered, compared as strings ever after (RFC 9700 §2.1).
//!
//! The same rules hold for `post_logout_redirect_uris`.

use std::{borrow::Borrow, net::Ipv4Addr};

use serde::{Deserialize, Serialize};
use url::{Host, Url, form_urlencoded};

/// More than any honest URI; browsers and proxies begin to cut not far above.
const MOST_BYTES: usize = 2000;

/// Where a client runs (OpenID Connect Registration §2, `application_type`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationType {
    /// On a web server, or in a browser.
    #[default]
    Web,
    /// On a person's device: may listen on a loopback port, or own a private-use scheme (RFC 8252).
    Native,
}

impl ApplicationType {
    /// The value as it is sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Native => "native",
        }
    }
}

/// A registered redirect URI.
///
/// It is in the form in which a browser would write it, so that its text and its meaning cannot
/// differ: lower-case host, no default port, no dot segments.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Registered")]
pub struct RedirectUri {
    uri: String,
    application_type: ApplicationType,
}

/// The stored form, before its check.
#[derive(Deserialize)]
struct Registered {
    uri: String,
    application_type: ApplicationType,
}

impl TryFrom<Registered> for RedirectUri {
    type Error = RedirectUriError;
    fn try_from(stored: Registered) -> Result<Self, RedirectUriError> {
        Self::register(&stored.uri, stored.application_type)
    }
}

/// A URI of a request, proven to match a registered one. Only there may an answer be sent.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct RequestedUri(String);

/// Why a redirect URI may not be registered. The texts are fit for `error_description`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RedirectUriError {
    /// Empty, or more than 2000 bytes.
    #[error("a redirect URI has 1 to 2000 characters")]
    Length,
    /// A character that URIs may not hold, or that software reads in different ways.
    #[error("a redirect URI holds printable ASCII only, without spaces, quotes, backslashes, or encoded ones of these")]
    Character,
    /// A `*`: nothing here matches by pattern.
    #[error("a redirect URI holds no *; register each URI")]
    Wildcard,
    /// A `#`.
    #[error("a redirect URI has no fragment")]
    Fragment,
    /// A name or password before the host.
    #[error("a redirect URI has no user name or password")]
    UserInfo,
    /// Not absolute, or not a URI.
    #[error("a redirect URI is absolute, such as https://site.example/callback")]
    NotAbsolute,
    /// Written otherwise than a browser would write it.
    #[error("write the redirect URI as a browser does: lower-case host, no default port, no dot segments")]
    NotCanonical,
    /// Neither https, nor http to this machine, nor a native client's own scheme.
    #[error("use https; http only for localhost, 127.0.0.1 or [::1]; native clients may use a scheme with a dot")]
    Scheme,
}

impl RedirectUri {
    /// Checks a URI that is to be registered.
    ///
    /// Allowed are `https`; `http` to `localhost`, `127.0.0.1` and `[::1]` for every client, because
    /// that is where sites are developed and tested and where nobody else can listen; and for
    /// native clients a private-use scheme with a dot in it (RFC 8252 §7.1).
    ///
    /// # Errors
    /// See [`RedirectUriError`].
    pub fn register(uri: &str, application_type: ApplicationType) -> Result<Self, RedirectUriError> {
        check_characters(uri)?;
        let parsed = Url::parse(uri).map_err(|_| RedirectUriError::NotAbsolute)?;
        if !parsed.username().is_empty() || parsed.password().is_some() {
            return Err(RedirectUriError::UserInfo);
        }
        if parsed.cannot_be_a_base() {
            return Err(RedirectUriError::NotAbsolute);
        }
        check_scheme(&parsed, application_type)?;
        let bare = parsed.as_str().strip_suffix('/');
        if parsed.as_str() != uri && bare != Some(uri) || parsed.domain().is_some_and(|host| host.ends_with('.')) {
            return Err(RedirectUriError::NotCanonical);
        }
        Ok(Self { uri: uri.to_owned(), application_type })
    }

    /// The URI as it was registered.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.uri
    }

    /// Whether an answer may be sent to `requested`: the same string; for a native client on a
    /// loopback address also with another port (RFC 8252 §7.3).
    #[must_use]
    pub fn matches(&self, requested: &str) -> bool {
        requested == self.uri || self.is_on_another_port(requested)
    }

    /// The proof that `requested` matches, when it does.
    #[must_use]
    pub fn prove(&self, requested: &str) -> Option<RequestedUri> {
        self.matches(requested).then(|| RequestedUri(requested.to_owned()))
    }

    /// The URI itself, for a request that names none because only one is registered.
    #[must_use]
    pub fn itself(&self) -> RequestedUri {
        RequestedUri(self.uri.clone())
    }

    /// Scheme, host and port, for `form-action`; see [`RequestedUri::origin`].
    #[must_use]
    pub fn origin(&self) -> String {
        origin(&self.uri).to_owned()
    }

    /// `localhost` is left out: it is a name, and may be made to mean another machine.
    fn is_on_another_port(&self, requested: &str) -> bool {
        let loopback = ["http://127.0.0.1", "http://[::1]"];
        self.application_type == ApplicationType::Native
            && loopback.iter().any(|host| {
                let (Some(registered), Some(requested)) = (self.uri.strip_prefix(host), requested.strip_prefix(host))
                else {
                    return false;
                };
                matches!((after_port(registered), after_port(requested)), (Some(one), Some(other)) if one == other)
            })
    }
}

/// What follows an optional port, itself empty or the start of a path or query; `None` when the
/// host goes on in any other way, as in `http://127.0.0.1:1@evil.example/`.
fn after_port(after_host: &str) -> Option<&str> {
    let rest = match after_host.strip_prefix(':') {
        Some(after_colon) => {
            let end = after_colon.find(|c: char| !c.is_ascii_digit()).unwrap_or(after_colon.len());
            let (port, rest) = after_colon.split_at_checked(end)?;
            let is_port = !port.starts_with('0') && port.parse::<u16>().is_ok();
            is_port.then_some(rest)?
        }
        None => after_host,
    };
    (rest.is_empty() || rest.starts_with(['/', '?'])).then_some(rest)
}

fn check_characters(uri: &str) -> Result<(), RedirectUriError> {
    if uri.is_empty() || uri.len() > MOST_BYTES {
        return Err(RedirectUriError::Length);
    }
    if uri.contains('*') {
        return Err(RedirectUriError::Wildcard);
    }
    if uri.contains('#') {
        return Err(RedirectUriError::Fragment);
    }
    let deceives = |byte: u8| !byte.is_ascii_graphic() || b"\"<>\\^`{|}".contains(&byte);
    if uri.bytes().any(deceives) || !escapes_are_harmless(uri) {
        return Err(RedirectUriError::Character);
    }
    Ok(())
}

/// Whether each `%` begins an escape, and none stands for a control character, a `*` or a
/// backslash: software that decodes once more than we do would see them.
fn escapes_are_harmless(uri: &str) -> bool {
    uri.split('%').skip(1).all(|after| {
        let byte = after.get(..2).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let byte = byte.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        byte.is_some_and(|byte| !byte.is_ascii_control() && !b"*\\".contains(&byte))
    })
}

fn check_scheme(uri: &Url, application_type: ApplicationType) -> Result<(), RedirectUriError> {
    let allowed = match uri.scheme() {
        "https" => uri.has_host(),
        "http" => is_this_machine(uri),
        own => application_type == ApplicationType::Native && own.contains('.'),
    };
    allowed.then_some(()).ok_or(RedirectUriError::Scheme)
}

/// Whether the host is `localhost`, `127.0.0.1` or `[::1]`.
pub(in crate::protocol::oauth) fn is_this_machine(uri: &Url) -> bool {
    match uri.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address == Ipv4Addr::LOCALHOST,
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The text before the path and the query. Only for URIs that were checked.
fn origin(uri: &str) -> &str {
    let (scheme, rest) = uri.split_once(':').unwrap_or((uri, ""));
    let length = match rest.strip_prefix("//") {
        Some(authority) if matches!(scheme, "http" | "https") => {
            scheme.len() + "://".len() + authority.find(['/', '?']).unwrap_or(authority.len())
        }
        _ => scheme.len() + ":".len(),
    };
    uri.get(..length).unwrap_or(uri)
}

impl RequestedUri {
    /// The URI as the client wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The URI with `pairs` added to its query. What is in the query already stays (RFC 6749 §3.1.2).
    #[must_use]
    pub fn with_query<P, N, V>(&self, pairs: P) -> String
    where
        P: IntoIterator<Item: Borrow<(N, V)>>,
        N: AsRef<str>,
        V: AsRef<str>,
    {
        let added = encode(pairs);
        let joint = match self.0.split_once('?') {
            _ if added.is_empty() => "",
            None => "?",
            Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
            Some(_) => "&",
        };
        format!("{}{joint}{added}", self.0)
    }

    /// The URI with `pairs` as its fragment.
    #[must_use]
    pub fn with_fragment<P, N, V>(&self, pairs: P) -> String
    where
        P: IntoIterator<Item: Borrow<(N, V)>>,
        N: AsRef<str>,
        V: AsRef<str>,
    {
        format!("{}#{}", self.0, encode(pairs))
    }

    /// Scheme, host and port as a source for the `form-action` of a Content-Security-Policy; for a
    /// private-use scheme the scheme and its colon.
    #[must_use]
    pub fn origin(&self) -> String {
        origin(&self.0).to_owned()
    }
}

/// Form encoding (RFC 6749 appendix B).
fn encode<P, N, V>(pairs: P) -> String
where
    P: IntoIterator<Item: Borrow<(N, V)>>,
    N: AsRef<str>,
    V: AsRef<str>,
{
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

#[cfg(test)]
mod tests;
