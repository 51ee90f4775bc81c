//! What was changed at a site itself, and what came of it. `GET /ops/sites/{id}/changes`

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};

use super::{Asked, site, words};
use crate::accounts::Accounts;
use crate::kernel::Leaf;
use crate::operator::{
    role::Desk,
    status::{self, Change},
};
use crate::platform::web::{Page, PageError, Shell};
use crate::sites::Site;
use crate::sync::status as copies;

#[derive(Template)]
#[template(path = "ops/changes.html")]
struct Changes {
    shell: Shell,
    site: Site,
    rows: Vec<Change>,
    page: i64,
    has_more: bool,
    address: String,
}

pub(super) async fn show(
    State(accounts): State<Accounts>,
    desk: Desk,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let mut reader = accounts.db.read().await?;
    let site = site(&mut reader, &id).await?;
    let page = asked.page();
    let Leaf { rows, has_more } = status::changes(&mut reader, site.id, page).await?;
    let address = format!("/ops/sites/{}/changes?page=", site.id);
    let page = Changes { shell: desk.shell(&accounts), site, rows, page, has_more, address };
    Ok(Page::new(&page.shell.clone(), page).into_response())
}
