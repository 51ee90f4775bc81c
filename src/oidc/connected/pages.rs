//! `GET /account/sites`, `POST /account/sites/{id}/disconnect`

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};

use super::service;
use crate::accounts::sessions::extract::Person;
use crate::oidc::{Provider, authorize};
use crate::platform::web::{Form, Page, PageError, Shell, see_other_with};

#[derive(Template)]
#[template(path = "account/sites.html")]
struct Sites {
    shell: Shell,
    sites: Vec<Shown>,
}

/// A connection in words.
struct Shown {
    client_id: String,
    name: String,
    family: Option<&'static str>,
    home: Option<String>,
    sees: Vec<&'static str>,
    since: String,
    last: Option<String>,
}

/// The sites that know this person.
pub(in crate::oidc) async fn show(State(provider): State<Provider>, person: Person) -> Result<Response, PageError> {
    let shell = person.visitor.shell(provider.accounts());
    let t = shell.t;
    let connections = service::of_person(&provider, &person.signed_in.account).await?;
    let sites = connections.into_iter().map(|connection| Shown {
        sees: authorize::consent_in_words(&connection.scope, t),
        since: t.day(connection.since),
        last: connection.last_at.map(|at| t.moment(at)),
        client_id: connection.client_id,
        name: connection.name,
        family: connection.family,
        home: connection.home,
    });
    let page = Sites { sites: sites.collect(), shell: shell.clone() };
    Ok(Page::new(&shell, page).into_response())
}

/// Ends one connection.
pub(in crate::oidc) async fn disconnect(
    State(provider): State<Provider>,
    person: Person,
    Path(client_id): Path<String>,
    Form(_): Form,
) -> Result<Response, PageError> {
    let name = service::disconnect(&provider, &person.signed_in.account, &client_id).await?;
    let name = name.ok_or_else(PageError::not_found)?;
    let words = person.visitor.words(provider.accounts());
    Ok(see_other_with(provider.kit(), "/account/sites", &words.connected_disconnected(name)))
}
