//! The hash that ties an entry to the one before it (pure).

use sha2::{Digest, Sha256};

use crate::kernel::Timestamp;

/// What an entry's hash covers.
pub(super) struct Link<'a> {
    pub(super) former: &'a str,
    pub(super) chain: i64,
    pub(super) seq: i64,
    pub(super) at: Timestamp,
    pub(super) actor: &'a str,
    pub(super) fact: &'a str,
    pub(super) subject: &'a str,
    pub(super) detail: &'a str,
}

/// SHA-256 over the former hash and every field, each with its length, in hexadecimal.
pub(super) fn hash(link: &Link<'_>) -> String {
    let mut hasher = Sha256::new();
    let numbers = [link.chain, link.seq, link.at.millis()].map(|number| number.to_string());
    let [chain, seq, at] = numbers.each_ref().map(String::as_str);
    for field in [link.former, chain, seq, at, link.actor, link.fact, link.subject, link.detail] {
        // The length keeps "ab" + "c" apart from "a" + "bc".
        hasher.update(field.len().to_be_bytes());
        hasher.update(field.as_bytes());
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
