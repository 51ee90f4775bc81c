//! Values that only their bearer may know.

use std::{fmt, marker::PhantomData, str::FromStr};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use subtle::ConstantTimeEq;
use uuid::Uuid;
use zeroize::{Zeroize, Zeroizing};

use super::{Digest, Entropy, Timestamp, id};

/// A value that is never printed, logged or serialized, and is wiped when dropped.
#[derive(Clone)]
pub struct Secret<T: Zeroize>(Zeroizing<T>);

impl<T: Zeroize> Secret<T> {
    /// Wraps `value`.
    pub fn new(value: T) -> Self {
        Self(Zeroizing::new(value))
    }

    /// The value itself. The name makes each use easy to find in a review.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl Secret<String> {
    /// Whether `other` is the same text, in a time that does not depend on where they differ.
    #[must_use]
    pub fn matches(&self, other: &str) -> bool {
        self.0.as_bytes().ct_eq(other.as_bytes()).into()
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl<'de, T: Zeroize + serde::Deserialize<'de>> serde::Deserialize<'de> for Secret<T> {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        T::deserialize(from).map(Self::new)
    }
}

/// An opaque bearer token: the id of its row, so that the row is found by its primary key, and
/// 256 random bits, of which the row holds only the digest.
///
/// `K` says what it is good for, so that a cookie is never looked up as a code. The text form
/// is 64 characters of the URL-safe base 64 alphabet.
pub struct Token<K> {
    id: Uuid,
    secret: Zeroizing<[u8; 32]>,
    kind: PhantomData<fn() -> K>,
}

/// The text has not the form of a token; it was made up, or cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a well-formed token")]
pub struct NotAToken;

impl<K> Token<K> {
    /// A fresh token for a row made now.
    #[must_use]
    pub fn new(now: Timestamp, entropy: &Entropy) -> Self {
        Self::from_parts(id::uuid(now, entropy), entropy.bytes())
    }

    /// The token whose secret is known or derived.
    #[must_use]
    pub fn from_parts(id: Uuid, secret: [u8; 32]) -> Self {
        Self { id, secret: Zeroizing::new(secret), kind: PhantomData }
    }

    /// The id of the row it belongs to.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        self.id
    }

    /// What the row holds of it.
    #[must_use]
    pub fn digest(&self) -> Digest<K> {
        Digest::of_bytes(self.secret.as_slice())
    }

    /// The text given to the bearer.
    #[must_use]
    pub fn reveal(&self) -> String {
        let mut bytes = Zeroizing::new([0_u8; 48]);
        let (head, tail) = bytes.split_at_mut(16);
        head.copy_from_slice(self.id.as_bytes());
        tail.copy_from_slice(self.secret.as_slice());
        BASE64_URL_SAFE_NO_PAD.encode(bytes.as_slice())
    }
}

impl<K> FromStr for Token<K> {
    type Err = NotAToken;
    fn from_str(text: &str) -> Result<Self, NotAToken> {
        if text.len() != 64 {
            return Err(NotAToken);
        }
        let bytes = Zeroizing::new(BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| NotAToken)?);
        let (id, secret) = bytes.split_at_checked(16).ok_or(NotAToken)?;
        let id = Uuid::from_slice(id).map_err(|_| NotAToken)?;
        Ok(Self::from_parts(id, secret.try_into().map_err(|_| NotAToken)?))
    }
}

impl<K> fmt::Debug for Token<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Cookie;

    #[test]
    fn a_token_survives_its_text_form() {
        let token = Token::<Cookie>::new(Timestamp::from_seconds(1), &Entropy::seeded(1));
        let text = token.reveal();
        assert_eq!(text.len(), 64);
        let read: Token<Cookie> = text.parse().unwrap();
        assert_eq!((read.id(), read.digest()), (token.id(), token.digest()));
    }

    #[test]
    fn made_up_text_is_no_token() {
        for text in ["", "abc", &"é".repeat(32), &"a".repeat(63), &"=".repeat(64)] {
            assert!(text.parse::<Token<Cookie>>().is_err(), "{text}");
        }
    }

    #[test]
    fn secrets_are_not_printed() {
        let token = Token::<Cookie>::new(Timestamp::from_seconds(1), &Entropy::seeded(1));
        assert_eq!(format!("{:?} {:?}", Secret::new("pw".to_owned()), token), "Secret Token");
    }
}
