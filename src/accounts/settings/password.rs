//! Another password (X32). `GET, POST /account/password`

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};

use crate::accounts::{
    Accounts,
    password::{self, ChooseError, Setting},
    sessions::extract::Person,
    sign_in,
};
use crate::kernel::FieldErrors;
use crate::platform::{
    hash::PasswordHash,
    web::{Form, Page, PageError, Shell, notice::see_other_with},
};
use crate::protocol::oauth::Params;

const PATH: &str = "/account/password";

#[derive(Template)]
#[template(path = "accounts/settings/password.html")]
struct ChangePassword {
    shell: Shell,
    username: String,
    least: u32,
    changed: Option<String>,
    errors: FieldErrors,
}

/// `GET /account/password`
pub(super) async fn show(State(accounts): State<Accounts>, person: Person) -> Response {
    draw(&accounts, &person, FieldErrors::default())
}

fn draw(accounts: &Accounts, person: &Person, errors: FieldErrors) -> Response {
    let (shell, account) = (person.visitor.shell(accounts), &person.signed_in.account);
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = ChangePassword {
        username: account.username().to_string(),
        least: accounts.rules.password_min_length,
        changed: account.password_changed_at().map(|at| shell.t.day(at)),
        errors,
        shell: shell.clone(),
    };
    Page::new(&shell, page).status(status).into_response()
}

/// `POST /account/password`
pub(super) async fn submit(
    State(accounts): State<Accounts>,
    person: Person,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let t = person.visitor.words(&accounts);
    let hash = match choose(&accounts, &person, &fields).await? {
        Ok(hash) => hash,
        Err(errors) => return Ok(draw(&accounts, &person, errors)),
    };
    let others_end = fields.get("others").is_some();
    let how = Setting::Changed { here: person.signed_in.session, others_end };
    let mut unit = accounts.db.write().await?;
    if !password::set(&mut unit, &accounts, &person.signed_in.account, hash, how).await? {
        return Err(PageError::not_found());
    }
    unit.commit().await?;
    let notice = if others_end { t.account_password_saved_others() } else { t.account_password_saved() };
    Ok(see_other_with(&accounts.kit, PATH, notice))
}

/// The new password, when the present one is right. The new one is looked at afterwards, so that
/// whoever does not know the present one learns nothing.
async fn choose(
    accounts: &Accounts,
    person: &Person,
    fields: &Params,
) -> Result<Result<PasswordHash, FieldErrors>, PageError> {
    let t = person.visitor.words(accounts);
    let (current, new) =
        (fields.get("current_password").unwrap_or_default(), fields.get("password").unwrap_or_default());
    if let Err(error) = sign_in::confirm(accounts, &person.signed_in, current, &person.visitor.network).await {
        return Ok(Err(FieldErrors::one("current_password", error.say(t)?)));
    }
    if current == new {
        return Ok(Err(FieldErrors::one("password", t.password_same())));
    }
    let organization = person.visitor.here.organization().map(|shown| shown.name.as_str());
    let known: Vec<&str> = password::known_of(&person.signed_in.account).into_iter().chain(organization).collect();
    match password::choose(accounts, new, &known).await {
        Ok(hash) => Ok(Ok(hash)),
        Err(ChooseError::Refused(why)) => Ok(Err(FieldErrors::one("password", password::refusal(t, why)))),
        Err(ChooseError::Fault(fault)) => Err(fault.into()),
    }
}
