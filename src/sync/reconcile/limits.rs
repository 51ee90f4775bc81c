//! How much is put back without asking (pure).

use std::collections::BTreeMap;

use uuid::Uuid;

/// More edits than this at once are a decision of people.
const MOST_EDITS: usize = 50;
/// The same for an organization, as a part of its copies: one in so many.
const ONE_IN: usize = 10;
/// Below this it is no mass of edits, however small the organization.
const FEW: usize = 10;

/// Why so many edits wait for people; `None` when they are few. `edits` counts those of each
/// organization, `copies` all that the site holds of it.
pub(super) fn too_many(
    edits: &BTreeMap<Option<Uuid>, usize>,
    copies: &BTreeMap<Option<Uuid>, usize>,
) -> Option<String> {
    let total: usize = edits.values().sum();
    if total > MOST_EDITS {
        return Some(format!("{total} copies were changed at the site"));
    }
    edits.iter().find_map(|(organization, count)| {
        let of = copies.get(organization).copied().unwrap_or_default();
        let is_much = organization.is_some() && *count >= FEW && count * ONE_IN > of;
        is_much.then(|| format!("{count} of {of} copies of one organization were changed at the site"))
    })
}

/// Why a resync that lets so many of all go waits for people.
pub(super) fn lets_too_many_go(going: usize, of: usize) -> Option<String> {
    let is_much = going > MOST_EDITS || (going >= FEW && going * ONE_IN > of);
    is_much.then(|| format!("would deactivate {going} of {of}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(edits: usize, of: usize) -> bool {
        let org = Some(Uuid::from_u128(1));
        too_many(&BTreeMap::from([(org, edits)]), &BTreeMap::from([(org, of)])).is_some()
    }

    #[test]
    fn a_few_edits_are_put_back_and_many_are_asked_about() {
        assert!(!asked(1, 3), "one person of a small organization");
        assert!(!asked(9, 20));
        assert!(asked(10, 99));
        assert!(!asked(10, 100), "a tenth");
        assert!(!asked(50, 10_000));
        assert!(asked(51, 10_000));
        assert_eq!(lets_too_many_go(38, 41).unwrap(), "would deactivate 38 of 41");
        assert_eq!(lets_too_many_go(3, 3), None);
    }
}
