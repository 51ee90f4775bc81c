//! `/dev/mail`: the mails of a demo, for everybody who can reach it. Only with a loopback issuer,
//! and only where no mail leaves.

use askama::Template;
use axum::{
    Router,
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
    routing::get,
};

use super::{KeptMail, PostOffice, kept, kept_one, render::Rendered};
use crate::kernel::MailId;
use crate::platform::{
    store::Db,
    web::{Kit, Page, PageError, Shell},
    words::Words,
};

/// How many mails the list shows.
const LISTED: i64 = 100;

#[derive(Clone)]
struct Outbox {
    office: PostOffice,
    kit: Kit,
    db: Db,
}

/// The pages of the outbox; none where mail leaves by a server.
pub fn router(office: &PostOffice, kit: &Kit, db: &Db) -> Router {
    if !office.is_outbox() {
        return Router::new();
    }
    let outbox = Outbox { office: office.clone(), kit: kit.clone(), db: db.clone() };
    Router::new().route("/dev/mail", get(list)).route("/dev/mail/{id}", get(show)).with_state(outbox)
}

#[derive(Template)]
#[template(path = "mail/outbox.html")]
struct List<'a> {
    shell: &'a Shell,
    t: Words,
    mails: Vec<KeptMail>,
}

#[derive(Template)]
#[template(path = "mail/one.html")]
struct One<'a> {
    shell: &'a Shell,
    t: Words,
    mail: &'a KeptMail,
    read: Rendered,
}

async fn list(State(outbox): State<Outbox>, request: HeaderMap) -> Result<Response, PageError> {
    let mails = kept(&mut outbox.db.read().await?, outbox.office.sealing(), LISTED).await?;
    let shell = outbox.shell(&request);
    Ok(Page::new(&shell, List { shell: &shell, t: Words::default(), mails }).into_response())
}

async fn show(State(outbox): State<Outbox>, Path(id): Path<String>, request: HeaderMap) -> Result<Response, PageError> {
    let Ok(id) = id.parse::<MailId>() else { return Err(PageError::not_found()) };
    let found = kept_one(&mut outbox.db.read().await?, outbox.office.sealing(), id).await?;
    let Some(mail) = found else { return Err(PageError::not_found()) };
    let (shell, read) = (outbox.shell(&request), outbox.office.render(&mail.letter)?);
    Ok(Page::new(&shell, One { shell: &shell, t: Words::default(), mail: &mail, read }).into_response())
}

impl Outbox {
    fn shell(&self, request: &HeaderMap) -> Shell {
        Shell::new(&self.kit, request, self.db.entropy(), None)
    }
}
