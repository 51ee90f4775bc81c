//! User ID, password and name. `GET /signup/credentials`, `POST /signup/credentials`

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::{
    finish::is_free,
    held::Held,
    model::{Choice, Credentials, Draft},
    rules::{Named, Step},
    store,
};
use crate::accounts::{
    Accounts,
    password::{self, ChooseError},
    sessions::extract::Visitor,
};
use crate::kernel::{EmailAddress, FieldErrors};
use crate::platform::{
    hash::PasswordHash,
    web::{Form, Page, PageError, Shell, see_other},
    words::Words,
};
use crate::protocol::oauth::Params;

#[derive(Template)]
#[template(path = "sign_up/credentials.html")]
struct CredentialsPage {
    shell: Shell,
    errors: FieldErrors,
    email: EmailAddress,
    typed: Credentials,
    password_hint: String,
}

impl Credentials {
    pub(super) fn of(fields: &Params) -> Self {
        let get = |name: &str| fields.get(name).unwrap_or_default().trim().to_owned();
        Self { username: get("username"), given_name: get("given_name"), family_name: get("family_name") }
    }
}

/// What a person typed, checked; `None` for the hash when a password that was chosen before is kept.
pub(super) struct Checked {
    pub(super) named: Named,
    pub(super) hash: Option<PasswordHash>,
}

/// Checks what a person with `email` typed, and hashes the password when nothing is wrong.
pub(super) async fn check(
    accounts: &Accounts,
    t: Words,
    (typed, email): (&Credentials, &EmailAddress),
    (password, organization): (Option<&str>, &str),
) -> Result<Result<Checked, FieldErrors>, PageError> {
    let checked = typed.check(email, t);
    let mut errors = checked.as_ref().err().cloned().unwrap_or_default();
    if errors.of("username").is_none() && !is_free(accounts, &typed.username, email).await? {
        errors.add("username", t.sign_up_username_taken());
    }
    let context =
        [&typed.given_name, &typed.family_name, email.as_str(), &typed.username, organization].map(|text: &str| text);
    let hash = match password {
        None => Ok(None),
        Some(password) => password::choose(accounts, password, &context).await.map(Some),
    };
    match (checked, hash) {
        (_, Err(ChooseError::Fault(fault))) => Err(fault.into()),
        (Ok(named), Ok(hash)) if errors.is_empty() => Ok(Ok(Checked { named, hash })),
        (_, hash) => {
            if let Err(ChooseError::Refused(why)) = hash {
                errors.add("password", password::refusal(t, why));
            }
            Ok(Err(errors))
        }
    }
}

/// How a password is to be chosen, in words.
pub(super) fn password_rule(accounts: &Accounts, t: Words) -> String {
    t.password_rule(u64::from(accounts.rules.password_min_length))
}

/// Draws the page of a draft.
pub(super) fn page(
    accounts: &Accounts,
    shell: Shell,
    draft: &Draft,
    (typed, errors): (Credentials, FieldErrors),
) -> Response {
    let t = shell.t;
    let mut password_hint = password_rule(accounts, t);
    if draft.password_hash.is_some() {
        password_hint = format!("{password_hint} {}", t.sign_up_password_kept());
    }
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let email = draft.email.clone();
    let page = CredentialsPage { shell: shell.clone(), errors, email, typed, password_hint };
    Page::new(&shell, page).status(status).into_response()
}

pub(super) async fn show(State(accounts): State<Accounts>, visitor: Visitor, held: Held) -> Response {
    let draft = match held.at(Step::Credentials) {
        Ok(draft) => draft,
        Err(path) => return see_other(path),
    };
    let suggested = || Credentials { username: draft.email.to_string(), ..Credentials::default() };
    let typed = draft.credentials.clone().unwrap_or_else(suggested);
    page(&accounts, visitor.shell(&accounts), &draft, (typed, FieldErrors::default()))
}

pub(super) async fn submit(
    State(accounts): State<Accounts>,
    visitor: Visitor,
    held: Held,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let draft = match held.at(Step::Credentials) {
        Ok(draft) => draft,
        Err(path) => return Ok(see_other(path)),
    };
    let shell = visitor.shell(&accounts);
    let typed = Credentials::of(&fields);
    let organization = draft.choice.as_ref().map(Choice::name).unwrap_or_default();
    let password = fields.get("password").unwrap_or_default();
    let password = Some(password).filter(|typed| !typed.is_empty() || draft.password_hash.is_none());
    match check(&accounts, shell.t, (&typed, &draft.email), (password, organization)).await? {
        Ok(checked) => {
            let mut unit = accounts.db.write().await?;
            store::set_credentials(&mut unit, draft.id, typed, checked.hash).await?;
            unit.commit().await?;
            Ok(see_other(Step::Check.path()))
        }
        Err(errors) => Ok(page(&accounts, shell, &draft, (typed, errors))),
    }
}
