//! What time does to approvals.

use super::{
    By, Said, Word,
    service::{close, keep},
    store::{self, NewWord},
};
use crate::audit::Actor;
use crate::kernel::Fault;
use crate::platform::store::Db;
use crate::sites::SiteError;

/// Ends the approvals whose time is over, each in a unit of its own: one that cannot be ended keeps
/// nobody else's open. Returns how many.
///
/// # Errors
/// When the database does not answer.
pub async fn end_expired(db: &Db) -> Result<u64, Fault> {
    let over = store::expired(&mut db.read().await?).await?;
    let mut count = 0;
    for at in over {
        let by = By::from(&Actor::Program);
        let mut unit = db.write().await?;
        let word = NewWord::plain(Word::Revoked, Said::default(), &by);
        // The agency may have prolonged it meanwhile: the statement looks again.
        let Some(approval) = store::expire(&mut unit, at, word.clone()).await? else { continue };
        close(&mut unit, at).await?;
        keep(&mut unit, by, word, approval).await.map_err(broken)?;
        unit.commit().await?;
        count += 1;
    }
    Ok(count)
}

fn broken(error: SiteError) -> Fault {
    match error {
        SiteError::Fault(fault) => fault,
        refusal => Fault::of("end an approval", refusal),
    }
}
