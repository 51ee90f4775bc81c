//! `GET /sync/v1/txns/{txn}`: how far the site is with what one cause brought it.

use axum::{
    Json,
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{
    not_found,
    store::txns::{self as store, ItemRow},
};
use crate::kernel::{OrganizationId, TxnId};
use crate::oidc::{Provider, SitePrincipal};
use crate::platform::web::Problem;
use crate::sync::{copy::Names, delivery::Progress, known_as};

/// How many copies are named; `total` counts all of them.
const MOST_ITEMS: i64 = 500;

pub(super) async fn one(
    State(provider): State<Provider>,
    SitePrincipal { site, .. }: SitePrincipal,
    Path(txn): Path<String>,
) -> Result<Response, Problem> {
    let txn: TxnId = txn.parse().map_err(|_| not_found())?;
    let names = Names::of(&provider, &mut provider.db().read().await?, site).await?;
    known_as::write_down(&provider, &names, site).await?;
    let mut on = provider.db().read().await?;
    let progress = store::progress(&mut on, site, txn).await?;
    if progress.total == 0 && !store::is_noted(&mut on, site, txn).await? {
        return Err(not_found());
    }
    let items: Vec<Value> = store::items(&mut on, site, txn, MOST_ITEMS).await?.into_iter().map(shown).collect();
    let body = json!({
        "txn": txn, "state": state(progress), "total": progress.total, "confirmed": progress.confirmed, "items": items,
    });
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response())
}

/// Whether all is confirmed, or something comes by itself, or somebody has to look.
const fn state(progress: Progress) -> &'static str {
    match (progress.is_done(), progress.is_settled()) {
        (true, _) => "done",
        (false, false) => "under_way",
        (false, true) => "attention",
    }
}

fn shown(row: ItemRow) -> Value {
    let state = match row.state.as_str() {
        "ok" => "confirmed",
        "attention" => "attention",
        _ => "under_way",
    };
    match row.kind.as_str() {
        "user" => json!({ "kind": "User", "id": row.external_id, "state": state }),
        _ => json!({ "kind": "Group", "id": OrganizationId::from_uuid(row.resource_id), "state": state }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nobody_has_to_look_at_is_under_way() {
        let at = |confirmed, attention| state(Progress { total: 3, confirmed, attention });
        assert_eq!((at(3, 0), at(1, 1), at(2, 1)), ("done", "under_way", "attention"));
    }
}
