//! What a site was told, and what it said (X84). `GET|POST /ops/sites/{id}/deliveries`

use askama::Template;
use axum::{
    extract::{Path, Query, State as Parts},
    response::{IntoResponse, Response},
};

use super::{Asked, site, words};
use crate::accounts::Accounts;
use crate::kernel::{Leaf, Lifetime};
use crate::operator::{
    role::Desk,
    status::{self, Attempt, Delivery, Receipt, State},
};
use crate::platform::{
    store::Sql,
    web::{Form, Page, PageError, Shell, see_other_with},
};
use crate::sites::Site;
use crate::sync::control::{self, Item};

/// The spans that *Resend all* offers, in hours.
const SPANS: [(&str, Lifetime); 4] =
    [("1", Lifetime::hours(1)), ("24", Lifetime::hours(24)), ("168", Lifetime::days(7)), ("720", Lifetime::days(30))];

#[derive(Template)]
#[template(path = "ops/deliveries.html")]
struct Deliveries {
    shell: Shell,
    site: Site,
    state: State,
    rows: Vec<Delivery>,
    page: i64,
    has_more: bool,
    address: String,
}

impl Deliveries {
    fn is(&self, state: State) -> bool {
        self.state == state
    }

    fn tab(&self, state: State) -> &'static str {
        words::tab(self.shell.t, state)
    }

    fn spans(&self) -> Vec<(&'static str, String)> {
        SPANS.iter().map(|(hours, span)| (*hours, self.shell.t.span(*span))).collect()
    }
}

#[derive(Template)]
#[template(path = "ops/delivery.html")]
struct One {
    shell: Shell,
    site: Site,
    row: Delivery,
    attempts: Vec<Attempt>,
    receipts: Vec<Receipt>,
}

pub(super) async fn show(
    Parts(accounts): Parts<Accounts>,
    desk: Desk,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let mut reader = accounts.db.read().await?;
    let site = site(&mut reader, &id).await?;
    let shell = desk.shell(&accounts);
    if !asked.item.is_empty() {
        let item: Item = asked.item.parse().map_err(|_| PageError::not_found())?;
        let found = status::delivery(&mut reader, site.id, item).await?;
        let (row, attempts) = found.ok_or_else(PageError::not_found)?;
        let receipts = status::receipts(&mut reader, site.id, item).await?;
        return Ok(Page::new(&shell.clone(), One { shell, site, row, attempts, receipts }).into_response());
    }
    let state = State::asked(&asked.state).unwrap_or(State::Attention);
    let page = asked.page();
    let Leaf { rows, has_more } = status::deliveries(&mut reader, site.id, state, page).await?;
    let address = format!("/ops/sites/{}/deliveries?state={}&page=", site.id, state.as_str());
    let page = Deliveries { shell: shell.clone(), site, state, rows, page, has_more, address };
    Ok(Page::new(&shell, page).into_response())
}

pub(super) async fn submit(
    Parts(accounts): Parts<Accounts>,
    desk: Desk,
    Path(id): Path<String>,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let t = desk.words(&accounts);
    let mut unit = accounts.db.write().await?;
    let site = site(&mut unit, &id).await?;
    let path = format!("/ops/sites/{}/deliveries", site.id);
    let (path, notice) = match fields.get("act") {
        Some("resend") => {
            let item =
                fields.get("item").and_then(|item| item.parse::<Item>().ok()).ok_or_else(PageError::not_found)?;
            let found = status::delivery(&mut unit, site.id, item).await?.ok_or_else(PageError::not_found)?;
            control::resend(&mut unit, &desk.actor(), site.id, item).await?;
            (format!("{path}?item={item}"), t.ops_resent(found.0.shown()))
        }
        Some("resend-all") => {
            let since = unit.now() - chosen(fields.get("hours"));
            let count = control::resend_all(&mut unit, &desk.actor(), site.id, since).await?;
            (path, t.ops_resent_all(count))
        }
        _ => return Err(PageError::not_found()),
    };
    unit.commit().await?;
    Ok(see_other_with(&accounts.kit, &path, &notice))
}

/// The span that was chosen; the shortest when it is none of ours.
fn chosen(hours: Option<&str>) -> Lifetime {
    SPANS.iter().find(|(known, _)| hours == Some(known)).map_or(Lifetime::hours(1), |(_, span)| *span)
}
