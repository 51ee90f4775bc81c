//! How long things stand, how lists are sorted, whose address is usual (pure).

use crate::kernel::{EmailAddress, Lifetime, PersonName};

/// How long a join request waits for a decision.
pub const REQUEST_STANDS_FOR: Lifetime = Lifetime::days(30);
/// How often the administrators may be reminded of a join request.
pub const REMIND_EVERY: Lifetime = Lifetime::hours(24);
/// How long the link of an invitation works.
pub const INVITATION_STANDS_FOR: Lifetime = Lifetime::days(7);
/// How long an offer of the founder role waits for an answer.
pub const OFFER_STANDS_FOR: Lifetime = Lifetime::days(7);
/// How long before the operator replaces a founder everybody concerned is told.
pub const REPLACEMENT_NOTICE: Lifetime = Lifetime::days(7);
/// How long a deleted organization can be restored.
pub const RESTORABLE_FOR: Lifetime = Lifetime::days(30);

/// How many organizations a person may ask in a day.
pub const MOST_REQUESTS_A_DAY: u32 = 5;
/// How many people an organization may invite in a day: a whole company at once, and no more.
pub const MOST_INVITATIONS_A_DAY: u32 = 2000;
/// How often one invitation may be sent again in a day.
pub const MOST_RESENDS_A_DAY: u32 = 3;
/// The most people in one paste.
pub const MOST_IN_A_PASTE: usize = 1000;

/// By what a person is sorted and filtered in lists.
#[must_use]
pub fn listed_as(family: &PersonName, given: &PersonName, email: &EmailAddress) -> String {
    format!("{} {} {}", family.folded(), given.folded(), email.folded())
}

/// The pattern that finds `typed` anywhere in [`listed_as`], for `like … escape '\'`.
#[must_use]
pub fn pattern(typed: &str) -> String {
    let mut pattern = String::from("%");
    for c in typed.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// What follows the `@`.
#[must_use]
pub fn domain(address: &EmailAddress) -> &str {
    address.as_str().rsplit_once('@').map_or("", |(_, domain)| domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_no_pattern() {
        assert_eq!(pattern("50%_\\X"), "%50\\%\\_\\\\x%");
        assert_eq!(pattern(""), "%%");
    }

    #[test]
    fn lists_are_sorted_by_family_name() {
        let listed = listed_as(
            &"Raman".parse().unwrap(),
            &"Priya".parse().unwrap(),
            &"Priya@Northline.example".parse().unwrap(),
        );
        assert_eq!(listed, "raman priya priya@northline.example");
    }
}
