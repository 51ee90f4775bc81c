//! Lists of everybody, and what stands for them.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::super::{
    bench::Bench,
    copies::Copied,
    person::hex,
    verdict::{Miss, ensure},
};

/// A page of people.
const PAGE: usize = 50;
/// More pages than a site in a workshop has.
const MOST_PAGES: usize = 2_000;
/// How many people the digest is tried with.
const FEW: usize = 5;

pub(super) async fn many(bench: &Bench) -> Result<(), Miss> {
    let copies = send_many(bench, bench.options.many).await?;
    let listed = list(bench).await;
    bench.tidy(&copies).await;
    let listed = listed?;
    let missing = copies.iter().filter(|copied| !listed.contains_key(&copied.person.sub)).count();
    ensure(missing == 0, || format!("Of {} people {missing} were on no page.", copies.len()))?;
    let twice = copies.iter().filter(|copied| listed.get(&copied.person.sub).is_some_and(|times| *times > 1)).count();
    ensure(twice == 0, || format!("Of {} people {twice} were on several pages.", copies.len()))
}

async fn send_many(bench: &Bench, count: usize) -> Result<Vec<Copied>, Miss> {
    let mut copies = vec![bench.send(bench.person("Ada")).await?];
    while copies.len() < count {
        let person = bench.person("Cy");
        let told = bench.post(&person).await?;
        let id = told.id().ok_or_else(|| Miss::failed("The answer to POST Users has no id."))?.to_owned();
        copies.push(Copied { person, id });
    }
    Ok(copies)
}

/// How often each person is listed, by externalId.
async fn list(bench: &Bench) -> Result<BTreeMap<String, usize>, Miss> {
    let (mut listed, mut start) = (BTreeMap::new(), 1);
    for _ in 0..MOST_PAGES {
        let path = format!("Users?startIndex={start}&count={PAGE}");
        let told = bench.scim(Method::GET, &path, None).await?;
        ensure(told.status == 200, || format!("GET {path} answered status {}.", told.status))?;
        let count = told.resources().len();
        ensure(count <= PAGE, || format!("GET {path} answered {count} people."))?;
        for sub in told.resources().iter().filter_map(|user| user.get("externalId")?.as_str()) {
            *listed.entry(sub.to_owned()).or_insert(0) += 1;
        }
        start += count;
        let total = told.body.get("totalResults").and_then(Value::as_u64).unwrap_or_default();
        if count == 0 || u64::try_from(start).unwrap_or(u64::MAX) > total {
            return Ok(listed);
        }
    }
    Err(Miss::failed(format!("After {MOST_PAGES} pages there were still more.")))
}

pub(super) async fn digest(bench: &Bench) -> Result<(), Miss> {
    let is_declared = bench.configuration()?.as_object().is_some_and(|configuration| {
        configuration.values().any(|extension| extension.get("digest") == Some(&Value::Bool(true)))
    });
    if !is_declared {
        let why = "ServiceProviderConfig declares no digest, so ConneX compares by paging.";
        return Err(Miss::not_applicable(why));
    }
    let mut copies = send_many(bench, FEW).await?;
    if let Some(copied) = copies.first_mut() {
        let after = copied.person.changed(|person| person.phone = Some("555-0142".to_owned()));
        bench.put(copied, &after).await?;
        copied.person = after;
    }
    let compared = compare(bench, &copies).await;
    bench.tidy(&copies).await;
    compared
}

/// Compares the buckets of these people with what they should be.
async fn compare(bench: &Bench, copies: &[Copied]) -> Result<(), Miss> {
    let all = exchange(bench, "connex/digest?kind=User").await?;
    for Copied { person, .. } in copies {
        let bucket = hex(Sha256::digest(&person.sub).get(..1).unwrap_or_default());
        let one = exchange(bench, &format!("connex/digest?kind=User&bucket={bucket}")).await?;
        let resources = one.get("resources").and_then(Value::as_array).cloned().unwrap_or_default();
        let mine = resources.iter().find(|resource| text(resource, "externalId") == person.sub);
        let mine = mine.ok_or_else(|| Miss::failed(format!("Bucket {bucket} lacks a person who is in it.")))?;
        ensure(text(mine, "digest") == person.digest(bench.provider.organization()), || {
            "The digest of a person is not that of the canonical form.".to_owned()
        })?;
        let rev = mine.get("rev").and_then(Value::as_i64);
        ensure(rev == Some(person.rev), || format!("The digest names revision {rev:?}, not {}.", person.rev))?;
        let told = all.pointer(&format!("/buckets/{bucket}")).and_then(Value::as_str).unwrap_or_default();
        ensure(told == of_bucket(&resources), || format!("The value of bucket {bucket} is not that of its lines."))?;
    }
    let count = all.get("count").and_then(Value::as_u64).unwrap_or_default();
    let at_least = u64::try_from(copies.len()).unwrap_or(u64::MAX);
    ensure(count >= at_least, || format!("`count` is {count}, with {at_least} people just sent."))
}

async fn exchange(bench: &Bench, path: &str) -> Result<Value, Miss> {
    let told = bench.scim(Method::GET, path, None).await?;
    ensure(told.status == 200, || format!("GET {path} answered status {}.", told.status))?;
    Ok(told.body)
}

/// SHA-256 over the lines `externalId SP rev SP digest LF`, sorted by externalId.
fn of_bucket(resources: &[Value]) -> String {
    let lines: BTreeMap<&str, String> = resources
        .iter()
        .map(|resource| {
            let (sub, rev) = (text(resource, "externalId"), resource.get("rev").and_then(Value::as_i64));
            (sub, format!("{sub} {} {}\n", rev.unwrap_or_default(), text(resource, "digest")))
        })
        .collect();
    let mut hash = Sha256::new();
    for line in lines.values() {
        hash.update(line);
    }
    hex(&hash.finalize())
}

fn text<'v>(resource: &'v Value, member: &str) -> &'v str {
    resource.get(member).and_then(Value::as_str).unwrap_or_default()
}
