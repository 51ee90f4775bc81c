//! All sites (X81). `GET /ops/sites`

use askama::Template;
use axum::{
    extract::{Query, State},
    response::{IntoResponse, Response},
};

use super::{Asked, in_query, words};
use crate::accounts::Accounts;
use crate::kernel::Leaf;
use crate::operator::{role::Desk, status::PAGE};
use crate::platform::{
    web::{Page, PageError, Shell},
    words::Words,
};
use crate::sites::{self, Site};
use crate::sync::status::{self, SiteHealth};

/// A filter is offered for lists that are longer than this (G10).
const FILTER_FROM: usize = 20;

#[derive(Template)]
#[template(path = "ops/sites.html")]
struct Sites {
    shell: Shell,
    rows: Vec<Row>,
    count: usize,
    typed: String,
    has_filter: bool,
    page: i64,
    has_more: bool,
    address: String,
}

/// A line of the list.
struct Row {
    site: Site,
    health: Option<SiteHealth>,
}

impl Row {
    fn condition(&self, t: Words) -> &'static str {
        self.health.as_ref().map(|health| words::condition(t, health.condition())).unwrap_or_default()
    }

    fn mark(&self) -> &'static str {
        self.health.as_ref().map(|health| words::mark(health.condition())).unwrap_or_default()
    }

    fn matches(&self, wanted: &str) -> bool {
        self.site.name.folded().contains(wanted) || self.site.url.as_str().contains(wanted)
    }
}

pub(super) async fn show(
    State(accounts): State<Accounts>,
    desk: Desk,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let (typed, page) = (asked.typed(), asked.page());
    let mut reader = accounts.db.read().await?;
    let healths = status::of_sites(&mut reader).await?;
    let mut rows: Vec<Row> = sites::list(&mut reader)
        .await?
        .into_iter()
        .map(|site| Row { health: healths.iter().find(|health| health.site_id == site.id).cloned(), site })
        .collect();
    drop(reader);
    let (all, wanted) = (rows.len(), typed.to_lowercase());
    rows.retain(|row| row.matches(&wanted));
    let (count, leaf) = (rows.len(), Leaf::cut(rows, page, PAGE));
    let page = Sites {
        shell: desk.shell(&accounts),
        rows: leaf.rows,
        has_filter: all > FILTER_FROM || !typed.is_empty(),
        has_more: leaf.has_more,
        address: format!("/ops/sites?q={}&page=", in_query(&typed)),
        count,
        typed,
        page,
    };
    Ok(Page::new(&page.shell.clone(), page).into_response())
}
