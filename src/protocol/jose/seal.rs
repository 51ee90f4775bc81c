//! Sealing: what we keep outside our own memory and nobody else may read or alter.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use josekit::jwe::{Dir, JweContext, JweHeader};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::JoseError;

/// More than anything that we seal; looked at before anything is parsed.
const MOST_BYTES: usize = 16 * 1024;

/// The 32 bytes from which every key for sealing and for deriving is made. Wiped when dropped.
///
/// A purpose is a short name such as `signing key`. What was sealed for one purpose does not open
/// for another, and no derived value is ever a sealing key.
#[derive(Clone)]
pub struct SealingKey(Zeroizing<[u8; 32]>);

impl SealingKey {
    /// The key of these bytes, which come from the operating system's entropy.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Seals `plaintext` as a compact JWE (`dir`, `A256GCM`). Sealing twice gives two texts.
    ///
    /// The nonce is OpenSSL's: it must never repeat under one key, not even with seeded entropy.
    ///
    /// # Errors
    /// [`JoseError::TooLong`] when the text would be longer than 16 KiB, [`JoseError::Sealed`] when
    /// OpenSSL fails.
    pub fn seal(&self, purpose: &'static str, plaintext: &[u8]) -> Result<String, JoseError> {
        let key = self.sealing_key(purpose);
        let encrypter = Dir.encrypter_from_bytes(key.as_slice()).map_err(|_| JoseError::Sealed)?;
        let mut header = JweHeader::new();
        header.set_content_encryption("A256GCM");
        let text = context().serialize_compact(plaintext, &header, &encrypter).map_err(|_| JoseError::Sealed)?;
        if text.len() > MOST_BYTES { Err(JoseError::TooLong) } else { Ok(text) }
    }

    /// Opens what [`seal`](Self::seal) sealed for the same purpose.
    ///
    /// # Errors
    /// [`JoseError::TooLong`]; [`JoseError::Sealed`] for everything else, without saying what.
    pub fn open(&self, purpose: &'static str, sealed: &str) -> Result<Zeroizing<Vec<u8>>, JoseError> {
        if sealed.len() > MOST_BYTES {
            return Err(JoseError::TooLong);
        }
        // OpenSSL accepts a tag that was cut, and then one guess in 256 opens: 12 bytes of nonce
        // and 16 of tag, or nothing.
        let parts: Vec<_> = sealed.split('.').collect();
        let [_, "", nonce, _, tag] = parts.as_slice() else { return Err(JoseError::Sealed) };
        if nonce.len() != 16 || tag.len() != 22 {
            return Err(JoseError::Sealed);
        }
        let key = self.sealing_key(purpose);
        let decrypter = Dir.decrypter_from_bytes(key.as_slice()).map_err(|_| JoseError::Sealed)?;
        let ours = |header: &JweHeader| {
            let members = header.claims_set();
            members.len() == 2
                && members.get("alg").is_some_and(|alg| alg == "dir")
                && members.get("enc").is_some_and(|enc| enc == "A256GCM")
        };
        let opened =
            context().deserialize_compact_with_selector(sealed, |header| Ok(ours(header).then_some(&*decrypter)));
        opened.map(|(plaintext, _)| Zeroizing::new(plaintext)).map_err(|_| JoseError::Sealed)
    }

    /// 32 bytes that only the holder of the key can compute from `data`: an HMAC-SHA256.
    #[must_use]
    pub fn derive(&self, purpose: &'static str, data: &[u8]) -> [u8; 32] {
        self.mac("derive", purpose, data)
    }

    fn sealing_key(&self, purpose: &'static str) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.mac("seal", purpose, b""))
    }

    /// Use and purpose end in a NUL, which neither of them holds, so that no two inputs run together.
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
    fn mac(&self, usage: &str, purpose: &str, data: &[u8]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.as_slice()).expect("HMAC takes keys of every length");
        for part in [usage.as_bytes(), b"\0", purpose.as_bytes(), b"\0", data] {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

/// A context that cannot inflate: a small text could become gigabytes.
fn context() -> JweContext {
    let mut context = JweContext::new();
    context.remove_compression("DEF");
    context
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

    fn key(byte: u8) -> SealingKey {
        SealingKey::new([byte; 32])
    }

    #[test]
    fn what_is_sealed_opens_for_its_purpose_only() {
        let sealed = key(1).seal("signing key", b"secret").unwrap();
        assert_eq!(key(1).open("signing key", &sealed).unwrap().as_slice(), b"secret");
        assert_eq!(key(1).open("cookie", &sealed), Err(JoseError::Sealed));
        assert_eq!(key(2).open("signing key", &sealed), Err(JoseError::Sealed));
        assert_ne!(sealed, key(1).seal("signing key", b"secret").unwrap());
        assert_eq!(key(1).open("empty", &key(1).seal("empty", b"").unwrap()).unwrap().as_slice(), b"");
        assert_eq!(format!("{:?}", key(1)), "SealingKey");
    }

    #[test]
    fn altered_texts_do_not_open() {
        let sealed = key(1).seal("p", b"a secret of some length").unwrap();
        for at in 0..sealed.len() {
            let mut altered = sealed.clone().into_bytes();
            altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(altered).unwrap();
            assert!(key(1).open("p", &altered).is_err(), "{at}");
        }
        for text in ["", "....", "a.b.c", &format!("{sealed}."), &sealed.replace('.', ".."), &"A".repeat(17_000)] {
            assert!(key(1).open("p", text).is_err(), "{text}");
        }
        assert_eq!(key(1).seal("p", &[0; 16 * 1024]), Err(JoseError::TooLong));
    }

    /// One of the 256 tags of one byte is right; none may open.
    #[test]
    fn a_short_tag_does_not_open() {
        let sealed = key(1).seal("p", b"secret").unwrap();
        let (body, _) = sealed.rsplit_once('.').unwrap();
        for byte in 0..=255_u8 {
            let tag = BASE64_URL_SAFE_NO_PAD.encode([byte]);
            assert_eq!(key(1).open("p", &format!("{body}.{tag}")), Err(JoseError::Sealed));
        }
    }

    #[test]
    fn compression_and_other_ciphers_are_not_known() {
        let key = key(1);
        let secret = key.sealing_key("p");
        for (enc, zip) in [("A256GCM", Some("DEF")), ("A128CBC-HS256", None)] {
            let mut header = JweHeader::new();
            header.set_content_encryption(enc);
            zip.into_iter().for_each(|zip| header.set_compression(zip));
            let encrypter = Dir.encrypter_from_bytes(secret.as_slice()).unwrap();
            let foreign = JweContext::new().serialize_compact(&[0; 9999], &header, &encrypter).unwrap();
            assert_eq!(key.open("p", &foreign), Err(JoseError::Sealed), "{enc}");
        }
    }

    #[test]
    fn derived_values_depend_on_everything() {
        let base = key(1).derive("p", b"d");
        assert_eq!(base, key(1).derive("p", b"d"));
        for other in
            [key(2).derive("p", b"d"), key(1).derive("q", b"d"), key(1).derive("p", b"e"), *key(1).sealing_key("p")]
        {
            assert_ne!(base, other);
        }
    }
}
