//! Founder Options. `GET|POST /org/founder`, `/org/founder/delete`, `/org/founder/hand-over`

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::{
    Blocks, DeleteError, HandOver, HandOverError, Kind, accept, blocks, cancel, decline, delete, offer, open_at,
};
use crate::accounts::{Accounts, sign_in::confirm};
use crate::kernel::{FieldErrors, HandOverId, MembershipId};
use crate::organizations::{
    Place, Role,
    extract::Staff,
    face,
    store::people::{self, AdministratorRow},
};
use crate::platform::web::{Form, Page, PageError, Routes, Shell, see_other_with};
use crate::protocol::oauth::Params;

/// The pages of this part.
pub fn routes(accounts: Accounts) -> Routes {
    Routes::new()
        .get("/org/founder", show)
        .post("/org/founder", submit)
        .get("/org/founder/delete", show_deletion)
        .post("/org/founder/delete", submit_deletion)
        .get("/org/founder/hand-over", show_offer)
        .post("/org/founder/hand-over", answer_offer)
        .with_state(accounts)
}

/// What the password of whoever is signed in was: right, or what is said at the field.
async fn confirmed(accounts: &Accounts, staff: &Staff, fields: &Params) -> Result<Result<(), FieldErrors>, PageError> {
    let typed = fields.get("current_password").unwrap_or_default();
    match confirm(accounts, staff.signed_in(), typed, &staff.visitor().network).await {
        Ok(()) => Ok(Ok(())),
        Err(error) => Ok(Err(FieldErrors::one("current_password", error.say(staff.words(accounts))?))),
    }
}

#[derive(Template)]
#[template(path = "organizations/founder.html")]
struct Options {
    shell: Shell,
    place: Place,
    administrators: Vec<AdministratorRow>,
    open: Option<HandOver>,
    blocks: Blocks,
    chosen: String,
    errors: FieldErrors,
}

impl Options {
    fn is_replacement(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.kind == Kind::Replacement)
    }
}

async fn options(
    accounts: &Accounts,
    staff: &Staff,
    chosen: String,
    errors: FieldErrors,
) -> Result<Options, PageError> {
    let (organization, mut reader) = (staff.place.organization, accounts.db.read().await?);
    let deciding = people::administrators(&mut reader, organization).await?;
    let open = open_at(&mut reader, organization).await?;
    let blocks = blocks(&mut reader, organization).await?;
    drop(reader);
    let administrators = deciding.into_iter().filter(|row| row.role == Role::Administrator.as_str()).collect();
    let shell = staff.shell(accounts);
    Ok(Options { shell, place: staff.place.clone(), administrators, open, blocks, chosen, errors })
}

async fn show(State(accounts): State<Accounts>, staff: Staff) -> Result<Response, PageError> {
    let page = options(&accounts, &staff, String::new(), FieldErrors::default()).await?;
    Ok(Page::new(&page.shell.clone(), page).into_response())
}

async fn submit(State(accounts): State<Accounts>, staff: Staff, Form(fields): Form) -> Result<Response, PageError> {
    let t = staff.words(&accounts);
    if fields.get("act") == Some("cancel") {
        let mut unit = accounts.db.write().await?;
        cancel(&mut unit, staff.founder()?).await?;
        unit.commit().await?;
        return Ok(see_other_with(&accounts.kit, "/org/founder", t.founder_cancelled()));
    }
    let chosen = fields.get("to").unwrap_or_default().to_owned();
    let Ok(to) = chosen.parse::<MembershipId>() else {
        let errors = FieldErrors::one("to", t.founder_choose());
        return refuse(&accounts, &staff, chosen, errors).await;
    };
    if let Err(errors) = confirmed(&accounts, &staff, &fields).await? {
        return refuse(&accounts, &staff, chosen, errors).await;
    }
    let mut unit = accounts.db.write().await?;
    offer(&mut unit, &accounts.kit, staff.founder()?, to).await?;
    unit.commit().await?;
    Ok(see_other_with(&accounts.kit, "/org/founder", t.founder_offered()))
}

async fn refuse(
    accounts: &Accounts,
    staff: &Staff,
    chosen: String,
    errors: FieldErrors,
) -> Result<Response, PageError> {
    let page = options(accounts, staff, chosen, errors).await?;
    Ok(Page::new(&page.shell.clone(), page).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

#[derive(Template)]
#[template(path = "organizations/delete.html")]
struct Deletion {
    shell: Shell,
    place: Place,
    blocks: Blocks,
    typed: String,
    errors: FieldErrors,
}

async fn show_deletion(State(accounts): State<Accounts>, staff: Staff) -> Result<Response, PageError> {
    deletion(&accounts, &staff, String::new(), FieldErrors::default()).await
}

async fn deletion(
    accounts: &Accounts,
    staff: &Staff,
    typed: String,
    errors: FieldErrors,
) -> Result<Response, PageError> {
    let blocks = blocks(&mut accounts.db.read().await?, staff.place.organization).await?;
    let shell = staff.shell(accounts);
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = Deletion { shell: shell.clone(), place: staff.place.clone(), blocks, typed, errors };
    Ok(Page::new(&shell, page).status(status).into_response())
}

async fn submit_deletion(
    State(accounts): State<Accounts>,
    staff: Staff,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let t = staff.words(&accounts);
    let typed = fields.get("organization").unwrap_or_default().to_owned();
    if let Err(errors) = confirmed(&accounts, &staff, &fields).await? {
        return deletion(&accounts, &staff, typed, errors).await;
    }
    let mut unit = accounts.db.write().await?;
    match delete(&mut unit, &accounts.kit, staff.founder()?, &typed).await {
        Ok(()) => unit.commit().await?,
        Err(DeleteError::OtherName) => {
            drop(unit);
            let errors = FieldErrors::one("organization", t.founder_other_name());
            return deletion(&accounts, &staff, typed, errors).await;
        }
        Err(DeleteError::OthersLeft(count)) => {
            return Err(face::conflict(move |t| t.founder_others_left(count)));
        }
        Err(DeleteError::Refused(refused)) => return Err(refused.into()),
        Err(DeleteError::Fault(fault)) => return Err(fault.into()),
    }
    Ok(see_other_with(&accounts.kit, "/", &t.founder_deleted(&staff.place.name)))
}

#[derive(Template)]
#[template(path = "organizations/hand_over.html")]
struct Offer {
    shell: Shell,
    place: Place,
    /// The offer to this person, if there is one.
    open: Option<HandOver>,
    errors: FieldErrors,
}

async fn show_offer(State(accounts): State<Accounts>, staff: Staff) -> Result<Response, PageError> {
    offer_page(&accounts, &staff, FieldErrors::default()).await
}

async fn offer_page(accounts: &Accounts, staff: &Staff, errors: FieldErrors) -> Result<Response, PageError> {
    let open = open_at(&mut accounts.db.read().await?, staff.place.organization).await?;
    let open = open.filter(|open| open.kind == Kind::Offer && open.to == staff.place.account);
    let shell = staff.shell(accounts);
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = Offer { shell: shell.clone(), place: staff.place.clone(), open, errors };
    Ok(Page::new(&shell, page).status(status).into_response())
}

async fn answer_offer(
    State(accounts): State<Accounts>,
    staff: Staff,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let (by, t) = (staff.administrator()?, staff.words(&accounts));
    let id: Option<HandOverId> = fields.get("offer").and_then(|id| id.parse().ok());
    let id = id.ok_or(HandOverError::NotFound)?;
    if fields.get("act") == Some("decline") {
        let mut unit = accounts.db.write().await?;
        decline(&mut unit, &accounts.kit, by, id).await?;
        unit.commit().await?;
        return Ok(see_other_with(&accounts.kit, "/org", t.founder_declined()));
    }
    if let Err(errors) = confirmed(&accounts, &staff, &fields).await? {
        return offer_page(&accounts, &staff, errors).await;
    }
    let mut unit = accounts.db.write().await?;
    accept(&mut unit, &accounts.kit, by, id).await?;
    unit.commit().await?;
    Ok(see_other_with(&accounts.kit, "/org", &t.founder_accepted(&staff.place.name)))
}

impl From<HandOverError> for PageError {
    fn from(error: HandOverError) -> Self {
        match error {
            HandOverError::NotFound => face::conflict(|t| t.founder_no_offer().into()),
            HandOverError::NotAnAdministrator => face::conflict(|t| t.founder_not_administrator().into()),
            HandOverError::AlreadyOpen => face::conflict(|t| t.founder_already_open().into()),
            HandOverError::Refused(refused) => refused.into(),
            HandOverError::Fault(fault) => fault.into(),
        }
    }
}
