//! The reference of a request: short enough to be read out over the telephone.

use std::fmt;

use axum::http::HeaderValue;

use crate::kernel::Entropy;

/// Crockford's alphabet in upper case: no letter looks or sounds like a digit.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A reference such as `7K3F-Q9TD`, 40 random bits.
///
/// It is on the error page, in the header `x-request-id`, in every log line of the request and
/// in its audit entries. It is no secret. What a client sends under that name is not looked at.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Reference([u8; 9]);

impl Reference {
    /// A fresh reference.
    #[must_use]
    pub fn new(entropy: &Entropy) -> Self {
        let [a, b, c, d, e] = entropy.bytes::<5>();
        let mut rest = u64::from_be_bytes([0, 0, 0, a, b, c, d, e]);
        let mut text = *b"0000-0000";
        for place in text.iter_mut().rev().filter(|place| **place != b'-') {
            let digit = usize::try_from(rest & 31).unwrap_or_default();
            *place = ALPHABET.get(digit).copied().unwrap_or(b'0');
            rest >>= 5;
        }
        Self(text)
    }

    /// The nine characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The value of `x-request-id`.
    #[must_use]
    pub fn header(&self) -> HeaderValue {
        HeaderValue::from_bytes(&self.0).unwrap_or(HeaderValue::from_static("0000-0000"))
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_can_be_read_out() {
        let entropy = Entropy::seeded(1);
        let (one, two) = (Reference::new(&entropy), Reference::new(&entropy));
        assert_ne!(one, two);
        for reference in [one, two] {
            let text = reference.to_string();
            assert_eq!((text.len(), text.find('-')), (9, Some(4)), "{text}");
            assert!(text.bytes().all(|byte| byte == b'-' || ALPHABET.contains(&byte)), "{text}");
            assert_eq!(reference.header(), text.as_str());
        }
    }
}
