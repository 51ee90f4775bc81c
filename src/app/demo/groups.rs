//! The organizations of the demo.

/// An organization.
pub(super) struct Group {
    pub(super) name: &'static str,
    /// Street, city, state and ZIP code.
    pub(super) address: (&'static str, &'static str, &'static str, &'static str),
    pub(super) phone: &'static str,
    /// The domain of its people's addresses, and of its own.
    pub(super) domain: &'static str,
    /// Its founder, when that is no persona.
    pub(super) founder: Option<(&'static str, &'static str)>,
    /// People without a password beside the founder and the personas: administrators and members.
    pub(super) further: (usize, usize),
    /// Where it is approved, each with the role that the agency gives.
    pub(super) approved_at: &'static [(&'static str, &'static str)],
    /// Where it is linked.
    pub(super) linked_at: &'static [&'static str],
    /// Where it has asked, and waits.
    pub(super) asked_at: &'static [&'static str],
    /// Where the agency has blocked it, each with the reason.
    pub(super) blocked_at: &'static [(&'static str, &'static str)],
}

pub(super) const NORTHLINE: &str = "Northline Hauling LLC";
pub(super) const COPPERFIELD: &str = "Copperfield Construction Inc.";
pub(super) const REDSTONE: &str = "Redstone Engineering PLLC";
pub(super) const ZIELINSKA: &str = "Zielińska Ștefan & Fils S.à r.l.";

pub(super) const BIRCH_ROADS: &str = "Birch County Road Commission";
pub(super) const MARLOW: &str = "Marlow County Highway Department";
pub(super) const TAMARACK: &str = "Tamarack County Permits";
const TWO_PINES: &str = "City of Two Pines Public Works";
const BIRCH: &str = "Birch County Permits";
const STONEFIELD: &str = "Stonefield Township Permits";

/// The organizations. Two have nearly the same name, one has letters of many scripts.
#[rustfmt::skip]
pub(super) const GROUPS: [Group; 10] = [
    Group { name: NORTHLINE, address: ("2150 County Road 77", "Brainerd", "MN", "56401"), phone: "218-555-0142",
        domain: "northline.example", founder: None, further: (0, 2),
        approved_at: &[(BIRCH_ROADS, "contractor"), (BIRCH, "hauler")], linked_at: &[TAMARACK],
        asked_at: &[], blocked_at: &[] },
    Group { name: "North Line Transport Co.", address: ("88 Harbor Drive", "Duluth", "MN", "55802"), phone: "218-555-0117",
        domain: "north-line.example", founder: Some(("Carl", "Jensen")), further: (1, 2),
        approved_at: &[], linked_at: &[],
        asked_at: &[], blocked_at: &[] },
    Group { name: COPPERFIELD, address: ("4010 Division Street", "Saint Cloud", "MN", "56301"), phone: "320-555-0163",
        domain: "copperfield.example", founder: None, further: (3, 33),
        approved_at: &[(BIRCH_ROADS, "bidder"), (MARLOW, "bidder")], linked_at: &[],
        asked_at: &[], blocked_at: &[] },
    Group { name: REDSTONE, address: ("510 Washington Avenue S", "Minneapolis", "MN", "55415"), phone: "612-555-0109",
        domain: "redstone.example", founder: None, further: (1, 4),
        approved_at: &[(BIRCH_ROADS, "consultant"), (TWO_PINES, "consultant")], linked_at: &[],
        asked_at: &[], blocked_at: &[] },
    Group { name: "Lake & Sons Excavating", address: ("37 Minnesota Avenue N", "Aitkin", "MN", "56431"), phone: "218-555-0128",
        domain: "lake-sons.example", founder: Some(("Pete", "Lake")), further: (0, 0),
        approved_at: &[], linked_at: &[],
        asked_at: &[], blocked_at: &[] },
    Group { name: "Superior House Movers", address: ("1204 Lakeshore Boulevard", "Marquette", "MI", "49855"), phone: "906-555-0151",
        domain: "superior.example", founder: Some(("Anna", "Berg")), further: (1, 2),
        approved_at: &[(BIRCH, "house_mover")], linked_at: &[],
        asked_at: &[], blocked_at: &[] },
    Group { name: "Tri-County Aggregates", address: ("9300 E 34 Road", "Cadillac", "MI", "49601"), phone: "231-555-0136",
        domain: "tri-county.example", founder: Some(("Joe", "Marsh")), further: (1, 3),
        approved_at: &[], linked_at: &[],
        asked_at: &[BIRCH_ROADS], blocked_at: &[(MARLOW, "The bond of the contract of 2025 is not settled.")] },
    Group { name: "Hillcrest Dairy Transport", address: ("640 Main Street S", "Sauk Centre", "MN", "56378"), phone: "320-555-0174",
        domain: "hillcrest.example", founder: Some(("Eve", "Hill")), further: (0, 3),
        approved_at: &[(STONEFIELD, "hauler")], linked_at: &[],
        asked_at: &[], blocked_at: &[] },
    Group { name: "Old Mill Paving", address: ("15 Broadway W", "Little Falls", "MN", "56345"), phone: "320-555-0185",
        domain: "old-mill.example", founder: Some(("Ben", "Mill")), further: (0, 0),
        approved_at: &[], linked_at: &[],
        asked_at: &[], blocked_at: &[] },
    Group { name: ZIELINSKA, address: ("11300 Joseph Campau Avenue", "Hamtramck", "MI", "48212"), phone: "313-555-0190",
        domain: "zielinska.example", founder: None, further: (0, 3),
        approved_at: &[], linked_at: &[STONEFIELD],
        asked_at: &[], blocked_at: &[] },
];
