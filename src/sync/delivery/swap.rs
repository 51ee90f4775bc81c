//! Two people who exchange their addresses, at a site where an address is there once (pure).

use crate::sync::copy::Copy;

/// An address that nobody has (RFC 2606 §2).
pub(super) fn placeholder(external_id: &str) -> String {
    format!("pending+{external_id}@invalid")
}

/// Whether `other`, as the site was told, holds the address that `wanted` is to get.
pub(super) fn holds_the_address_of(wanted: &Copy, other: &Copy) -> bool {
    match (wanted, other) {
        (Copy::User(wanted), Copy::User(other)) => {
            wanted.external_id != other.external_id && wanted.email.eq_ignore_ascii_case(&other.email)
        }
        _ => false,
    }
}
