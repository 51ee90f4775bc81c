//! The table `form_results`.

use super::FirstResult;
use crate::kernel::{AccountId, Fault, FormId, Lifetime};
use crate::platform::store::{Sql, Unit};

pub(super) async fn find(on: &mut impl Sql, id: FormId, account: AccountId) -> Result<Option<FirstResult>, Fault> {
    on.sql("select path, notice from form_results where id = $1 and account_id = $2")
        .bind(id)
        .bind(account)
        .maybe()
        .await
}

pub(super) async fn insert(unit: &mut Unit, id: FormId, account: AccountId, result: &FirstResult) -> Result<(), Fault> {
    let now = unit.now();
    unit.sql("insert into form_results (id, account_id, path, notice, created_at) values ($1, $2, $3, $4, $5)")
        .bind(id)
        .bind(account)
        .bind(result.path.clone())
        .bind(result.notice.clone())
        .bind(now)
        .run()
        .await?;
    Ok(())
}

pub(super) async fn sweep(unit: &mut Unit, kept_for: Lifetime) -> Result<u64, Fault> {
    let until = unit.now() - kept_for;
    unit.sql("delete from form_results where created_at < $1").bind(until).run().await
}
