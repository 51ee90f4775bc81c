//! Proof that nothing was changed, removed or slipped in.

use super::{
    chain::{Link, hash},
    store,
};
use crate::kernel::Fault;
use crate::platform::store::Sql;

const AT_ONCE: i64 = 1000;

/// The first place of a chain that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Broken {
    /// The chain, 0 to 7.
    pub chain: i64,
    /// The place in it, from 1.
    pub seq: i64,
}

/// Walks every chain. Returns how many entries are sound, and the breaks.
///
/// # Errors
/// When the database does not answer.
pub async fn verify(on: &mut impl Sql) -> Result<(u64, Vec<Broken>), Fault> {
    let (mut sound, mut broken) = (0, Vec::new());
    for chain in 0..i64::from(store::CHAINS) {
        let seq = verify_chain(on, chain, &mut sound).await?;
        broken.extend(seq.map(|seq| Broken { chain, seq }));
    }
    Ok((sound, broken))
}

async fn verify_chain(on: &mut impl Sql, chain: i64, sound: &mut u64) -> Result<Option<i64>, Fault> {
    let (mut seq, mut former) = (0, String::new());
    loop {
        let entries = store::of_chain(on, chain, seq, AT_ONCE).await?;
        if entries.is_empty() {
            let end = store::end_of(on, chain).await?;
            return Ok((end != Some((seq, former))).then_some(seq + 1));
        }
        for entry in entries {
            let link = Link {
                former: &former,
                chain,
                seq: seq + 1,
                at: entry.at,
                actor: &entry.actor,
                fact: &entry.fact,
                subject: &entry.subject,
                detail: &entry.detail,
            };
            if entry.seq != seq + 1 || entry.hash != hash(&link) {
                return Ok(Some(seq + 1));
            }
            (seq, former, *sound) = (entry.seq, entry.hash, *sound + 1);
        }
    }
}
