//! The tables `sign_in_failures`, `known_networks` and `known_browsers`.

use crate::kernel::{AccountId, Fault, Lifetime, Timestamp};
use crate::platform::store::{Sql, Unit};

/// Counts a try at `key` before it is made, so that tries at the same moment cannot slip through
/// together. Returns the tries so far and when their window began; `None` while the key waits.
pub(super) async fn count_try(unit: &mut Unit, key: &str, window: Lifetime) -> Result<Option<(i64, Timestamp)>, Fault> {
    let now = unit.now();
    unit.sql(
        "insert into sign_in_failures (key, failures, window_began_at, wait_until) values ($1, 1, $2, 0)
         on conflict (key) do update set
             failures = case when sign_in_failures.window_began_at <= $3 then 1 else sign_in_failures.failures + 1 end,
             window_began_at = case when sign_in_failures.window_began_at <= $3 then $2 else sign_in_failures.window_began_at end
         where sign_in_failures.wait_until <= $2
         returning failures, window_began_at",
    )
    .bind(key.to_owned())
    .bind(now)
    .bind(now - window)
    .maybe()
    .await
}

/// Lets `key` wait.
pub(super) async fn wait_until(unit: &mut Unit, key: &str, until: Timestamp) -> Result<(), Fault> {
    unit.sql("update sign_in_failures set wait_until = $2 where key = $1")
        .bind(key.to_owned())
        .bind(until)
        .run()
        .await?;
    Ok(())
}

/// When `key` may be tried again.
pub(super) async fn waits_until(on: &mut impl Sql, key: &str) -> Result<Option<Timestamp>, Fault> {
    on.sql("select wait_until from sign_in_failures where key = $1").bind(key.to_owned()).scalar().await
}

/// Forgets the tries at `key`.
pub(super) async fn forget(unit: &mut Unit, key: &str) -> Result<(), Fault> {
    unit.sql("delete from sign_in_failures where key = $1").bind(key.to_owned()).run().await?;
    Ok(())
}

/// Takes one try at `key` back: it was right after all.
pub(super) async fn take_back(unit: &mut Unit, key: &str) -> Result<(), Fault> {
    unit.sql("update sign_in_failures set failures = failures - 1, wait_until = 0 where key = $1 and failures > 0")
        .bind(key.to_owned())
        .run()
        .await?;
    Ok(())
}

/// Whether the person has signed in from `network` since `since`.
pub(super) async fn knows_network(
    on: &mut impl Sql,
    account: AccountId,
    network: &str,
    since: Timestamp,
) -> Result<bool, Fault> {
    let known = on
        .sql("select count(*) from known_networks where account_id = $1 and network = $2 and last_at > $3")
        .bind(account)
        .bind(network.to_owned())
        .bind(since)
        .scalar::<i64>()
        .await?;
    Ok(known.unwrap_or_default() > 0)
}

/// Notes that the person signed in from `network`. Says whether it is new.
pub(super) async fn know_network(unit: &mut Unit, account: AccountId, network: &str) -> Result<bool, Fault> {
    let now = unit.now();
    let is_known = unit
        .sql("update known_networks set last_at = $3 where account_id = $1 and network = $2")
        .bind(account)
        .bind(network.to_owned())
        .bind(now)
        .run()
        .await?;
    if is_known == 1 {
        return Ok(false);
    }
    let noted = unit
        .sql(
            "insert into known_networks (account_id, network, last_at) values ($1, $2, $3)
             on conflict (account_id, network) do nothing",
        )
        .bind(account)
        .bind(network.to_owned())
        .bind(now)
        .run()
        .await?;
    Ok(noted == 1)
}

/// Whether the person has signed in with any browser before.
pub(super) async fn knows_any_browser(on: &mut impl Sql, account: AccountId) -> Result<bool, Fault> {
    let known =
        on.sql("select 1 from known_browsers where account_id = $1 limit 1").bind(account).scalar::<i32>().await?;
    Ok(known.is_some())
}

/// Notes that the person signed in with `browser`. Says whether it is new.
pub(super) async fn know_browser(unit: &mut Unit, account: AccountId, browser: &str) -> Result<bool, Fault> {
    let now = unit.now();
    let is_known = unit
        .sql("update known_browsers set last_at = $3 where account_id = $1 and browser = $2")
        .bind(account)
        .bind(browser.to_owned())
        .bind(now)
        .run()
        .await?;
    if is_known == 1 {
        return Ok(false);
    }
    let noted = unit
        .sql(
            "insert into known_browsers (account_id, browser, last_at) values ($1, $2, $3)
             on conflict (account_id, browser) do nothing",
        )
        .bind(account)
        .bind(browser.to_owned())
        .bind(now)
        .run()
        .await?;
    Ok(noted == 1)
}
