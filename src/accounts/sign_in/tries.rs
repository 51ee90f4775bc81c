//! Counting tries before they are made, and forgetting them when the password was right.

use sha2::{Digest, Sha256};

use super::store;
use crate::accounts::{Account, rules};
use crate::kernel::{Fault, Lifetime};
use crate::platform::{
    config::Limits,
    store::{Db, Sql, Unit},
};

/// How long tries in a row are remembered.
const EVER: Lifetime = Lifetime::days(3650);

/// Why a try is not made.
pub(super) enum Refused {
    /// Too many were made: wait this long.
    Wait(Lifetime),
    /// Something broke.
    Fault(Fault),
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// How many tries in a row there have been, this one included.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counted {
    here: i64,
    everywhere: Option<i64>,
}

impl Counted {
    /// Whether it is time to tell the owner. Each count comes here once in a row.
    pub(super) fn calls_for_a_notice(self) -> bool {
        self.here == rules::TELL_AFTER || self.everywhere == Some(rules::TELL_AFTER)
    }
}

/// The keys under which tries are counted. They are digests: no name stands in the table.
pub(super) struct Keys {
    here: String,
    everywhere: String,
    network: String,
}

impl Keys {
    /// An account has several names, but one count over all networks: otherwise each name would
    /// give another hundred tries. The count here goes by the name, so that it does not tell which
    /// names belong together.
    pub(super) fn of(folded: &str, account: Option<&Account>, network: &str) -> Self {
        let whose = account.map_or_else(|| folded.to_owned(), |account| account.id.to_string());
        let digest = |text: String| Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        Self {
            here: digest(format!("here {network} {folded}")),
            everywhere: digest(format!("everywhere {whose}")),
            network: digest(format!("network {network}")),
        }
    }

    /// Forgets the tries in a row: the password was right.
    pub(super) async fn forget(&self, unit: &mut Unit) -> Result<(), Fault> {
        store::take_back(unit, &self.network).await?;
        store::forget(unit, &self.here).await?;
        store::forget(unit, &self.everywhere).await
    }
}

/// Counts this try against its limits before the password is looked at, and keeps the count.
pub(super) async fn reserve(
    (db, limits): (&Db, &Limits),
    keys: &Keys,
    account: Option<&Account>,
    network: &str,
) -> Result<Counted, Refused> {
    if !limits.enabled {
        return Ok(Counted::default());
    }
    let mut unit = db.write().await?;
    let now = unit.now();
    let is_known = match account {
        Some(account) => store::knows_network(&mut unit, account.id, network, now - rules::KNOWN_FOR).await?,
        None => false,
    };
    let Some((tries, began)) = store::count_try(&mut unit, &keys.network, rules::NETWORK_WINDOW).await? else {
        return Err(waiting(&mut unit, &keys.network).await?);
    };
    store::wait_until(&mut unit, &keys.network, rules::network_waits_until(tries, began, limits)).await?;
    let Some((here, _)) = store::count_try(&mut unit, &keys.here, EVER).await? else {
        return Err(waiting(&mut unit, &keys.here).await?);
    };
    store::wait_until(&mut unit, &keys.here, now + rules::wait_after(here, limits)).await?;
    let mut counted = Counted { here, everywhere: None };
    if !is_known {
        let Some((tries, _)) = store::count_try(&mut unit, &keys.everywhere, EVER).await? else {
            return Err(waiting(&mut unit, &keys.everywhere).await?);
        };
        store::wait_until(&mut unit, &keys.everywhere, now + rules::wait_everywhere_after(tries, limits)).await?;
        counted.everywhere = Some(tries);
    }
    unit.commit().await?;
    Ok(counted)
}

async fn waiting(on: &mut impl Sql, key: &str) -> Result<Refused, Fault> {
    let until = store::waits_until(on, key).await?.unwrap_or_else(|| on.now());
    Ok(Refused::Wait(until.since(on.now())))
}

/// Forgets the tries on an account from one network, by whichever of its names, and those over all
/// networks: its owner has shown by mail who they are.
///
/// # Errors
/// When the database refuses it.
pub(in crate::accounts) async fn forgive(unit: &mut Unit, account: &Account, network: &str) -> Result<(), Fault> {
    for name in [account.username.folded(), account.email.folded()] {
        let keys = Keys::of(&name, Some(account), network);
        store::forget(unit, &keys.here).await?;
        store::forget(unit, &keys.everywhere).await?;
    }
    Ok(())
}
