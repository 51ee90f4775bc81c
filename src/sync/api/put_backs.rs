//! `POST /api/v1/put-backs`: what a site had changed by itself, and has put back.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::Value;

use super::{
    input::{Written, invalid, text},
    once::Answer,
    store::put_backs::{self, PutBack},
};
use crate::kernel::{SiteId, TxnId};
use crate::oidc::{Provider, SitePrincipal};
use crate::platform::{store::Unit, web::Problem};
use crate::sync::{copy::Names, known_as, ledger::Kind};

const MOST_ITEMS: usize = 200;
const MOST_OF_A_VALUE: usize = 500;

/// A report.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Report {
    /// The cause, when the site knows it: only its form is looked at.
    #[serde(default)]
    txn: Option<TxnId>,
    items: Vec<Item>,
}

/// One value that was put back.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    kind: String,
    id: String,
    attribute: String,
    #[serde(default)]
    there: Value,
    #[serde(default)]
    here: Value,
    #[serde(default)]
    by: Option<String>,
}

pub(super) async fn post(
    State(provider): State<Provider>,
    SitePrincipal { site, .. }: SitePrincipal,
    written: Written<Report>,
) -> Result<Response, Problem> {
    let Report { txn, items } = written.said;
    if items.is_empty() || items.len() > MOST_ITEMS {
        return Err(invalid(format!("items holds 1 to {MOST_ITEMS} values.")));
    }
    let names = Names::of(&provider, &mut provider.db().read().await?, site).await?;
    known_as::write_down(&provider, &names, site).await?;
    let mut unit = provider.db().write().await?;
    if let Some(first) = written.once.first_answer(&mut unit, site).await? {
        return Ok(first.into_response());
    }
    tracing::debug!(site = %site, txn = ?txn, items_count = items.len(), "a site has put values back");
    for item in items {
        let put_back = read(&mut unit, site, item).await?;
        put_backs::note(&mut unit, site, put_back).await?;
    }
    Ok(written.once.commit(unit, site, Answer(None)).await?.into_response())
}

async fn read(unit: &mut Unit, site: SiteId, item: Item) -> Result<PutBack, Problem> {
    let kind = match item.kind.as_str() {
        "User" => Kind::User,
        "Group" => Kind::Organization,
        _ => return Err(invalid("kind is User or Group.")),
    };
    // One answer for what is another site's and for what nobody has.
    let unknown = || invalid("id names something that this site does not have.");
    let resource = known_as::look_up(unit, site, kind, &item.id).await?.ok_or_else(unknown)?;
    Ok(PutBack {
        kind,
        resource,
        attribute: text("attribute", &item.attribute, 60)?,
        there: value("there", item.there)?,
        here: value("here", item.here)?,
        changed_by: item.by.map(|by| text("by", &by, 100)).transpose()?,
    })
}

/// A value as the log of drifts has it: text as it is, everything else as JSON.
fn value(name: &str, value: Value) -> Result<Option<String>, Problem> {
    match value {
        Value::Null => Ok(None),
        Value::String(said) => text(name, &said, MOST_OF_A_VALUE).map(Some),
        other => text(name, &other.to_string(), MOST_OF_A_VALUE).map(Some),
    }
}
