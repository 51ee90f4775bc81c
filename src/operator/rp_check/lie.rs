//! What the provider can get wrong on purpose: one thing at a time.

use serde_json::Value;

/// What is wrong with a sign-in.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Lie {
    /// Nothing.
    None,
    /// The answer carries another `state`.
    State,
    /// The answer comes in the name of another issuer.
    Issuer,
    /// The answer is an error.
    Refusal,
    /// The ID token is forged.
    IdToken(Forgery),
}

/// What is wrong with a token. All else in it is right.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Forgery {
    /// This claim has this value, or is absent. The signature holds.
    Claim(&'static str, Option<Value>),
    /// Its type is another. The signature holds.
    Typ(Option<&'static str>),
    /// `alg` is `none`, and nothing is signed.
    Unsigned,
    /// It is signed with a key that is published nowhere.
    UnknownKey,
    /// The signature is damaged.
    Tampered,
}
