//! The people and records with which a demonstration begins. Dates are relative to the day it is planted.

use sample_kit::clock;
use sample_kit::copy::Copies;

use crate::password;
use crate::store::{self, Contract, Entry};

const PASSWORD: &str = "maple canoe lantern harbor";
const DAY: i64 = 86_400;

/// Plants the demonstration into a database that holds nothing of the agency's own yet.
pub(crate) async fn plant(copies: &Copies) -> anyhow::Result<()> {
    if !store::is_new(copies).await? {
        return Ok(());
    }
    let hash = password::hash(PASSWORD.to_owned()).await?;
    for (first, last, roles, is_licensed) in [
        ("Gloria", "Reyes", &["OneOffice", "OneOffice-legacy", "Admin"][..], true),
        ("Tom", "Haskins", &["OneOffice", "OneOffice-legacy"][..], false),
    ] {
        let entry = Entry {
            email: format!("{}@birch.example", first.to_lowercase()),
            first_name: first.to_owned(),
            last_name: last.to_owned(),
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        };
        let Some(id) = store::add(copies, &entry, Some(&hash)).await? else { continue };
        store::set_password(copies, &id, &hash, false).await?;
        if is_licensed {
            store::give_license(copies, "OneOffice", &id, false).await?;
        }
    }
    let now = clock::now();
    for (number, title, kind, opens_in, status) in [
        ("26-001", "CSAH 12 resurfacing, Brainerd to Aitkin", "Paving", Some(9 * DAY), "Open for bids"),
        ("26-002", "Deer Creek bridge deck", "Bridge", Some(16 * DAY), "Open for bids"),
        ("26-003", "Township road gravel", "Aggregates", Some(75 * 60), "Opens today"),
        ("26-004", "Signal at 4th and Main", "Traffic", Some(21 * DAY), "Open for bids, with an addendum"),
        ("25-019", "Culvert replacements, phase 2", "Drainage", Some(-12 * DAY), "Opened"),
        ("25-014", "Lake Road reconstruction", "Road", Some(-60 * DAY), "Awarded to Copperfield Construction Inc."),
        ("27-001", "River trail extension", "Trail", None, "Planned"),
    ] {
        let contract = Contract {
            number: number.to_owned(),
            title: title.to_owned(),
            kind: kind.to_owned(),
            opens_at: opens_in.map(|seconds| now + seconds),
            status: status.to_owned(),
        };
        store::add_contract(copies, &contract).await?;
    }
    Ok(())
}
