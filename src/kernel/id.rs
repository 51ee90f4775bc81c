//! Identifiers: a UUIDv7 inside, `acct_01h2xcejqtf2nbrexx3vqjhp41` outside.
//!
//! The text form is the TypeID form: the kind, an underscore, and the 128 bits in Crockford's
//! base 32, lower case. An id of one kind is never taken for another: it does not parse.

use std::fmt;

use uuid::Uuid;

use super::{Entropy, Timestamp};

/// Crockford's alphabet: no `i`, `l`, `o`, `u`.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The text is not an id of the wanted kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a well-formed id of this kind")]
pub struct NotAnId;

/// Writes 128 bits as 26 characters.
fn encode(id: Uuid) -> String {
    let mut rest = id.as_u128();
    let mut text = [b'0'; 26];
    for place in text.iter_mut().rev() {
        let digit = usize::try_from(rest & 31).unwrap_or_default();
        *place = ALPHABET.get(digit).copied().unwrap_or(b'0');
        rest >>= 5;
    }
    text.iter().map(|byte| char::from(*byte)).collect()
}

/// Reads 26 characters; `None` for any other text, upper case included.
fn decode(text: &str) -> Option<Uuid> {
    if text.len() != 26 || !text.starts_with(|first| ('0'..='7').contains(&first)) {
        return None;
    }
    let mut value = 0_u128;
    for byte in text.bytes() {
        let digit = ALPHABET.iter().position(|letter| *letter == byte)?;
        value = (value << 5) | u128::try_from(digit).ok()?;
    }
    Some(Uuid::from_u128(value))
}

/// A new UUIDv7: time-ordered, so that inserts fill the last page of an index.
#[must_use]
pub fn uuid(now: Timestamp, entropy: &Entropy) -> Uuid {
    let millis = u64::try_from(now.millis()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(millis, &entropy.bytes::<10>()).into_uuid()
}

/// Declares an id type: `id!(AccountId, "acct", "what it names")`.
macro_rules! id {
    ($name:ident, $prefix:literal, $doc:literal) => {
        #[doc = $doc]
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, sqlx::Type)]
        #[sqlx(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id, made from the time and chance of the unit of work.
            #[must_use]
            pub fn new(now: Timestamp, entropy: &Entropy) -> Self {
                Self(uuid(now, entropy))
            }

            /// The id inside a token that was read from the wire.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// When it was made, to the millisecond: its first 48 bits (RFC 9562 §5.7).
            #[must_use]
            pub fn made_at(self) -> Timestamp {
                Timestamp::from_millis(i64::try_from(self.0.as_u128() >> 80).unwrap_or_default())
            }

            /// The bare 128 bits.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let rest = text.strip_prefix(concat!($prefix, "_")).ok_or(NotAnId)?;
                decode(rest).map(Self).ok_or(NotAnId)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

id!(AccountId, "acct", "A person's account.");
id!(SessionId, "sess", "A browser in which a person is signed in.");
id!(OrganizationId, "org", "An organization of contractors, bidders, consultants or applicants.");
id!(MembershipId, "mem", "A person's place in an organization.");
id!(SiteId, "site", "An agency's web site.");
id!(ApprovalId, "appr", "An agency's word on an organization at one of its sites.");
id!(GrantId, "grant", "What one authorization gave to one client.");
id!(PushedRequestId, "par", "An authorization request that a client pushed.");
id!(FamilyId, "fam", "The refresh tokens that descend from one grant.");
id!(JobId, "job", "Work that is owed after a commit.");
id!(AuditId, "audit", "An entry of the audit trail.");
id!(SigningKeyId, "key", "A signing key.");
id!(DeliveryId, "dlv", "A logout token that a site has to receive.");
id!(MailId, "mail", "A mail to one person.");
id!(CodeId, "code", "A code that was mailed to an address, to prove it.");
id!(DraftId, "draft", "A sign-up that is under way.");
id!(InvitationId, "inv", "An invitation of an organization to one address.");
id!(JoinRequestId, "join", "A person's request to join an organization.");
id!(HandOverId, "hand", "A founder's offer of the founder role to an administrator.");
id!(LinkId, "link", "A link that was mailed to a person.");
id!(TxnId, "txn", "One cause for which sites are told something.");
id!(WordId, "word", "One word of an agency on an organization.");
id!(AttemptId, "try", "One request to a site.");
id!(DriftId, "drift", "Something that a site had changed by itself.");
id!(AlarmId, "alarm", "A trouble of a site that people were written about.");
id!(FormId, "form", "One showing of a form, which counts once.");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_its_text_form() {
        let id = AccountId::new(Timestamp::from_millis(1_755_772_800_000), &Entropy::seeded(7));
        let text = id.to_string();
        assert!(text.starts_with("acct_0"), "{text}");
        assert_eq!(text.len(), 5 + 26);
        assert_eq!(text.parse(), Ok(id));
        assert_eq!(id.made_at(), Timestamp::from_millis(1_755_772_800_000));
    }

    #[test]
    fn an_id_of_another_kind_does_not_parse() {
        let id = AccountId::new(Timestamp::from_millis(1), &Entropy::seeded(7)).to_string();
        assert_eq!(id.parse::<SiteId>(), Err(NotAnId));
        assert_eq!(id.to_uppercase().parse::<AccountId>(), Err(NotAnId));
        assert_eq!("acct_".parse::<AccountId>(), Err(NotAnId));
        assert_eq!("acct_zzzzzzzzzzzzzzzzzzzzzzzzzz".parse::<AccountId>(), Err(NotAnId));
    }
}
