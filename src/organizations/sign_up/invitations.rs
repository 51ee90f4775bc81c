//! Invitations that wait for the address that was just proven. `GET` and `POST /signup/invitations`

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};

use super::{
    held::Held,
    model::{Choice, Draft},
    rules::Step,
    store,
};
use crate::accounts::{Accounts, sessions::extract::Visitor};
use crate::organizations::{
    AssignableRole,
    invitations::{Invitation, waiting_for},
};
use crate::platform::web::{Form, Page, PageError, Shell, see_other};

#[derive(Template)]
#[template(path = "sign_up/invitations.html")]
struct Invitations {
    shell: Shell,
    waiting: Vec<Invitation>,
}

pub(super) async fn show(
    State(accounts): State<Accounts>,
    visitor: Visitor,
    held: Held,
) -> Result<Response, PageError> {
    let draft = match held.at(Step::Organization) {
        Ok(draft) => draft,
        Err(path) => return Ok(see_other(path)),
    };
    let waiting = waiting_for(&mut accounts.db.read().await?, &draft.email).await?;
    if waiting.is_empty() {
        return Ok(see_other(Step::Organization.path()));
    }
    let shell = visitor.shell(&accounts);
    Ok(Page::new(&shell.clone(), Invitations { shell, waiting }).into_response())
}

pub(super) async fn submit(
    State(accounts): State<Accounts>,
    held: Held,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let draft = match held.at(Step::Organization) {
        Ok(draft) => draft,
        Err(path) => return Ok(see_other(path)),
    };
    let chosen = fields.get("invitation").unwrap_or_default();
    let waiting = waiting_for(&mut accounts.db.read().await?, &draft.email).await?;
    let joined = waiting.into_iter().find(|each| each.id.to_string() == chosen);
    if joined.is_none() && chosen != "none" {
        // It was withdrawn while the page was open: the page says what is left.
        return Ok(see_other("/signup/invitations"));
    }
    let choice = joined.map(|each| Choice::Invited { invitation: each.id, name: each.organization_name.to_string() });
    let mut unit = accounts.db.write().await?;
    store::set_choice(&mut unit, draft.id, choice.clone()).await?;
    unit.commit().await?;
    Ok(see_other(Step::first_missing(Some(&Draft { choice, ..draft })).path()))
}
