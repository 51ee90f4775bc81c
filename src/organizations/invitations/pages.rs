//! Adding users, one by one or many at once, and what can be done with an invitation.
//! `GET|POST /org/users/add`, `GET|POST /org/users/paste`, `GET|POST /org/invitations/{id}`

use askama::Template;
use axum::{
    extract::{DefaultBodyLimit, FromRequest, Path, Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::{
    Invitation, InviteError, LineProblem, NewInvitation, PastedLine, ResendError, invite, invite_all, of_organization,
    read_paste, resend, store, withdraw,
};
use crate::accounts::{self, Accounts};
use crate::kernel::{Fault, FieldErrors, InvitationId};
use crate::organizations::{Administrator, AssignableRole, Place, extract::Staff, face, limits, store::memberships};
use crate::platform::{
    mail::{self, Fate},
    once::{self, FirstResult},
    store::{Sql, Unit},
    web::{Form, Page, PageError, Routes, Shell, see_other_with},
    words::Words,
};
use crate::protocol::oauth::Params;

/// A thousand lines of names and addresses, in the encoding of forms.
const MOST_OF_A_PASTE: usize = 512 * 1024;

/// The pages of this part.
pub fn routes(accounts: Accounts) -> Routes {
    Routes::new()
        .get("/org/users/add", show)
        .post("/org/users/add", submit)
        .get("/org/users/paste", show_paste)
        .post("/org/users/paste", submit_paste)
        .get("/org/invitations/{id}", show_invitation)
        .post("/org/invitations/{id}", submit_invitation)
        .with_state(accounts)
}

#[derive(Template)]
#[template(path = "organizations/add.html")]
struct Add {
    shell: Shell,
    place: Place,
    typed: Typed,
    errors: FieldErrors,
}

/// The fields as they were typed.
#[derive(Default)]
struct Typed {
    given_name: String,
    family_name: String,
    email: String,
    is_administrator: bool,
}

impl Typed {
    fn of(fields: &Params) -> Self {
        let field = |name| fields.get(name).unwrap_or_default().to_owned();
        Self {
            given_name: field("given_name"),
            family_name: field("family_name"),
            email: field("email"),
            is_administrator: AssignableRole::chosen(fields.get("role")) == AssignableRole::Administrator,
        }
    }

    fn check(&self, t: Words) -> Result<NewInvitation, FieldErrors> {
        let mut errors = FieldErrors::default();
        let role = if self.is_administrator { AssignableRole::Administrator } else { AssignableRole::Member };
        let (given, family, email) = (self.given_name.parse(), self.family_name.parse(), self.email.parse());
        if given.is_err() {
            errors.add("given_name", t.users_given_name_wrong());
        }
        if family.is_err() {
            errors.add("family_name", t.users_family_name_wrong());
        }
        if email.is_err() {
            errors.add("email", t.org_email_wrong());
        }
        match (given, family, email) {
            (Ok(given_name), Ok(family_name), Ok(email)) => Ok(NewInvitation { given_name, family_name, email, role }),
            _ => Err(errors),
        }
    }
}

async fn show(State(accounts): State<Accounts>, staff: Staff) -> Response {
    let shell = staff.shell(&accounts);
    let page = Add { shell, place: staff.place, typed: Typed::default(), errors: FieldErrors::default() };
    Page::new(&page.shell.clone(), page).into_response()
}

async fn submit(State(accounts): State<Accounts>, staff: Staff, Form(fields): Form) -> Result<Response, PageError> {
    if let Some(first) = first_result(&accounts, &staff, &fields).await? {
        return Ok(see_other_with(&accounts.kit, &first.path, &first.notice));
    }
    let t = staff.words(&accounts);
    let typed = Typed::of(&fields);
    let new = match typed.check(t) {
        Ok(new) => new,
        Err(errors) => return Ok(refuse(&accounts, staff, typed, errors)),
    };
    let mut unit = accounts.db.write().await?;
    if let Some(wait) = limits::count_invitations(&mut unit, &accounts, staff.place.organization, 1).await? {
        return Err(face::too_many(wait));
    }
    let path = if fields.get("then") == Some("another") { "/org/users/add" } else { "/org/users" };
    let result = FirstResult { path: path.to_owned(), notice: t.users_added(full_name(&new), &new.email) };
    let invited = invite(&mut unit, &accounts.kit, staff.administrator()?, new, t.language).await;
    match said(invited, t)? {
        Ok(_) => keep(&accounts, unit, &staff, &fields, result).await,
        Err(text) => Ok(refuse(&accounts, staff, typed, FieldErrors::one("email", text))),
    }
}

fn full_name(new: &NewInvitation) -> String {
    format!("{} {}", new.given_name, new.family_name)
}

/// What the page says at the field; what the person cannot mend there is a page of its own.
fn said<T>(invited: Result<T, InviteError>, t: Words) -> Result<Result<T, &'static str>, PageError> {
    match invited {
        Ok(done) => Ok(Ok(done)),
        Err(InviteError::AlreadyMember) => Ok(Err(t.users_already_member())),
        Err(InviteError::AlreadyInvited) => Ok(Err(t.users_already_invited())),
        Err(InviteError::Refused(refused)) => Err(refused.into()),
        Err(InviteError::Fault(fault)) => Err(fault.into()),
    }
}

fn refuse(accounts: &Accounts, staff: Staff, typed: Typed, errors: FieldErrors) -> Response {
    let shell = staff.shell(accounts);
    let page = Add { shell: shell.clone(), place: staff.place, typed, errors };
    Page::new(&shell, page).status(StatusCode::UNPROCESSABLE_ENTITY).into_response()
}

async fn first_result(accounts: &Accounts, staff: &Staff, fields: &Params) -> Result<Option<FirstResult>, Fault> {
    once::first_result(&mut accounts.db.read().await?, once::showing(fields), staff.place.account).await
}

/// Commits with what the person is told; of two posts of one showing, the second one gets the first one's.
async fn keep(
    accounts: &Accounts,
    mut unit: Unit,
    staff: &Staff,
    fields: &Params,
    result: FirstResult,
) -> Result<Response, PageError> {
    if once::keep(&mut unit, once::showing(fields), staff.place.account, &result).await? {
        unit.commit().await?;
    }
    Ok(see_other_with(&accounts.kit, &result.path, &result.notice))
}

#[derive(Template)]
#[template(path = "organizations/paste.html")]
struct Paste {
    shell: Shell,
    place: Place,
    people: String,
    is_administrator: bool,
    wrong: Vec<(usize, String, String)>,
    errors: FieldErrors,
}

async fn show_paste(State(accounts): State<Accounts>, staff: Staff) -> Response {
    let page = paste(&accounts, staff, String::new(), Vec::new());
    Page::new(&page.shell.clone(), page).into_response()
}

fn paste(accounts: &Accounts, staff: Staff, people: String, wrong: Vec<(usize, String, String)>) -> Paste {
    let shell = staff.shell(accounts);
    Paste { shell, place: staff.place, people, is_administrator: false, wrong, errors: FieldErrors::default() }
}

async fn submit_paste(
    State(accounts): State<Accounts>,
    staff: Staff,
    mut request: Request,
) -> Result<Response, PageError> {
    DefaultBodyLimit::max(MOST_OF_A_PASTE).apply(&mut request);
    let Form(fields) = Form::from_request(request, &accounts).await?;
    if let Some(first) = first_result(&accounts, &staff, &fields).await? {
        return Ok(see_other_with(&accounts.kit, &first.path, &first.notice));
    }
    let (t, role) = (staff.words(&accounts), AssignableRole::chosen(fields.get("role")));
    let people = fields.get("people").unwrap_or_default().to_owned();
    let lines = read_paste(&people, role);
    let mut unit = accounts.db.write().await?;
    let by = staff.administrator()?;
    let wrong = wrong_lines(&mut unit, by, &lines, t).await?;
    let good: Vec<NewInvitation> = lines.into_iter().filter_map(|line| line.read.ok()).collect();
    if !wrong.is_empty() || good.is_empty() {
        drop(unit);
        return Ok(refuse_paste(&accounts, staff, (people, role), wrong));
    }
    let count = good.len();
    if let Some(wait) = limits::count_invitations(&mut unit, &accounts, by.organization(), count).await? {
        return Err(face::too_many(wait));
    }
    // The lines were looked at in this unit, but nobody was held: whoever was faster makes it a conflict.
    invite_all(&mut unit, &accounts.kit, by, good, t.language).await.map_err(|(_, error)| PageError::from(error))?;
    let notice = t.users_pasted(u64::try_from(count).unwrap_or_default());
    keep(&accounts, unit, &staff, &fields, FirstResult { path: "/org/users".to_owned(), notice }).await
}

fn refuse_paste(
    accounts: &Accounts,
    staff: Staff,
    (people, role): (String, AssignableRole),
    wrong: Vec<(usize, String, String)>,
) -> Response {
    let mut page = paste(accounts, staff, people, wrong);
    let t = page.shell.t;
    page.is_administrator = role == AssignableRole::Administrator;
    let count = u64::try_from(page.wrong.len()).unwrap_or_default();
    page.errors = match count {
        0 => FieldErrors::one("people", t.users_paste_empty()),
        _ => FieldErrors::one("people", t.users_paste_wrong(count)),
    };
    Page::new(&page.shell.clone(), page).status(StatusCode::UNPROCESSABLE_ENTITY).into_response()
}

/// What has to be mended before anybody is invited: number, text and reason of each line.
async fn wrong_lines(
    on: &mut impl Sql,
    by: Administrator<'_>,
    lines: &[PastedLine],
    t: Words,
) -> Result<Vec<(usize, String, String)>, Fault> {
    let mut wrong = Vec::new();
    for line in lines {
        let why = match &line.read {
            Err(LineProblem::Email) => Some(t.users_line_email()),
            Err(LineProblem::Name) => Some(t.users_line_name()),
            Err(LineProblem::Twice) => Some(t.users_line_twice()),
            Err(LineProblem::TooMany) => Some(t.users_line_too_many()),
            Ok(new) => known(on, by, new, t).await?,
        };
        wrong.extend(why.map(|why| (line.number, line.text.clone(), why.to_owned())));
    }
    Ok(wrong)
}

/// Whether the person is here already, or invited.
async fn known(
    on: &mut impl Sql,
    by: Administrator<'_>,
    new: &NewInvitation,
    t: Words,
) -> Result<Option<&'static str>, Fault> {
    if store::is_invited(on, by.organization(), &new.email).await? {
        return Ok(Some(t.users_already_invited()));
    }
    let person = accounts::find(on, new.email.as_str()).await?;
    let Some(person) = person.filter(|person| person.email().folded() == new.email.folded()) else { return Ok(None) };
    let place = memberships::of_account(on, by.organization(), person.id()).await?;
    Ok(place.map(|_| t.users_already_member()))
}

#[derive(Template)]
#[template(path = "organizations/invitation.html")]
struct InvitationPage {
    shell: Shell,
    place: Place,
    invitation: Invitation,
    has_expired: bool,
    fate: Option<Fate>,
}

async fn find(on: &mut impl Sql, staff: &Staff, id: &str) -> Result<Invitation, PageError> {
    let id: InvitationId = id.parse().map_err(|_| PageError::not_found())?;
    of_organization(on, staff.place.organization, id).await?.ok_or_else(PageError::not_found)
}

async fn show_invitation(
    State(accounts): State<Accounts>,
    staff: Staff,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let mut reader = accounts.db.read().await?;
    let invitation = find(&mut reader, &staff, &id).await?;
    let fate = mail::fate_of(&mut reader, &invitation.id.to_string()).await?;
    let has_expired = invitation.has_expired(reader.now());
    drop(reader);
    let page = InvitationPage { shell: staff.shell(&accounts), place: staff.place, invitation, has_expired, fate };
    Ok(Page::new(&page.shell.clone(), page).into_response())
}

async fn submit_invitation(
    State(accounts): State<Accounts>,
    staff: Staff,
    Path(id): Path<String>,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let (by, t) = (staff.administrator()?, staff.words(&accounts));
    let mut unit = accounts.db.write().await?;
    let invitation = find(&mut unit, &staff, &id).await?;
    let notice = match fields.get("act") {
        Some("resend") => {
            if let Some(wait) = limits::count_resend(&mut unit, &accounts, invitation.id).await? {
                return Err(face::too_many(wait));
            }
            t.users_resent(resend(&mut unit, &accounts.kit, by, invitation.id).await?)
        }
        Some("withdraw") => {
            withdraw(&mut unit, by, invitation.id).await?;
            t.users_withdrawn(&invitation.email)
        }
        _ => return Err(PageError::not_found()),
    };
    unit.commit().await?;
    Ok(see_other_with(&accounts.kit, "/org/users", &notice))
}

impl From<ResendError> for PageError {
    fn from(error: ResendError) -> Self {
        match error {
            ResendError::NotFound => Self::not_found(),
            ResendError::Refused(refused) => refused.into(),
            ResendError::Fault(fault) => fault.into(),
        }
    }
}

impl From<InviteError> for PageError {
    fn from(error: InviteError) -> Self {
        match error {
            InviteError::AlreadyMember => face::conflict(|t| t.users_already_member().into()),
            InviteError::AlreadyInvited => face::conflict(|t| t.users_already_invited().into()),
            InviteError::Refused(refused) => refused.into(),
            InviteError::Fault(fault) => fault.into(),
        }
    }
}
