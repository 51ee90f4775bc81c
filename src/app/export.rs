//! What ConneX keeps about a person, of every floor that knows people, as a file. `GET /account/export`

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::Value;

use super::App;
use crate::accounts::{sessions::extract::Person, settings};
use crate::kernel::Fault;
use crate::oidc::{self, Provider};
use crate::organizations;
use crate::platform::web::{PageError, Routes};

/// The route of the file.
pub(super) fn routes(app: &App) -> Routes {
    Routes::new().get("/account/export", download).with_state(app.provider.clone())
}

async fn download(State(provider): State<Provider>, person: Person) -> Result<Response, PageError> {
    let (accounts, account) = (provider.accounts(), &person.signed_in.account);
    let mut all = settings::kept_of(accounts, account).await?;
    let places = organizations::kept_of(&mut accounts.db.read().await?, account.id()).await?;
    let sites = oidc::kept_of(&provider, account).await?;
    for part in [places, sites] {
        add(&mut all, part);
    }
    let text = serde_json::to_string_pretty(&all).map_err(|cause| Fault::of("write an export", cause))?;
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"connex-account.json\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, text).into_response())
}

/// Adds the members of one object to another.
fn add(all: &mut Value, part: Value) {
    if let (Value::Object(all), Value::Object(part)) = (all, part) {
        all.extend(part);
    }
}
