//! The only form in which a code or token is stored.

use std::{fmt, marker::PhantomData};

use sha2::{Digest as _, Sha256};
use sqlx::{Database, Decode, Encode, Type, encode::IsNull, error::BoxDynError};
use subtle::ConstantTimeEq;

/// SHA-256 of a secret with 128 bits of entropy or more (never of a password).
///
/// `K` is the kind of the secret. Equality takes the same time wherever two digests differ.
pub struct Digest<K>([u8; 32], PhantomData<fn() -> K>);

impl<K> Digest<K> {
    /// The digest of the secret's text.
    #[must_use]
    pub fn of(secret: &str) -> Self {
        Self::of_bytes(secret.as_bytes())
    }

    /// The digest of the secret's bytes.
    #[must_use]
    pub fn of_bytes(secret: &[u8]) -> Self {
        Self(Sha256::digest(secret).into(), PhantomData)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl<K> Clone for Digest<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for Digest<K> {}

impl<K> PartialEq for Digest<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl<K> Eq for Digest<K> {}

impl<K> fmt::Debug for Digest<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest")
    }
}

impl<K, DB: Database> Type<DB> for Digest<K>
where
    Vec<u8>: Type<DB>,
{
    fn type_info() -> DB::TypeInfo {
        <Vec<u8> as Type<DB>>::type_info()
    }

    fn compatible(ty: &DB::TypeInfo) -> bool {
        <Vec<u8> as Type<DB>>::compatible(ty)
    }
}

impl<'q, K, DB: Database> Encode<'q, DB> for Digest<K>
where
    Vec<u8>: Encode<'q, DB>,
{
    fn encode_by_ref(&self, buf: &mut <DB as Database>::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
        self.0.to_vec().encode(buf)
    }
}

impl<'r, K, DB: Database> Decode<'r, DB> for Digest<K>
where
    Vec<u8>: Decode<'r, DB>,
{
    fn decode(value: <DB as Database>::ValueRef<'r>) -> Result<Self, BoxDynError> {
        let bytes = Vec::<u8>::decode(value)?;
        let bytes = bytes.as_slice().try_into().map_err(|_| "a digest has 32 bytes")?;
        Ok(Self(bytes, PhantomData))
    }
}
