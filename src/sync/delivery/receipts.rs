//! Receipts: what a site has confirmed, and when. Each is tied to the one before it, so that one that
//! was changed, taken away or slipped in is found.

use sha2::{Digest, Sha256};

use super::store::receipts::{self, ReceiptRow};
use crate::kernel::{Fault, SiteId};
use crate::platform::store::Sql;

const AT_ONCE: i64 = 1000;

/// The first place of a site's chain that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct BrokenReceipt {
    /// The site.
    pub site: SiteId,
    /// The place in its chain, from 1.
    pub seq: i64,
}

/// SHA-256 over the former hash and every field, each with its length, in hexadecimal.
pub(super) fn hash(former: &str, site: SiteId, receipt: &ReceiptRow) -> String {
    let number = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
    let fields = [
        former.to_owned(),
        site.to_string(),
        receipt.seq.to_string(),
        receipt.kind.clone(),
        receipt.resource_id.to_string(),
        receipt.organization_id.map(|id| id.to_string()).unwrap_or_default(),
        receipt.rev.to_string(),
        receipt.txn.to_string(),
        receipt.via.clone(),
        receipt.active.to_string(),
        number(receipt.http_status),
        receipt.remote_etag.clone().unwrap_or_default(),
        receipt.body_digest.clone(),
        receipt.sent_at.millis().to_string(),
        receipt.acked_at.millis().to_string(),
    ];
    let mut hasher = Sha256::new();
    for field in fields {
        // The length keeps "ab" + "c" apart from "a" + "bc".
        hasher.update(field.len().to_be_bytes());
        hasher.update(field.as_bytes());
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Walks the chain of every site. Returns how many receipts are sound, and the breaks.
///
/// # Errors
/// When the database does not answer.
pub async fn verify(on: &mut impl Sql) -> Result<(u64, Vec<BrokenReceipt>), Fault> {
    let (mut sound, mut broken) = (0, Vec::new());
    for (site, last, end) in receipts::ends(on).await? {
        let (mut seq, mut former) = (0, String::new());
        let broke_at = loop {
            let rows = receipts::of_chain(on, site, seq, AT_ONCE).await?;
            if rows.is_empty() {
                break (seq != last || former != end).then_some(seq + 1);
            }
            let is_next =
                |row: &ReceiptRow, seq: i64, former: &str| row.seq == seq + 1 && row.hash == hash(former, site, row);
            let mut broke_at = None;
            for row in rows {
                if !is_next(&row, seq, &former) {
                    broke_at = Some(seq + 1);
                    break;
                }
                (seq, former, sound) = (row.seq, row.hash, sound + 1);
            }
            if broke_at.is_some() {
                break broke_at;
            }
        };
        broken.extend(broke_at.map(|seq| BrokenReceipt { site, seq }));
    }
    Ok((sound, broken))
}
