//! What comes after the last step, and while an organization decides. `GET` and `POST /signup/ready`

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};

use super::onward::{Onward, with_errand};
use crate::accounts::{Accounts, sessions::extract::Person};
use crate::kernel::{AccountId, Fault, JoinRequestId, OrganizationName, Timestamp};
use crate::organizations::{
    Place, Role,
    joining::{self, LatestRequest, OpenRequest, RemindError},
    place_of,
};
use crate::platform::{
    store::Sql,
    web::{ErrandInAddress, Form, Page, PageError, Shell, see_other, see_other_with},
    words::Words,
};

/// How a person stands.
enum Standing {
    /// In an organization.
    Placed(Place),
    /// Before one that decides.
    Waiting(Patience),
    /// The last one that was asked said no.
    Denied(LatestRequest),
    /// Nowhere.
    Alone,
}

/// A request that waits, in words.
struct Patience {
    id: JoinRequestId,
    organization: OrganizationName,
    since: String,
    until: String,
    /// From when on the administrators can be reminded, unless they can be now.
    remind_from: Option<String>,
}

impl Patience {
    fn of(request: OpenRequest, now: Timestamp, t: Words) -> Self {
        let remind_from = request.can_remind_from();
        Self {
            id: request.id,
            since: t.day(request.requested_at),
            until: t.day(request.expires_at),
            remind_from: (remind_from > now).then(|| t.moment(remind_from)),
            organization: request.name,
        }
    }
}

impl Standing {
    async fn of(on: &mut impl Sql, account: AccountId, t: Words) -> Result<Self, Fault> {
        if let Some(place) = place_of(on, account).await? {
            return Ok(Self::Placed(place));
        }
        if let Some(open) = joining::open_of(on, account).await? {
            return Ok(Self::Waiting(Patience::of(open, on.now(), t)));
        }
        let latest = joining::latest_of(on, account).await?;
        Ok(latest.filter(|latest| latest.status == "denied").map_or(Self::Alone, Self::Denied))
    }

    fn heading(&self, t: Words) -> String {
        match self {
            Self::Placed(_) => t.sign_up_ready_h1().to_owned(),
            Self::Waiting(request) => t.sign_up_waiting_h1(&request.organization),
            Self::Denied(request) => t.sign_up_denied_h1(&request.name),
            Self::Alone => t.sign_up_alone_h1().to_owned(),
        }
    }
}

#[derive(Template)]
#[template(path = "sign_up/ready.html")]
struct Ready {
    shell: Shell,
    heading: String,
    standing: Standing,
    onward: Option<Onward>,
    /// Where another organization is found.
    find: String,
}

pub(super) async fn show(
    State(accounts): State<Accounts>,
    person: Person,
    ErrandInAddress(errand): ErrandInAddress,
) -> Result<Response, PageError> {
    let onward = Onward::of(&accounts, errand.as_ref().map(|errand| errand.as_str()))?;
    let shell = person.visitor.shell(&accounts);
    let standing = Standing::of(&mut accounts.db.read().await?, person.signed_in.account.id(), shell.t).await?;
    let heading = standing.heading(shell.t);
    let find = with_errand("/account/organization", onward.as_ref());
    let page = Ready { shell: shell.clone(), heading, standing, onward, find };
    Ok(Page::new(&shell, page).into_response())
}

pub(super) async fn submit(
    State(accounts): State<Accounts>,
    person: Person,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let onward = Onward::of(&accounts, fields.get("errand"))?;
    let here = with_errand("/signup/ready", onward.as_ref());
    let (account, t) = (person.signed_in.account.id(), person.visitor.words(&accounts));
    let mut unit = accounts.db.write().await?;
    let open = joining::open_of(&mut unit, account).await?;
    // What was decided while the page was open is told by the page.
    let Some(open) = open.filter(|open| fields.get("request") == Some(open.id.to_string().as_str())) else {
        return Ok(see_other(&here));
    };
    match fields.get("act") {
        Some("cancel") => {
            joining::cancel(&mut unit, account).await?;
            unit.commit().await?;
            let find = with_errand("/account/organization", onward.as_ref());
            Ok(see_other_with(&accounts.kit, &find, t.sign_up_waiting_cancelled()))
        }
        Some("remind") => {
            let id: JoinRequestId = open.id;
            match joining::remind(&mut unit, &accounts.kit, account, id).await {
                Ok(()) => {
                    unit.commit().await?;
                    Ok(see_other_with(&accounts.kit, &here, &t.sign_up_waiting_reminded(&open.name)))
                }
                Err(RemindError::TooSoon | RemindError::NotOpen) => Ok(see_other(&here)),
                Err(RemindError::Fault(fault)) => Err(fault.into()),
            }
        }
        _ => Ok(see_other(&here)),
    }
}
