//! Reads over `consents` and `grants` of one person.

use crate::kernel::{AccountId, Fault, SessionId, Timestamp};
use crate::platform::store::{Sql, Unit};

/// A client that a person has let know who they are.
#[derive(sqlx::FromRow)]
pub(super) struct ConnectedRow {
    pub(super) client_id: String,
    pub(super) scope: String,
    pub(super) granted_at: Timestamp,
    pub(super) last_at: Option<Timestamp>,
}

/// The clients of a person, the newest first.
pub(super) async fn of_person(on: &mut impl Sql, account: AccountId) -> Result<Vec<ConnectedRow>, Fault> {
    on.sql(
        "select c.client_id, c.scope, c.granted_at,
                (select max(g.created_at) from grants g where g.account_id = $1 and g.client_id = c.client_id) as last_at
         from consents c where c.account_id = $1 order by c.granted_at desc, c.client_id limit 200",
    )
    .bind(account)
    .all()
    .await
}

/// Forgets what the person agreed to at a client. Says whether there was anything.
pub(super) async fn forget_consent(unit: &mut Unit, account: AccountId, client_id: &str) -> Result<bool, Fault> {
    let rows = unit
        .sql("delete from consents where account_id = $1 and client_id = $2")
        .bind(account)
        .bind(client_id.to_owned())
        .run()
        .await?;
    Ok(rows == 1)
}

/// Takes back all that a client was given in the person's name.
pub(super) async fn revoke_grants(unit: &mut Unit, account: AccountId, client_id: &str) -> Result<(), Fault> {
    let now = unit.now();
    unit.sql("update grants set revoked_at = $3 where account_id = $1 and client_id = $2 and revoked_at is null")
        .bind(account)
        .bind(client_id.to_owned())
        .bind(now)
        .run()
        .await?;
    Ok(())
}

/// The sessions of the person that the client has seen.
pub(super) async fn sessions_seen(
    on: &mut impl Sql,
    account: AccountId,
    client_id: &str,
) -> Result<Vec<(SessionId,)>, Fault> {
    on.sql(
        "select distinct v.session_id from grants g
         join session_clients v on v.session_id = g.session_id and v.client_id = g.client_id
         where g.account_id = $1 and g.client_id = $2",
    )
    .bind(account)
    .bind(client_id.to_owned())
    .all()
    .await
}
