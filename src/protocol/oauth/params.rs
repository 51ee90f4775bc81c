//! A parameter list that refuses duplicates (RFC 6749 §3.1).

use std::fmt;

use super::error::printable;

/// More fields than any honest request has; a list this short may be searched from its start.
const MOST_FIELDS: usize = 100;

/// The one parameter that may be sent several times (RFC 8707 §2).
const REPEATABLE: &str = "resource";

/// The parameters of one request, in the order in which they came, each name once.
///
/// A parameter without a value counts as not sent. `Debug` shows names only: values are codes,
/// secrets and addresses.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Params(Vec<(String, String)>);

/// Why a parameter list is refused. The texts are fit for `error_description`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParamsError {
    /// The named parameter was sent more than once.
    Repeated(String),
    /// There are more than 100 fields.
    TooMany,
    /// A name or a value is not UTF-8.
    NotText,
    /// A name or a value holds a NUL character, which databases refuse to store.
    Nul,
}

impl Params {
    /// Reads `application/x-www-form-urlencoded` bytes: a query without its `?`, or a body.
    ///
    /// # Errors
    /// See [`ParamsError`]. An empty input is an empty list.
    pub fn parse(encoded: &[u8]) -> Result<Self, ParamsError> {
        let fields = encoded.split(|byte| *byte == b'&').filter(|field| !field.is_empty());
        let mut params = Self::default();
        for (index, field) in fields.enumerate() {
            if index == MOST_FIELDS {
                return Err(ParamsError::TooMany);
            }
            let mut halves = field.splitn(2, |byte| *byte == b'=');
            let name = decode(halves.next().unwrap_or_default())?;
            let value = decode(halves.next().unwrap_or_default())?;
            params.add(name, value)?;
        }
        Ok(params.without_empty())
    }

    /// A list from names and values that are already decoded, under the same rules.
    ///
    /// # Errors
    /// See [`ParamsError`].
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Result<Self, ParamsError> {
        let mut params = Self::default();
        for (index, (name, value)) in pairs.into_iter().enumerate() {
            if index == MOST_FIELDS {
                return Err(ParamsError::TooMany);
            }
            params.add(name, value)?;
        }
        Ok(params.without_empty())
    }

    /// The value of `name`; of `resource`, the first.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Every value of `name`. Only `resource` can have more than one.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.iter().filter(move |(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Names and values in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether nothing was sent.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn add(&mut self, name: String, value: String) -> Result<(), ParamsError> {
        if name.contains('\0') || value.contains('\0') {
            return Err(ParamsError::Nul);
        }
        if name != REPEATABLE && self.0.iter().any(|(known, _)| *known == name) {
            return Err(ParamsError::Repeated(name));
        }
        self.0.push((name, value));
        Ok(())
    }

    /// Empty values go last, so that `scope=&scope=admin` is a repetition: another reader of the
    /// same request may have taken the other one.
    fn without_empty(mut self) -> Self {
        self.0.retain(|(_, value)| !value.is_empty());
        self
    }
}

impl fmt::Debug for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Params")?;
        f.debug_list().entries(self.iter().map(|(name, _)| name)).finish()
    }
}

impl fmt::Display for ParamsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Repeated(name) => {
                let name: String = printable(name).chars().take(40).collect();
                write!(f, "the parameter {name} is sent more than once")
            }
            Self::TooMany => write!(f, "there are more than {MOST_FIELDS} parameters"),
            Self::NotText => f.write_str("a parameter is not UTF-8 text"),
            Self::Nul => f.write_str("a parameter holds a NUL character"),
        }
    }
}

impl std::error::Error for ParamsError {}

/// Undoes form encoding. A `%` without two hexadecimal digits stands for itself (WHATWG URL §5.1),
/// but bytes that are not UTF-8 are refused rather than replaced: a replaced value is another one.
pub(super) fn decode(encoded: &[u8]) -> Result<String, ParamsError> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded;
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        bytes.push(match (first, tail) {
            (b'+', _) => b' ',
            (b'%', [high, low, after @ ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    rest = after;
                    high << 4 | low
                }
                _ => b'%',
            },
            _ => *first,
        });
    }
    String::from_utf8(bytes).map_err(|_| ParamsError::NotText)
}

/// The value of one hexadecimal digit.
const fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn form_encoding_is_undone() {
        let params = Params::parse(b"&state=a%2Bb+c%3d&&name=Zo%C3%AB&odd=100%&flag&scope=").unwrap();
        assert_eq!(
            params.iter().collect::<Vec<_>>(),
            [("state", "a+b c="), ("name", "Zoë"), ("odd", "100%")],
            "a parameter without a value is as good as not sent"
        );
        assert_eq!((params.get("scope"), params.get("flag")), (None, None));
        assert!(Params::parse(b"").unwrap().is_empty());
    }

    #[test]
    fn a_parameter_is_sent_once_except_resource() {
        for twice in ["scope=a&scope=b", "scope=a&scope=a", "scope=&scope=b", "scope=a&sc%6fpe=b"] {
            assert_eq!(Params::parse(twice.as_bytes()), Err(ParamsError::Repeated("scope".into())), "{twice}");
        }
        let params = Params::parse(b"resource=https://a&resource=https://b").unwrap();
        assert_eq!(params.all("resource").collect::<Vec<_>>(), ["https://a", "https://b"]);
        let pairs = [("a", "1"), ("a", "2")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert!(Params::from_pairs(pairs).is_err());
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert_eq!(Params::parse(b"a=%ff"), Err(ParamsError::NotText));
        assert_eq!(Params::parse(b"a=\xff"), Err(ParamsError::NotText));
        assert_eq!(Params::parse(b"a=%00"), Err(ParamsError::Nul));
        assert_eq!(Params::parse(b"a%00=b"), Err(ParamsError::Nul));
        let many = |n: usize| (0..n).map(|n| format!("p{n}=1")).collect::<Vec<_>>().join("&");
        assert!(Params::parse(many(100).as_bytes()).is_ok());
        assert_eq!(Params::parse(many(101).as_bytes()), Err(ParamsError::TooMany));
    }

    #[test]
    fn values_are_not_shown() {
        let params = Params::parse(b"client_secret=hush").unwrap();
        assert_eq!(format!("{params:?}"), r#"Params["client_secret"]"#);
        let error = ParamsError::Repeated("é\"\n".repeat(99));
        assert!(error.to_string().bytes().all(|byte| (b' '..=b'~').contains(&byte) && byte != b'"'));
    }
}
