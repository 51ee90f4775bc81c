//! Who is in the demo: organizations, the people who sign in, the people who fill the lists.

use crate::organizations::Role;

/// Everybody's password. It is printed, and good in the demo only.
pub(super) const PASSWORD: &str = "maple canoe lantern harbor";

/// Somebody with a password.
pub(super) struct Persona {
    pub(super) given_name: &'static str,
    pub(super) family_name: &'static str,
    /// The user ID, which is where mail went when the account was opened.
    pub(super) username: &'static str,
    /// The address for mail now.
    pub(super) email: &'static str,
    pub(super) email_is_verified: bool,
    pub(super) is_disabled: bool,
    /// The organization and what the person may do there.
    pub(super) place: Option<(&'static str, Role)>,
    /// What there is to see, for the table.
    pub(super) note: &'static str,
}

impl Persona {
    const fn new(name: (&'static str, &'static str), email: &'static str, place: (&'static str, Role)) -> Self {
        let (given_name, family_name) = name;
        Self {
            given_name,
            family_name,
            username: email,
            email,
            email_is_verified: true,
            is_disabled: false,
            place: Some(place),
            note: "",
        }
    }

    const fn note(self, note: &'static str) -> Self {
        Self { note, ..self }
    }
}

const NORTHLINE: &str = "Northline Hauling LLC";
const COPPERFIELD: &str = "Copperfield Construction Inc.";
const REDSTONE: &str = "Redstone Engineering PLLC";
const ZIELINSKA: &str = "Zielińska Ștefan & Fils S.à r.l.";

/// The people who sign in. Founders come before the others of their organization.
pub(super) const PERSONAS: [Persona; 10] = [
    Persona::new(("Dana", "Whitfield"), "dana@northline.example", (NORTHLINE, Role::Founder)),
    Persona::new(("Ellen", "Cho"), "ellen@northline.example", (NORTHLINE, Role::Administrator)),
    Persona {
        username: "ray.novak@haulers.example",
        ..Persona::new(("Ray", "Novak"), "ray@northline.example", (NORTHLINE, Role::Member))
    }
    .note("has another address now; the user ID stays"),
    Persona {
        email_is_verified: false,
        ..Persona::new(("Priya", "Raman"), "priya@northline.example", (NORTHLINE, Role::Member))
    }
    .note("address not verified"),
    Persona { is_disabled: true, ..Persona::new(("Kim", "Park"), "kim@northline.example", (NORTHLINE, Role::Member)) }
        .note("disabled"),
    Persona { place: None, ..Persona::new(("Luis", "Ortega"), "luis@northline.example", (NORTHLINE, Role::Member)) }
        .note("in no organization"),
    Persona::new(("Grace", "Holm"), "grace@copperfield.example", (COPPERFIELD, Role::Founder)),
    Persona::new(("Marcus", "Bell"), "marcus@copperfield.example", (COPPERFIELD, Role::Member)),
    Persona::new(("Ruth", "Adler"), "ruth@redstone.example", (REDSTONE, Role::Founder)),
    Persona::new(("Zofia", "Zielińska"), "zofia@zielinska.example", (ZIELINSKA, Role::Founder)),
];

/// An organization.
pub(super) struct Group {
    pub(super) name: &'static str,
    pub(super) city: &'static str,
    pub(super) state: &'static str,
    /// The domain of its people's addresses.
    pub(super) domain: &'static str,
    /// Its founder, when that is no persona.
    pub(super) founder: Option<(&'static str, &'static str)>,
    /// People without a password beside the founder and the personas: administrators and members.
    pub(super) further: (usize, usize),
    /// Where it is approved, each with the role that the agency gives.
    pub(super) approved_at: &'static [(&'static str, &'static str)],
    /// Where it is linked.
    pub(super) linked_at: &'static [&'static str],
}

const BIRCH_ROADS: &str = "Birch County Road Commission";
const MARLOW: &str = "Marlow County Highway Department";
const TWO_PINES: &str = "City of Two Pines Public Works";
const BIRCH: &str = "Birch County Permits";
const TAMARACK: &str = "Tamarack County Permits";
const STONEFIELD: &str = "Stonefield Township Permits";

/// The organizations. Two have nearly the same name, one has letters of many scripts.
#[rustfmt::skip]
pub(super) const GROUPS: [Group; 10] = [
    Group { name: NORTHLINE, city: "Brainerd", state: "MN", domain: "northline.example", founder: None, further: (0, 1),
        approved_at: &[(BIRCH_ROADS, "contractor"), (BIRCH, "hauler")], linked_at: &[TAMARACK] },
    Group { name: "North Line Transport Co.", city: "Duluth", state: "MN", domain: "north-line.example",
        founder: Some(("Carl", "Jensen")), further: (1, 2), approved_at: &[], linked_at: &[] },
    Group { name: COPPERFIELD, city: "Saint Cloud", state: "MN", domain: "copperfield.example", founder: None,
        further: (3, 33), approved_at: &[(BIRCH_ROADS, "bidder"), (MARLOW, "bidder")], linked_at: &[] },
    Group { name: REDSTONE, city: "Minneapolis", state: "MN", domain: "redstone.example", founder: None, further: (1, 4),
        approved_at: &[(BIRCH_ROADS, "consultant"), (TWO_PINES, "consultant")], linked_at: &[] },
    Group { name: "Lake & Sons Excavating", city: "Aitkin", state: "MN", domain: "lake-sons.example",
        founder: Some(("Pete", "Lake")), further: (0, 0), approved_at: &[], linked_at: &[] },
    Group { name: "Superior House Movers", city: "Marquette", state: "MI", domain: "superior.example",
        founder: Some(("Anna", "Berg")), further: (1, 2), approved_at: &[(BIRCH, "house_mover")], linked_at: &[] },
    Group { name: "Tri-County Aggregates", city: "Cadillac", state: "MI", domain: "tri-county.example",
        founder: Some(("Joe", "Marsh")), further: (1, 3), approved_at: &[], linked_at: &[] },
    Group { name: "Hillcrest Dairy Transport", city: "Sauk Centre", state: "MN", domain: "hillcrest.example",
        founder: Some(("Eve", "Hill")), further: (0, 3), approved_at: &[(STONEFIELD, "hauler")], linked_at: &[] },
    Group { name: "Old Mill Paving", city: "Little Falls", state: "MN", domain: "old-mill.example",
        founder: Some(("Ben", "Mill")), further: (0, 0), approved_at: &[], linked_at: &[] },
    Group { name: ZIELINSKA, city: "Hamtramck", state: "MI", domain: "zielinska.example", founder: None, further: (0, 3),
        approved_at: &[], linked_at: &[STONEFIELD] },
];

#[rustfmt::skip]
const GIVEN: [&str; 16] = ["Ada", "Bo", "Clara", "Dean", "Edith", "Floyd", "Gwen", "Hank", "Iris", "Jack", "Kate", "Lars",
    "Mona", "Nils", "Olga", "Paul"];
#[rustfmt::skip]
const FAMILY: [&str; 15] = ["Aho", "Brandt", "Cole", "Dahl", "Ekholm", "Foss", "Grant", "Hauge", "Isaac", "Juhl", "Kern",
    "Lund", "Moe", "Nygaard", "Olson"];

/// The name of the n-th of those who fill the lists. The first 240 differ, because 16 and 15 have
/// no common factor.
pub(super) fn filler(n: usize) -> (&'static str, &'static str) {
    let name = |names: &'static [&'static str]| names.get(n % names.len()).copied().unwrap_or("Somebody");
    (name(&GIVEN), name(&FAMILY))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn there_are_as_many_people_as_the_lists_promise() {
        let fillers: usize = GROUPS.iter().map(|group| group.further.0 + group.further.1).sum();
        let founders = GROUPS.iter().filter(|group| group.founder.is_some()).count();
        assert_eq!((PERSONAS.len() + founders + fillers, GROUPS.len()), (74, 10));
        assert_eq!((0..fillers).map(filler).collect::<BTreeSet<_>>().len(), fillers, "no name twice");
        let count = |name: &str| {
            let (administrators, members) = GROUPS.iter().find(|group| group.name == name).unwrap().further;
            let personas = PERSONAS.iter().filter(|it| it.place.is_some_and(|(place, _)| place == name));
            administrators + members + personas.count()
        };
        assert_eq!((count(NORTHLINE), count(COPPERFIELD)), (6, 38));
    }

    #[test]
    fn every_organization_has_one_founder() {
        for group in &GROUPS {
            let is_founder = |it: &&Persona| it.place == Some((group.name, Role::Founder));
            let personas = PERSONAS.iter().filter(is_founder).count();
            assert_eq!(personas + usize::from(group.founder.is_some()), 1, "{}", group.name);
        }
    }
}
