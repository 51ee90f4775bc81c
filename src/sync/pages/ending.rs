//! What has become of the end of somebody's access: the report that an administrator watches and keeps.
//! `GET /org/endings/{id}`, where `id` is the person's place in the organization.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

use super::store::endings::{self, EndedRow, ToldRow};
use crate::accounts::Accounts;
use crate::kernel::{Fault, Lifetime, MembershipId, Timestamp};
use crate::organizations::{Place, extract::Staff};
use crate::platform::{
    store::{Reader, Sql},
    web::{Page, PageError, Routes, Shell},
};

/// How long after the end sign-ins and browsers that were ended are counted as part of it.
const BELONGS_TO_IT: Lifetime = Lifetime::minutes(10);
/// How often a report that is still open is loaded again.
const LOOK_AGAIN: HeaderValue = HeaderValue::from_static("5");

/// The pages of this part.
pub(super) fn routes(accounts: Accounts) -> Routes {
    Routes::new().get("/org/endings/{id}", show).with_state(accounts)
}

#[derive(Template)]
#[template(path = "sync/ending.html")]
struct Ending {
    shell: Shell,
    place: Place,
    person: String,
    /// When it ended; `None` for somebody who is in the organization and not disabled.
    since: Option<Timestamp>,
    is_disabled: bool,
    sessions: usize,
    sign_ins: i64,
    sites: Vec<EndedAt>,
    now: Timestamp,
}

/// One site of the report.
struct EndedAt {
    name: String,
    /// When the site confirmed it; `None` while it has not.
    confirmed_at: Option<Timestamp>,
}

impl EndedAt {
    /// The person is to be out there, and either the site has confirmed that, or not yet.
    fn of(row: ToldRow) -> Self {
        let is_out = row.want != "present" && row.acked_rev >= row.want_rev;
        let confirmed_at = row.ended_there_at.or(row.acked_at.filter(|_| is_out));
        Self { name: row.name.to_string(), confirmed_at }
    }
}

impl Ending {
    fn open(&self) -> usize {
        self.sites.iter().filter(|site| site.confirmed_at.is_none()).count()
    }
}

async fn show(State(accounts): State<Accounts>, staff: Staff, Path(id): Path<String>) -> Result<Response, PageError> {
    let id: MembershipId = id.parse().map_err(|_| PageError::not_found())?;
    let mut reader = accounts.db.read().await?;
    let ended = endings::place(&mut reader, staff.place.organization, id).await?.ok_or_else(PageError::not_found)?;
    let shell = staff.shell(&accounts);
    let page = report(&mut reader, shell.clone(), staff.place, ended).await?;
    drop(reader);
    let is_open = page.since.is_some() && page.open() > 0;
    let mut response = Page::new(&shell, page).into_response();
    if is_open {
        response.headers_mut().insert(header::REFRESH, LOOK_AGAIN);
    }
    Ok(response)
}

async fn report(reader: &mut Reader, shell: Shell, place: Place, ended: EndedRow) -> Result<Ending, Fault> {
    let (organization, account) = (place.organization, ended.account_id);
    let mut page = Ending {
        shell,
        place,
        person: format!("{} {}", ended.given_name, ended.family_name),
        since: ended.ended_at.or(ended.disabled_at),
        is_disabled: ended.ended_at.is_none(),
        sessions: 0,
        sign_ins: 0,
        sites: Vec::new(),
        now: reader.now(),
    };
    if let Some(since) = page.since {
        let during = (since, since + BELONGS_TO_IT);
        page.sessions = endings::sessions_ended(reader, account, during).await?;
        page.sign_ins = endings::grants_ended(reader, account, during).await?;
        let told = endings::told(reader, organization, account, since).await?;
        page.sites = told.into_iter().map(EndedAt::of).collect();
    }
    Ok(page)
}
