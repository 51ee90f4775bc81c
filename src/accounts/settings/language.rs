//! The language of pages and mails (X41). `GET, POST /account/language`

use askama::Template;
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::accounts::{Accounts, sessions::extract::Person, set_language};
use crate::audit::Actor;
use crate::kernel::{FieldErrors, Language};
use crate::platform::{
    web::{Form, Page, PageError, Shell, here, notice::see_other_with},
    words::Words,
};

const PATH: &str = "/account/language";

#[derive(Template)]
#[template(path = "accounts/settings/language.html")]
struct LanguagePage {
    shell: Shell,
    present: Language,
    errors: FieldErrors,
}

/// `GET /account/language`
pub(super) async fn show(State(accounts): State<Accounts>, person: Person) -> Response {
    draw(&accounts, &person, FieldErrors::default())
}

fn draw(accounts: &Accounts, person: &Person, errors: FieldErrors) -> Response {
    let shell = person.visitor.shell(accounts);
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = LanguagePage { shell: shell.clone(), present: person.signed_in.account.language(), errors };
    Page::new(&shell, page).status(status).into_response()
}

/// `POST /account/language`: for the account, and for this browser.
pub(super) async fn submit(
    State(accounts): State<Accounts>,
    person: Person,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let chosen = Language::ALL.into_iter().find(|language| fields.get("language") == Some(language.tag()));
    let Some(chosen) = chosen else {
        let t = person.visitor.words(&accounts);
        return Ok(draw(&accounts, &person, FieldErrors::one("language", t.account_language_missing())));
    };
    let id = person.signed_in.account.id();
    let mut unit = accounts.db.write().await?;
    set_language(&mut unit, &Actor::Person(id), id, chosen).await?;
    unit.commit().await?;
    let notice = Words::new(chosen).account_language_saved();
    let mut response = see_other_with(&accounts.kit, PATH, notice);
    response.headers_mut().append(header::SET_COOKIE, here::remember(&accounts.kit, chosen));
    Ok(response)
}
