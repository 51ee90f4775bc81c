//! Who is in the demo: the people who sign in, the people who fill the lists.

use super::groups::{COPPERFIELD, NORTHLINE, REDSTONE, ZIELINSKA};
use crate::kernel::Language;
use crate::organizations::Role;

/// Everybody's password. It is printed, and good in the demo only.
pub(super) const PASSWORD: &str = "maple canoe lantern harbor";

pub(super) const DANA: &str = "dana@northline.example";
pub(super) const ELLEN: &str = "ellen@northline.example";
pub(super) const RAY: &str = "ray.novak@haulers.example";
pub(super) const KIM: &str = "kim@northline.example";
pub(super) const GRACE: &str = "grace@copperfield.example";
pub(super) const MARCUS: &str = "marcus@copperfield.example";
pub(super) const RUTH: &str = "ruth@redstone.example";

/// Somebody with a password.
pub(super) struct Persona {
    pub(super) given_name: &'static str,
    pub(super) family_name: &'static str,
    /// The user ID, which is also where mail went when the account was opened.
    pub(super) username: &'static str,
    pub(super) language: Language,
    /// The organization and what the person may do there.
    pub(super) place: Option<(&'static str, Role)>,
    /// What there is to see, for the table.
    pub(super) note: &'static str,
}

impl Persona {
    const fn new(name: (&'static str, &'static str), username: &'static str, place: (&'static str, Role)) -> Self {
        let (given_name, family_name) = name;
        Self { given_name, family_name, username, language: Language::English, place: Some(place), note: "" }
    }

    const fn note(self, note: &'static str) -> Self {
        Self { note, ..self }
    }
}

/// The people who sign in and have a place. Founders come before the others of their organization.
pub(super) const PERSONAS: [Persona; 8] = [
    Persona::new(("Dana", "Whitfield"), DANA, (NORTHLINE, Role::Founder)).note("has a request to decide about"),
    Persona::new(("Ellen", "Cho"), ELLEN, (NORTHLINE, Role::Administrator)),
    Persona::new(("Ray", "Novak"), RAY, (NORTHLINE, Role::Member)).note("has another address now; the user ID stays"),
    Persona::new(("Kim", "Park"), KIM, (NORTHLINE, Role::Member)).note("disabled by an administrator"),
    Persona::new(("Grace", "Holm"), GRACE, (COPPERFIELD, Role::Founder)).note("signed in with three devices"),
    Persona::new(("Marcus", "Bell"), MARCUS, (COPPERFIELD, Role::Member)),
    Persona::new(("Ruth", "Adler"), RUTH, (REDSTONE, Role::Founder)).note("has to wait: ten wrong passwords"),
    Persona::new(("Zofia", "Zielińska"), "Zofia@Zielinska.example", (ZIELINSKA, Role::Founder))
        .note("any case of letters will do"),
];

/// He has asked to join Northline, and reads Spanish.
pub(super) const LUIS: Persona = Persona {
    language: Language::Spanish,
    place: None,
    note: "has asked to join Northline; Spanish",
    ..Persona::new(("Luis", "Ortega"), "luis@northline.example", (NORTHLINE, Role::Member))
};

/// He runs this ConneX, and belongs to no organization.
pub(super) const OMAR: Persona = Persona {
    place: None,
    note: "operator: registers sites at /ops",
    ..Persona::new(("Omar", "Haddad"), "omar@connex.example", (NORTHLINE, Role::Member))
};

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

    use super::{super::groups::GROUPS, *};

    #[test]
    fn there_are_as_many_people_as_the_lists_promise() {
        let fillers: usize = GROUPS.iter().map(|group| group.further.0 + group.further.1).sum();
        let founders = GROUPS.iter().filter(|group| group.founder.is_some()).count();
        assert_eq!((PERSONAS.len() + 1 + founders + fillers, GROUPS.len()), (74, 10));
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
