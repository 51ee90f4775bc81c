//! Browsers in which the person is signed in (X37). `GET /account/devices`,
//! `POST /account/devices/others`, `POST /account/devices/{id}`

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};

use crate::accounts::{
    Accounts, SessionEnd, SignedIn,
    device::Device,
    sessions::{self, OpenSession, extract::Person},
};
use crate::audit::Actor;
use crate::kernel::{Fault, SessionId};
use crate::platform::{
    web::{Form, Page, PageError, Shell, notice::see_other_with},
    words::Words,
};

const PATH: &str = "/account/devices";

#[derive(Template)]
#[template(path = "accounts/settings/devices.html")]
struct Devices {
    shell: Shell,
    rows: Vec<Row>,
    count: u64,
}

/// A browser in the table.
struct Row {
    id: SessionId,
    device: String,
    network: String,
    first_seen: String,
    last_seen: String,
    is_this: bool,
}

impl Row {
    fn of(t: Words, session: &OpenSession, this: SessionId) -> Self {
        Self {
            id: session.id,
            device: Device::of(&session.user_agent).words(t),
            network: session.network.clone(),
            first_seen: t.moment(session.created_at),
            last_seen: t.moment(session.last_seen_at),
            is_this: session.id == this,
        }
    }
}

async fn open_sessions(accounts: &Accounts, person: &SignedIn) -> Result<Vec<OpenSession>, Fault> {
    sessions::of(&mut accounts.db.read().await?, &accounts.sessions, person.account.id()).await
}

/// `GET /account/devices`
pub(super) async fn show(State(accounts): State<Accounts>, person: Person) -> Result<Response, PageError> {
    let shell = person.visitor.shell(&accounts);
    let sessions = open_sessions(&accounts, &person.signed_in).await?;
    let rows: Vec<Row> = sessions.iter().map(|session| Row::of(shell.t, session, person.signed_in.session)).collect();
    let count = u64::try_from(rows.len()).unwrap_or_default();
    Ok(Page::new(&shell.clone(), Devices { shell, rows, count }).into_response())
}

/// `POST /account/devices/{id}`: a session of somebody else is as good as none.
pub(super) async fn end_one(
    State(accounts): State<Accounts>,
    Path(id): Path<String>,
    person: Person,
    Form(_): Form,
) -> Result<Response, PageError> {
    let t = person.visitor.words(&accounts);
    let id: SessionId = id.parse().map_err(|_| PageError::not_found())?;
    let sessions = open_sessions(&accounts, &person.signed_in).await?;
    let session = sessions.iter().find(|session| session.id == id).ok_or_else(PageError::not_found)?;
    let account = person.signed_in.account.id();
    let mut unit = accounts.db.write().await?;
    sessions::end_of(&mut unit, &Actor::Person(account), (account, id), SessionEnd::FromElsewhere).await?;
    unit.commit().await?;
    let device = Device::of(&session.user_agent).words(t);
    Ok(see_other_with(&accounts.kit, PATH, &t.devices_signed_out(device)))
}

/// `POST /account/devices/others`
pub(super) async fn end_others(
    State(accounts): State<Accounts>,
    person: Person,
    Form(_): Form,
) -> Result<Response, PageError> {
    let t = person.visitor.words(&accounts);
    let (account, here) = (person.signed_in.account.id(), person.signed_in.session);
    let mut unit = accounts.db.write().await?;
    let ended =
        sessions::end_others(&mut unit, &Actor::Person(account), (account, here), SessionEnd::FromElsewhere).await?;
    unit.commit().await?;
    let ended = u64::try_from(ended).unwrap_or_default();
    Ok(see_other_with(&accounts.kit, PATH, &t.devices_others_signed_out(ended)))
}
