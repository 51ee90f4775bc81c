//! The table `logout_deliveries`: which sites were told of a session's end.

use crate::kernel::{DeliveryId, Fault, SessionId, Timestamp};
use crate::platform::store::{Sql, Unit};

/// How a delivery stands.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Delivery {
    pub(super) client_id: String,
    pub(super) state: String,
}

/// Notes that a client has to be told. `None` when that was noted before.
pub(super) async fn note(unit: &mut Unit, session: SessionId, client_id: &str) -> Result<Option<DeliveryId>, Fault> {
    let now = unit.now();
    let id = DeliveryId::new(now, &unit.entropy());
    let rows = unit
        .sql(
            "insert into logout_deliveries (id, session_id, client_id, state, created_at) values ($1, $2, $3, 'due', $4)
             on conflict (session_id, client_id) do nothing",
        )
        .bind(id)
        .bind(session)
        .bind(client_id.to_owned())
        .bind(now)
        .run()
        .await?;
    Ok((rows == 1).then_some(id))
}

/// Forgets that a client was told of a session's end, because the session is used there again.
pub(in crate::oidc) async fn forget_told(unit: &mut Unit, session: SessionId, client_id: &str) -> Result<(), Fault> {
    unit.sql("delete from logout_deliveries where session_id = $1 and client_id = $2 and state <> 'due'")
        .bind(session)
        .bind(client_id.to_owned())
        .run()
        .await?;
    Ok(())
}

/// Settles a delivery as `told` or `given_up`.
pub(super) async fn settle(unit: &mut Unit, id: DeliveryId, state: &'static str) -> Result<(), Fault> {
    let now = unit.now();
    unit.sql("update logout_deliveries set state = $2, settled_at = $3 where id = $1")
        .bind(id)
        .bind(state)
        .bind(now)
        .run()
        .await?;
    Ok(())
}

/// The deliveries of a session.
pub(super) async fn of_session(on: &mut impl Sql, session: SessionId) -> Result<Vec<Delivery>, Fault> {
    on.sql("select client_id, state from logout_deliveries where session_id = $1 order by client_id")
        .bind(session)
        .all()
        .await
}

/// Forgets deliveries that were noted before `before`, settled or not: those that are due have
/// long expired by then.
pub(in crate::oidc) async fn forget_old(unit: &mut Unit, before: Timestamp) -> Result<u64, Fault> {
    unit.sql("delete from logout_deliveries where created_at < $1").bind(before).run().await
}
