//! Registering a site by three fields (X82). `GET|POST /ops/sites/new`

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::snippets::{self, Snippet};
use crate::accounts::Accounts;
use crate::kernel::FieldErrors;
use crate::oidc::clients::ClientError;
use crate::operator::{
    registration::{Registration, Wanted, register},
    role::Desk,
};
use crate::platform::{
    once::{self, FirstResult},
    web::{Form, Page, PageError, Shell, see_other_with},
    words::Words,
};
use crate::protocol::oauth::Params;
use crate::sites::Family;

#[derive(Template)]
#[template(path = "ops/new.html")]
struct New {
    shell: Shell,
    typed: Typed,
    errors: FieldErrors,
}

/// What a site has to be told. It holds the secret, so it is the answer to the post itself and not a
/// page behind a redirect: the secret is in this answer and nowhere else.
#[derive(Template)]
#[template(path = "ops/registered.html")]
pub(super) struct Told {
    shell: Shell,
    site: Registration,
    snippets: Vec<Snippet>,
    is_new: bool,
}

/// The three fields as they were typed.
#[derive(Default)]
struct Typed {
    name: String,
    url: String,
    kind: String,
}

impl Typed {
    fn of(fields: &Params) -> Self {
        let field = |name| fields.get(name).unwrap_or_default().to_owned();
        Self { name: field("site_name"), url: field("url"), kind: field("kind") }
    }

    fn check(&self, t: Words) -> Result<Wanted, FieldErrors> {
        let mut errors = FieldErrors::default();
        let (name, url, kind) = (self.name.parse(), self.url.trim().parse(), self.kind.parse::<Family>());
        if name.is_err() {
            errors.add("site_name", t.ops_name_wrong());
        }
        if url.is_err() {
            errors.add("url", t.ops_url_wrong());
        }
        if kind.is_err() {
            errors.add("kind", t.ops_kind_wrong());
        }
        match (name, url, kind) {
            (Ok(name), Ok(url), Ok(kind)) => Ok(Wanted::new(kind, name, url)),
            _ => Err(errors),
        }
    }
}

pub(super) async fn show(State(accounts): State<Accounts>, desk: Desk) -> Response {
    draw(desk.shell(&accounts), Typed::default(), FieldErrors::default())
}

fn draw(shell: Shell, typed: Typed, errors: FieldErrors) -> Response {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Page::new(&shell.clone(), New { shell, typed, errors }).status(status).into_response()
}

pub(super) async fn submit(
    State(accounts): State<Accounts>,
    desk: Desk,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let (t, showing) = (desk.words(&accounts), once::showing(&fields));
    if let Some(first) = once::first_result(&mut accounts.db.read().await?, showing, desk.account()).await? {
        return Ok(see_other_with(&accounts.kit, &first.path, &first.notice));
    }
    let typed = Typed::of(&fields);
    let wanted = match typed.check(t) {
        Ok(wanted) => wanted,
        Err(errors) => return Ok(draw(desk.shell(&accounts), typed, errors)),
    };
    let mut unit = accounts.db.write().await?;
    let site = match register(&mut unit, &desk.actor(), accounts.kit.issuer(), wanted).await {
        Ok(site) => site,
        Err(ClientError::Fault(fault)) => return Err(fault.into()),
        Err(_) => return Ok(draw(desk.shell(&accounts), typed, FieldErrors::one("url", t.ops_url_wrong()))),
    };
    let path = format!("/ops/sites/{}", site.site_id);
    let first = FirstResult { path, notice: t.ops_registered_before(&site.name) };
    if !once::keep(&mut unit, showing, desk.account(), &first).await? {
        return Ok(see_other_with(&accounts.kit, &first.path, &first.notice));
    }
    unit.commit().await?;
    Ok(tell(desk.shell(&accounts), site, true))
}

/// Draws what a site has to be told: after it was registered, or after it got another secret.
pub(super) fn tell(shell: Shell, site: Registration, is_new: bool) -> Response {
    let snippets = snippets::all(&site);
    Page::new(&shell.clone(), Told { shell, site, snippets, is_new }).into_response()
}
