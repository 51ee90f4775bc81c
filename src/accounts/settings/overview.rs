//! The overview (X30). `GET /account`

use askama::Template;
use axum::{
    Extension,
    extract::State,
    response::{IntoResponse, Response},
};

use crate::accounts::{Accounts, sessions::extract::Person};
use crate::platform::{
    web::{Page, Shell},
    words::Words,
};

/// Where the person belongs, as the overview shows it. This floor knows no organizations: a higher
/// one puts it into the request's extensions.
#[derive(Debug, Clone)]
pub struct Belonging {
    /// The name of the organization.
    pub organization: String,
    /// The role there, in each language.
    pub role: fn(Words) -> &'static str,
}

#[derive(Template)]
#[template(path = "accounts/settings/overview.html")]
struct Overview {
    shell: Shell,
    name: String,
    email: String,
    is_verified: bool,
    username: String,
    /// The organization and the role there.
    belonging: Option<(String, &'static str)>,
    opened: String,
    password_changed: Option<String>,
}

/// `GET /account`
pub(super) async fn show(
    State(accounts): State<Accounts>,
    person: Person,
    belonging: Option<Extension<Belonging>>,
) -> Response {
    let shell = person.visitor.shell(&accounts);
    let account = &person.signed_in.account;
    let page = Overview {
        name: account.full_name(),
        email: account.email().to_string(),
        is_verified: account.verified_email().is_some(),
        username: account.username().to_string(),
        belonging: belonging.map(|Extension(it)| (it.organization, (it.role)(shell.t))),
        opened: shell.t.day(account.created_at()),
        password_changed: account.password_changed_at().map(|at| shell.t.day(at)),
        shell: shell.clone(),
    };
    Page::new(&shell, page).into_response()
}
