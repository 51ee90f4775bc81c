//! The table `api_answers`.

use serde_json::Value;

use crate::kernel::{Fault, Json, Lifetime, SiteId};
use crate::platform::store::{Sql, Unit};

/// What was answered the first time.
#[derive(sqlx::FromRow)]
pub(in crate::sync::api) struct FirstAnswer {
    pub(in crate::sync::api) digest: String,
    pub(in crate::sync::api) answer: Option<Json<Value>>,
}

pub(in crate::sync::api) async fn find(
    on: &mut impl Sql,
    site: SiteId,
    key: &str,
) -> Result<Option<FirstAnswer>, Fault> {
    on.sql("select digest, answer from api_answers where site_id = $1 and key = $2")
        .bind(site)
        .bind(key.to_owned())
        .maybe()
        .await
}

/// Keeps an answer. Says whether it is the first under this key.
pub(in crate::sync::api) async fn keep(
    unit: &mut Unit,
    site: SiteId,
    (key, digest): (&str, &str),
    answer: Option<&Value>,
) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "insert into api_answers (site_id, key, digest, answer, created_at) values ($1, $2, $3, $4, $5)
             on conflict (site_id, key) do nothing",
        )
        .bind(site)
        .bind(key.to_owned())
        .bind(digest.to_owned())
        .bind(answer.cloned().map(Json))
        .bind(now)
        .run()
        .await?;
    Ok(rows == 1)
}

pub(in crate::sync::api) async fn sweep(unit: &mut Unit, kept_for: Lifetime) -> Result<u64, Fault> {
    let until = unit.now() - kept_for;
    unit.sql("delete from api_answers where created_at < $1").bind(until).run().await
}
