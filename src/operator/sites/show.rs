//! One site (X83): what it is told, how it is doing, and what the operator can do about it.
//! `GET|POST /ops/sites/{id}`

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};

use super::{
    new::tell,
    site,
    snippets::{self, Snippet},
    words,
};
use crate::accounts::Accounts;
use crate::kernel::{Fault, Timestamp};
use crate::oidc::clients;
use crate::operator::{
    registration::{self, Registration},
    role::Desk,
};
use crate::platform::{
    once::{self, FirstResult},
    store::{Sql, Unit},
    web::{Form, Page, PageError, Shell, see_other_with},
    words::Words,
};
use crate::protocol::oauth::Params;
use crate::signing::{self, KeyState};
use crate::sites::Site;
use crate::sync::{
    control,
    status::{self, Condition, SiteHealth},
};

#[derive(Template)]
#[template(path = "ops/site.html")]
struct Show {
    shell: Shell,
    site: Site,
    health: SiteHealth,
    now: Timestamp,
    registration: Option<Registration>,
    snippets: Vec<Snippet>,
    former_until: Option<Timestamp>,
    keys: Vec<String>,
}

impl Show {
    fn condition(&self, t: Words) -> &'static str {
        words::condition(t, self.health.condition())
    }

    fn mark(&self) -> &'static str {
        words::mark(self.health.condition())
    }

    fn is_held(&self) -> bool {
        self.health.condition() == Condition::Paused
    }

    fn waits_for_a_word(&self) -> bool {
        matches!(self.health.condition(), Condition::Paused | Condition::Differs)
    }

    fn lag(&self, t: Words) -> Option<String> {
        self.health.lag(self.now).map(|lag| t.span(lag))
    }

    /// Until when nothing is sent, when that is still to come.
    fn resumes_at(&self) -> Option<Timestamp> {
        self.health.resume_at.filter(|at| *at > self.now)
    }
}

pub(super) async fn show(
    State(accounts): State<Accounts>,
    desk: Desk,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let mut reader = accounts.db.read().await?;
    let site = site(&mut reader, &id).await?;
    let health = status::of_site(&mut reader, site.id).await?.ok_or_else(PageError::not_found)?;
    let registration = registration::of_site(&mut reader, accounts.kit.issuer(), &site).await?;
    let former_until = match &registration {
        Some(registration) => clients::former_secret_until(&mut reader, &registration.client_id).await?,
        None => None,
    };
    let keys = signing::list(&mut reader).await?;
    let page = Show {
        shell: desk.shell(&accounts),
        now: reader.now(),
        snippets: registration.as_ref().map(snippets::all).unwrap_or_default(),
        keys: keys.into_iter().filter(|key| key.state == KeyState::Current).map(|key| key.kid).collect(),
        site,
        health,
        registration,
        former_until,
    };
    Ok(Page::new(&page.shell.clone(), page).into_response())
}

pub(super) async fn submit(
    State(accounts): State<Accounts>,
    desk: Desk,
    Path(id): Path<String>,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let t = desk.words(&accounts);
    if fields.get("act") == Some("rotate") {
        return rotate(&accounts, &desk, &id, &fields).await;
    }
    let mut unit = accounts.db.write().await?;
    let site = site(&mut unit, &id).await?;
    let notice = match fields.get("act") {
        Some("pause") => {
            control::pause(&mut unit, &desk.actor(), site.id).await?;
            t.ops_paused(&site.name)
        }
        Some("resume") => {
            control::resume(&mut unit, &desk.actor(), site.id).await?;
            t.ops_resumed(&site.name)
        }
        Some("compare") => {
            control::compare_now(&mut unit, &desk.actor(), site.id).await?;
            t.ops_comparing(&site.name)
        }
        _ => return Err(PageError::not_found()),
    };
    unit.commit().await?;
    Ok(see_other_with(&accounts.kit, &format!("/ops/sites/{}", site.id), &notice))
}

/// Gives the site another secret, and shows it in the answer to this post and nowhere else. A second
/// post of the same showing must not make another one: the secret that the site uses would end.
async fn rotate(accounts: &Accounts, desk: &Desk, id: &str, fields: &Params) -> Result<Response, PageError> {
    let (t, showing) = (desk.words(accounts), once::showing(fields));
    if let Some(first) = once::first_result(&mut accounts.db.read().await?, showing, desk.account()).await? {
        return Ok(see_other_with(&accounts.kit, &first.path, &first.notice));
    }
    let mut unit = accounts.db.write().await?;
    let site = site(&mut unit, id).await?;
    let told = another_secret(&mut unit, accounts, desk, &site).await?.ok_or_else(PageError::not_found)?;
    let path = format!("/ops/sites/{}", site.id);
    let first = FirstResult { path, notice: t.ops_registered_before(&site.name) };
    if !once::keep(&mut unit, showing, desk.account(), &first).await? {
        return Ok(see_other_with(&accounts.kit, &first.path, &first.notice));
    }
    unit.commit().await?;
    Ok(tell(desk.shell(accounts), told, false))
}

/// The registration with its new secret; `None` when it has none to rotate.
async fn another_secret(
    unit: &mut Unit,
    accounts: &Accounts,
    desk: &Desk,
    site: &Site,
) -> Result<Option<Registration>, Fault> {
    let Some(known) = registration::of_site(unit, accounts.kit.issuer(), site).await? else { return Ok(None) };
    match clients::rotate_secret(unit, &desk.actor(), &known.client_id).await {
        Ok(secret) => Ok(Some(Registration { client_secret: Some(secret), ..known })),
        Err(clients::ClientError::Fault(fault)) => Err(fault),
        Err(_) => Ok(None),
    }
}
