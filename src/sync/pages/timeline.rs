//! What happened between an organization and a site, in sentences, newest first.

use super::{
    stands::SiteLine,
    store::timeline::{self, ChangeRow, LinkRow, ReceiptRow},
};
use crate::accounts;
use crate::kernel::{AccountId, Fault, OrganizationId, SiteId, Timestamp};
use crate::platform::{store::Reader, words::Words};
use crate::sites::approvals::{self, LastDay, Word, WordSaid};
use crate::sync::status::{attribute, value};

/// How many are shown.
const MOST: usize = 20;
/// More people than this in one go are counted, not named.
const MOST_NAMED: usize = 3;

/// Something that happened.
pub(super) struct Happening {
    pub(super) at: Timestamp,
    pub(super) what: String,
}

/// The newest happenings: what the agency said, who linked, what the site has confirmed, what was changed there.
pub(super) async fn of_site(
    reader: &mut Reader,
    organization: OrganizationId,
    line: &SiteLine,
    t: Words,
) -> Result<Vec<Happening>, Fault> {
    let receipts = timeline::receipts(reader, organization, line.id).await?;
    let mut all = confirmed(&receipts, t);
    let most = i64::try_from(MOST).unwrap_or_default();
    for said in approvals::history(reader, (line.id, organization), most).await? {
        all.push(Happening { at: said.said_at, what: word(reader, &said, line, t).await? });
    }
    for link in timeline::links(reader, organization).await?.iter().filter(|link| is_at(link, line.id)) {
        let name = name_of(reader, &link.actor).await?;
        let what = match link.fact.as_str() {
            "sites.linked" => t.sync_did_link(name),
            _ => t.sync_did_unlink(name),
        };
        all.push(Happening { at: link.at, what });
    }
    let changes = timeline::changes(reader, organization, line.id, most).await?;
    all.extend(changes.iter().map(|change| Happening { at: change.found_at, what: changed(change, t) }));
    all.sort_by_key(|happening| std::cmp::Reverse(happening.at));
    all.truncate(MOST);
    Ok(all)
}

fn is_at(link: &LinkRow, site: SiteId) -> bool {
    let detail: serde_json::Value = serde_json::from_str(&link.detail).unwrap_or_default();
    detail.get("site").and_then(serde_json::Value::as_str) == Some(&site.to_string())
}

/// What was changed at the site.
fn changed(change: &ChangeRow, t: Words) -> String {
    let (what, whom) = (attribute(t, &change.attribute), change.name.as_deref().unwrap_or_default());
    let here = value(t, &change.attribute, change.here.as_deref());
    let there = value(t, &change.attribute, change.there.as_deref());
    match change.outcome.as_str() {
        "found" => t.sync_changed_there_waits(what, whom, here, there),
        _ => t.sync_changed_there(what, whom, here, there),
    }
}

/// What the agency said, and why.
async fn word(reader: &mut Reader, said: &WordSaid, line: &SiteLine, t: Words) -> Result<String, Fault> {
    let what = match said.word()? {
        Word::Requested => t.sync_did_request(name_of(reader, &said.decided_by).await?),
        Word::Approved => match said.valid_until {
            Some(until) => t.sync_did_approve_until(&line.name, t.day(LastDay::shown(until))),
            None => t.sync_did_approve(&line.name),
        },
        Word::Suspended => t.sync_did_suspend(&line.name),
        Word::Denied => t.sync_did_deny(&line.name),
        Word::Revoked if said.decided_by == "program" => t.sync_did_expire(&line.name),
        Word::Revoked => t.sync_did_revoke(&line.name),
    };
    Ok(match &said.reason {
        Some(reason) => t.sync_because(what, reason),
        None => what,
    })
}

/// The name of a person who acted; the operator and the program are ConneX.
async fn name_of(reader: &mut Reader, actor: &str) -> Result<String, Fault> {
    let account = actor.strip_prefix("person:").and_then(|id| id.parse::<AccountId>().ok());
    let person = match account {
        Some(id) => accounts::get(reader, id).await?,
        None => None,
    };
    Ok(person.map_or_else(|| "ConneX".to_owned(), |person| person.full_name()))
}

/// What the site confirmed, cause by cause: a few people by name, many by number.
fn confirmed(receipts: &[ReceiptRow], t: Words) -> Vec<Happening> {
    receipts
        .chunk_by(|one, other| one.txn == other.txn && one.kind == other.kind && one.active == other.active)
        .filter_map(|together| {
            let first = together.first()?;
            let names: Vec<String> = together.iter().filter_map(name).collect();
            let names = names.join(", ");
            let what = match (first.kind == "user", first.active) {
                (true, true) if together.len() > MOST_NAMED => t.sync_confirmed_many(together.len()),
                (true, true) => t.sync_confirmed_people(names),
                (true, false) if together.len() > MOST_NAMED => t.sync_out_many(together.len()),
                (true, false) => t.sync_out_people(names),
                (false, true) => t.sync_confirmed_organization().to_owned(),
                (false, false) => t.sync_out_organization().to_owned(),
            };
            Some(Happening { at: first.acked_at, what })
        })
        .collect()
}

fn name(receipt: &ReceiptRow) -> Option<String> {
    receipt.given_name.as_ref().zip(receipt.family_name.as_ref()).map(|(given, family)| format!("{given} {family}"))
}
