//! The tables `audit_entries` and `audit_chains`: append and read; no update, no delete.
//!
//! There are eight chains, and a unit appends all its entries to one of them, drawn by lot: on
//! PostgreSQL the end of a chain is a row that is locked until the commit. One chain would let one
//! unit commit at a time, and a unit on several chains could wait for one that waits for it.

use super::{
    Actor, Fact,
    chain::{Link, hash},
};
use crate::kernel::{AccountId, AuditId, Fault, OrganizationId, Timestamp};
use crate::platform::store::{Sql, Unit};

/// How many chains there are (migration 0006).
pub const CHAINS: u32 = 8;

/// An entry as it stands in the table.
#[derive(Debug, Clone, sqlx::FromRow, serde::Serialize)]
pub struct AuditEntry {
    /// Which chain it is part of, 0 to 7.
    pub chain: i64,
    /// Its place in the chain, from 1.
    pub seq: i64,
    /// Its id.
    pub id: AuditId,
    /// When it happened, unix milliseconds.
    pub at: Timestamp,
    /// Who did it.
    pub actor: String,
    /// What happened.
    pub fact: String,
    /// To what.
    pub subject: String,
    /// Details, as JSON text.
    pub detail: String,
    /// The hash over this entry and the hash before it.
    pub hash: String,
}

pub(super) async fn append(unit: &mut Unit, id: AuditId, actor: &Actor, fact: &Fact) -> Result<(), Fault> {
    let (at, chain) = (unit.now(), i64::from(unit.lot() % CHAINS));
    let (seq, former): (i64, String) = unit
        .sql("update audit_chains set seq = seq + 1 where chain = $1 returning seq, hash")
        .bind(chain)
        .maybe()
        .await?
        .ok_or_else(|| Fault::new("find the end of an audit chain"))?;
    let (actor, detail) = (actor.to_string(), fact.detail.to_string());
    let link = Link {
        former: &former,
        chain,
        seq,
        at,
        actor: &actor,
        fact: fact.name,
        subject: &fact.subject,
        detail: &detail,
    };
    let hash = hash(&link);
    unit.sql("update audit_chains set hash = $2 where chain = $1").bind(chain).bind(hash.clone()).run().await?;
    unit.sql(
        "insert into audit_entries (chain, seq, id, at, actor, fact, subject, detail, hash, person_id, organization_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(chain)
    .bind(seq)
    .bind(id)
    .bind(at)
    .bind(actor)
    .bind(fact.name)
    .bind(fact.subject.clone())
    .bind(detail)
    .bind(hash)
    .bind(fact.person)
    .bind(fact.organization)
    .run()
    .await?;
    Ok(())
}

/// The newest entries in the activity of a person since `since`: `most` of them after the first
/// `skip`, newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn of_person(
    on: &mut impl Sql,
    person: AccountId,
    since: Timestamp,
    (skip, most): (i64, i64),
) -> Result<Vec<AuditEntry>, Fault> {
    on.sql(
        "select chain, seq, id, at, actor, fact, subject, detail, hash from audit_entries
         where person_id = $1 and at >= $2 order by at desc, id desc limit $3 offset $4",
    )
    .bind(person)
    .bind(since)
    .bind(most)
    .bind(skip)
    .all()
    .await
}

/// The newest entries in the activity of an organization since `since`: `most` of them after the
/// first `skip`, newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn of_organization(
    on: &mut impl Sql,
    organization: OrganizationId,
    since: Timestamp,
    (skip, most): (i64, i64),
) -> Result<Vec<AuditEntry>, Fault> {
    on.sql(
        "select chain, seq, id, at, actor, fact, subject, detail, hash from audit_entries
         where organization_id = $1 and at >= $2 order by at desc, id desc limit $3 offset $4",
    )
    .bind(organization)
    .bind(since)
    .bind(most)
    .bind(skip)
    .all()
    .await
}

/// The newest `most` entries, oldest of them first.
///
/// # Errors
/// When the database does not answer.
pub async fn tail(on: &mut impl Sql, most: i64) -> Result<Vec<AuditEntry>, Fault> {
    let mut entries: Vec<AuditEntry> = on
        .sql(
            "select chain, seq, id, at, actor, fact, subject, detail, hash from audit_entries
             order by at desc, chain desc, seq desc limit $1",
        )
        .bind(most)
        .all()
        .await?;
    entries.reverse();
    Ok(entries)
}

/// How often `fact` happened since `since`, by the hour in which it did; hours without it are left out.
///
/// # Errors
/// When the database does not answer.
pub async fn by_hour(on: &mut impl Sql, fact: &'static str, since: Timestamp) -> Result<Vec<(Timestamp, i64)>, Fault> {
    on.sql(
        "select at / 3600000 * 3600000, count(*) from audit_entries where at >= $1 and fact = $2
         group by at / 3600000 order by at / 3600000",
    )
    .bind(since)
    .bind(fact)
    .all()
    .await
}

/// Up to `most` entries of one chain after place `after`.
///
/// # Errors
/// When the database does not answer.
pub async fn of_chain(on: &mut impl Sql, chain: i64, after: i64, most: i64) -> Result<Vec<AuditEntry>, Fault> {
    on.sql(
        "select chain, seq, id, at, actor, fact, subject, detail, hash from audit_entries
         where chain = $1 and seq > $2 order by seq limit $3",
    )
    .bind(chain)
    .bind(after)
    .bind(most)
    .all()
    .await
}

/// Where a chain ends: the place and hash of its last entry.
pub(super) async fn end_of(on: &mut impl Sql, chain: i64) -> Result<Option<(i64, String)>, Fault> {
    on.sql("select seq, hash from audit_chains where chain = $1").bind(chain).maybe().await
}
