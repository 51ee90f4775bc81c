//! Sites on the operator's pages: registering them, changing them, and seeing what they get.

pub mod snippets;
pub mod words;

mod addresses;
mod changes;
mod deliveries;
mod list;
mod new;
mod organizations;
mod removal;
mod show;
mod store;

use crate::accounts::Accounts;
use crate::kernel::SiteId;
use crate::platform::{
    store::Sql,
    web::{PageError, Routes},
};
use crate::sites::{self, Site};

/// The pages of this part.
pub fn routes(accounts: Accounts) -> Routes {
    Routes::new()
        .get("/ops/sites", list::show)
        .get("/ops/sites/new", new::show)
        .post("/ops/sites/new", new::submit)
        .get("/ops/sites/{id}", show::show)
        .post("/ops/sites/{id}", show::submit)
        .get("/ops/sites/{id}/addresses", addresses::show)
        .post("/ops/sites/{id}/addresses", addresses::submit)
        .get("/ops/sites/{id}/remove", removal::show)
        .post("/ops/sites/{id}/remove", removal::submit)
        .get("/ops/sites/{id}/deliveries", deliveries::show)
        .post("/ops/sites/{id}/deliveries", deliveries::submit)
        .get("/ops/sites/{id}/changes", changes::show)
        .get("/ops/sites/{id}/organizations", organizations::show)
        .post("/ops/sites/{id}/organizations", organizations::submit)
        .with_state(accounts)
}

/// The site that a path names.
async fn site(on: &mut impl Sql, id: &str) -> Result<Site, PageError> {
    let id: SiteId = id.parse().map_err(|_| PageError::not_found())?;
    sites::find(on, id).await?.ok_or_else(PageError::not_found)
}

/// What the address of a list asks for.
#[derive(Default, serde::Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    page: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    item: String,
}

impl Asked {
    /// What was typed into the filter, without what no name has.
    fn typed(&self) -> String {
        self.q.trim().chars().filter(|c| !c.is_control()).take(100).collect()
    }

    /// The number of the page, from 1.
    fn page(&self) -> i64 {
        self.page.parse().unwrap_or(1).clamp(1, 2000)
    }
}

/// A text for the query of an address.
fn in_query(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
