//! Packing: what travels sealed through browsers, often several times on one page, is made small first.
//!
//! Not the `zip` of a JWE: [`SealingKey`](super::SealingKey) inflates nothing, whatever a header says.

use josekit::jwe::zip::DEF;

use super::JoseError;

/// More than anything that we pack.
const MOST_BYTES: usize = 16 * 1024;

/// Makes `text` smaller (DEFLATE, RFC 1951).
///
/// # Errors
/// [`JoseError::TooLong`] when it is longer than 16 KiB.
pub fn pack(text: &[u8]) -> Result<Vec<u8>, JoseError> {
    match text.len() {
        ..=MOST_BYTES => DEF.compress(text).map_err(|_| JoseError::Malformed),
        _ => Err(JoseError::TooLong),
    }
}

/// Undoes [`pack`]. Only for what a seal has just proven to be ours: nothing longer than 16 KiB was
/// ever packed, but a few bytes of somebody else's could become gigabytes.
///
/// # Errors
/// [`JoseError::Malformed`] when it was not packed.
pub fn unpack(packed: &[u8]) -> Result<Vec<u8>, JoseError> {
    DEF.decompress(packed).map_err(|_| JoseError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_smaller_and_comes_back() {
        let text = br#"["response_type","code"],["redirect_uri","https://a.example/cb"],["home","https://a.example/"]"#;
        let packed = pack(text).unwrap();
        assert!(packed.len() < text.len(), "{} of {}", packed.len(), text.len());
        assert_eq!(unpack(&packed).unwrap(), text);
        assert_eq!(unpack(&pack(b"").unwrap()).unwrap(), b"");
    }

    #[test]
    fn what_is_too_long_or_was_not_packed_is_refused() {
        assert_eq!(pack(&[0; 16 * 1024 + 1]), Err(JoseError::TooLong));
        assert_eq!(unpack(b"{\"site\":1}"), Err(JoseError::Malformed));
    }
}
