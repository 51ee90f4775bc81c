//! What a filter says that the database can look up (pure).
//!
//! The whole filter is held against every resource that is returned; this only says which resources
//! need not be looked at. So a mistake here could hide something, and never show anything.

use crate::kernel::{OrganizationId, Timestamp};
use crate::protocol::scim::{Comparison, Filter, Operand, Operator, Place};

/// Which resources a filter can match.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Narrow {
    /// Any.
    #[default]
    All,
    /// None: it asks for something that nothing can be.
    Nothing,
    /// The one of this id.
    Id(String),
    /// The one of this user ID.
    Username(String),
    /// Those of an organization, and those that changed since a moment.
    Within {
        /// People of this organization.
        organization: Option<OrganizationId>,
        /// Changed at this moment or later.
        since: Option<Timestamp>,
    },
}

impl Narrow {
    /// What `filter` says.
    pub(super) fn of(filter: Option<&Filter>) -> Self {
        let (mut organization, mut since) = (None, None);
        for conjunct in filter.map(Filter::conjuncts).unwrap_or_default() {
            let Filter::Compare(place, Comparison { operator, operand }) = conjunct else { continue };
            match (operator, operand) {
                (Operator::Eq, Operand::Text(text)) if is_id(place) => return Self::Id(text.clone()),
                (Operator::Eq, Operand::Text(text)) if place.is(false, "userName", None) => {
                    return Self::Username(text.to_lowercase());
                }
                (Operator::Eq, Operand::Text(text)) if place.is(true, "organization", None) => match text.parse() {
                    Ok(id) => organization = Some(id),
                    Err(_) => return Self::Nothing,
                },
                (Operator::Gt | Operator::Ge, Operand::Moment(moment))
                    if place.is(false, "meta", Some("lastModified")) =>
                {
                    let millis = moment.unix_timestamp_nanos().div_euclid(1_000_000);
                    // A moment that no clock of ours can show has nothing after it, or everything.
                    since = i64::try_from(millis).ok().map(Timestamp::from_millis);
                }
                _ => {}
            }
        }
        match (organization, since) {
            (None, None) => Self::All,
            (organization, since) => Self::Within { organization, since },
        }
    }
}

fn is_id(place: &Place) -> bool {
    place.is(false, "id", None) || place.is(false, "externalId", None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::scim::USER;

    fn narrow(text: &str) -> Narrow {
        Narrow::of(Some(&Filter::parse(&USER, text).unwrap()))
    }

    #[test]
    fn what_must_be_so_narrows_the_search() {
        assert_eq!(narrow(r#"active eq true and externalId eq "s-1""#), Narrow::Id("s-1".into()));
        assert_eq!(narrow(r#"userName eq "Dana""#), Narrow::Username("dana".into()));
        let since = Some(Timestamp::from_millis(1_000));
        assert_eq!(
            narrow(r#"meta.lastModified gt "1970-01-01T00:00:01Z""#),
            Narrow::Within { organization: None, since }
        );
        assert_eq!(narrow(&format!(r#"{}:organization eq "x""#, USER.extension.id)), Narrow::Nothing);
    }

    #[test]
    fn what_need_not_be_so_does_not() {
        for text in [r#"id eq "s-1" or active eq true"#, r#"not (id eq "s-1")"#, r#"id ne "s-1""#, "active eq true"] {
            assert_eq!(narrow(text), Narrow::All, "{text}");
        }
        assert_eq!(Narrow::of(None), Narrow::All);
    }
}
