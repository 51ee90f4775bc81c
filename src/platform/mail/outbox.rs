//! `/dev/mail`: the mails of a demo, for everybody who can reach it. Only with a loopback issuer,
//! and only where no mail leaves.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};

use super::{KeptMail, PostOffice, kept, kept_one, render::Rendered};
use crate::kernel::MailId;
use crate::platform::{
    store::Db,
    web::{Here, Kit, Page, PageError, Routes, Shell},
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
pub fn routes(office: &PostOffice, kit: &Kit, db: &Db) -> Routes {
    if !office.is_outbox() {
        return Routes::new();
    }
    let outbox = Outbox { office: office.clone(), kit: kit.clone(), db: db.clone() };
    Routes::new().get("/dev/mail", list).get("/dev/mail/{id}", show).with_state(outbox)
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

async fn list(State(outbox): State<Outbox>, here: Here) -> Result<Response, PageError> {
    let mails = kept(&mut outbox.db.read().await?, outbox.office.sealing(), LISTED).await?;
    let shell = outbox.shell(&here);
    Ok(Page::new(&shell, List { shell: &shell, t: Words::default(), mails }).into_response())
}

async fn show(State(outbox): State<Outbox>, Path(id): Path<String>, here: Here) -> Result<Response, PageError> {
    let Ok(id) = id.parse::<MailId>() else { return Err(PageError::not_found()) };
    let found = kept_one(&mut outbox.db.read().await?, outbox.office.sealing(), id).await?;
    let Some(mail) = found else { return Err(PageError::not_found()) };
    let (shell, read) = (outbox.shell(&here), outbox.office.render(&mail.letter)?);
    Ok(Page::new(&shell, One { shell: &shell, t: Words::default(), mail: &mail, read }).into_response())
}

impl Outbox {
    fn shell(&self, here: &Here) -> Shell {
        Shell::new(&self.kit, here, (self.db.entropy(), self.db.now()), None)
    }
}
