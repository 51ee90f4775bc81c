//! Codes that are mailed to an address: whoever types one back reads the mail there.
//!
//! A code belongs to one purpose, one holder (a sign-up or an account) and one address. Only the
//! newest one counts, for ten minutes, for five tries, once. What a proven code permits is written
//! by its slice in the same unit that [redeems](Proof::redeem) it.

mod service;
mod store;
mod typed;

pub(super) use service::forget_expired;
pub use service::{CheckError, LIFE, Proof, SendError, check, pending, send, void};

use crate::kernel::EmailAddress;

/// What a code is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To go on with a sign-up. The holder is the draft.
    SignUp,
    /// To change the address of an account. The holder is the account.
    EmailChange,
    /// To prove the address that an account has. The holder is the account.
    EmailProof,
}

impl Purpose {
    /// As the column has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignUp => "sign_up",
            Self::EmailChange => "email_change",
            Self::EmailProof => "email_proof",
        }
    }
}

/// Which code is meant: what for, whose, to which address.
#[derive(Debug, Clone, Copy)]
pub struct Proving<'a> {
    /// What for.
    pub purpose: Purpose,
    /// Whose: the text form of the draft's or the account's id.
    pub holder: &'a str,
    /// Where it was mailed to.
    pub address: &'a EmailAddress,
}
