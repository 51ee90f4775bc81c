//! Name and email (X31): the name here, the address by a code. `GET, POST /account/details`

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};

use crate::accounts::{Accounts, rename, sessions::extract::Person};
use crate::audit::Actor;
use crate::kernel::{Fault, FieldErrors, PersonName, name::NotAName};
use crate::platform::{
    web::{Form, Page, PageError, Shell, notice::see_other_with},
    words::Words,
};
use crate::protocol::oauth::Params;

/// Where the page is.
pub(super) const PATH: &str = "/account/details";

#[derive(Template)]
#[template(path = "accounts/settings/details.html")]
struct Details {
    shell: Shell,
    given_name: String,
    family_name: String,
    email: String,
    is_verified: bool,
    new_email: String,
    username: String,
    errors: FieldErrors,
}

/// What was typed, to be shown again.
#[derive(Default)]
pub(super) struct Typed {
    given_name: Option<String>,
    family_name: Option<String>,
    new_email: Option<String>,
}

impl Typed {
    /// Everything but the password.
    pub(super) fn of(fields: &Params) -> Self {
        let typed = |name| fields.get(name).map(str::to_owned);
        Self { given_name: typed("given_name"), family_name: typed("family_name"), new_email: typed("email") }
    }
}

/// `GET /account/details`
pub(super) async fn show(State(accounts): State<Accounts>, person: Person) -> Response {
    draw(&accounts, &person, Typed::default(), FieldErrors::default())
}

/// The page, with what is wrong.
pub(super) fn draw(accounts: &Accounts, person: &Person, typed: Typed, errors: FieldErrors) -> Response {
    let (shell, account) = (person.visitor.shell(accounts), &person.signed_in.account);
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = Details {
        shell: shell.clone(),
        given_name: typed.given_name.unwrap_or_else(|| account.given_name().to_string()),
        family_name: typed.family_name.unwrap_or_else(|| account.family_name().to_string()),
        email: account.email().to_string(),
        is_verified: account.verified_email().is_some(),
        new_email: typed.new_email.unwrap_or_default(),
        username: account.username().to_string(),
        errors,
    };
    Page::new(&shell, page).status(status).into_response()
}

/// `POST /account/details`: the name. Whatever else a body holds is not read.
pub(super) async fn submit(
    State(accounts): State<Accounts>,
    person: Person,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let t = person.visitor.words(&accounts);
    let names = match names(t, &fields) {
        Ok(names) => names,
        Err(errors) => return Ok(draw(&accounts, &person, Typed::of(&fields), errors)),
    };
    let notice = t.account_renamed(format!("{} {}", names.0, names.1));
    save(&accounts, &person, names).await?;
    Ok(see_other_with(&accounts.kit, PATH, &notice))
}

fn names(t: Words, fields: &Params) -> Result<(PersonName, PersonName), FieldErrors> {
    let mut errors = FieldErrors::default();
    let mut read = |field: &'static str, empty: &str| match fields.get(field).unwrap_or_default().parse() {
        Ok(name) => Some(name),
        Err(why) => {
            let text = match why {
                NotAName::Empty => empty,
                NotAName::TooLong => t.account_name_too_long(),
                NotAName::Character => t.account_name_character(),
            };
            errors.add(field, text);
            None
        }
    };
    let given = read("given_name", t.account_given_name_empty());
    let family = read("family_name", t.account_family_name_empty());
    given.zip(family).ok_or(errors)
}

async fn save(accounts: &Accounts, person: &Person, names: (PersonName, PersonName)) -> Result<(), Fault> {
    let id = person.signed_in.account.id();
    let mut unit = accounts.db.write().await?;
    rename(&mut unit, &Actor::Person(id), id, names).await?;
    unit.commit().await
}
