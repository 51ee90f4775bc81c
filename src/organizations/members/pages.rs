//! The list of users, and one of them. `GET /org/users`, `GET|POST /org/users/{id}`,
//! `GET|POST /org/users/{id}/remove`

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};

use super::{Member, MemberError, delete_account, disable, enable, find, remove, set_role};
use crate::accounts::Accounts;
use crate::kernel::{Fault, MembershipId};
use crate::organizations::{
    AssignableRole, Place, Role,
    extract::Staff,
    face,
    joining::{self, WaitingRequest},
    store::people::{self, PAGE, PersonRow},
};
use crate::platform::{
    mail::{self, Fate},
    store::Sql,
    web::{Form, Page, PageError, Routes, Shell, see_other_with},
    words::Words,
};

/// A filter is offered for lists that are longer than this (G10).
const FILTER_FROM: i64 = 20;
/// The last page that is counted out: 100,000 people.
const LAST_PAGE: i64 = 2000;

/// The pages of this part.
pub fn routes(accounts: Accounts) -> Routes {
    Routes::new()
        .get("/org/users", list)
        .get("/org/users/{id}", show)
        .post("/org/users/{id}", submit)
        .get("/org/users/{id}/remove", show_removal)
        .post("/org/users/{id}/remove", submit_removal)
        .with_state(accounts)
}

#[derive(Template)]
#[template(path = "organizations/users.html")]
struct Users {
    shell: Shell,
    place: Place,
    requests: Vec<WaitingRequest>,
    requests_count: u64,
    rows: Vec<Row>,
    count: u64,
    typed: String,
    has_filter: bool,
    page: i64,
    has_more: bool,
    address: String,
}

/// A line of the list.
struct Row {
    person: PersonRow,
    is_own: bool,
    /// Whether the link of the invitation has ended.
    has_expired: bool,
    /// Why the letter did not arrive, in the mail server's words.
    trouble: Option<String>,
}

impl Row {
    fn name(&self) -> String {
        format!("{} {}", self.person.given_name, self.person.family_name)
    }

    fn role(&self, t: Words) -> &'static str {
        role_in_words(&self.person.role, t)
    }

    fn is_founder(&self) -> bool {
        self.person.role == Role::Founder.as_str()
    }
}

fn role_in_words(role: &str, t: Words) -> &'static str {
    role.parse().unwrap_or(Role::Member).words()(t)
}

/// What the address of a list asks for.
#[derive(serde::Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    page: String,
}

async fn list(
    State(accounts): State<Accounts>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let typed: String = asked.q.trim().chars().filter(|c| !c.is_control()).take(100).collect();
    let page = asked.page.parse().unwrap_or(1).clamp(1, LAST_PAGE);
    let organization = staff.place.organization;
    let mut reader = accounts.db.read().await?;
    let requests = joining::waiting(&mut reader, organization).await?;
    let requests_count = joining::count_waiting(&mut reader, organization).await?;
    let (members, invited) = match typed.as_str() {
        "" => people::count(&mut reader, organization).await?,
        _ => people::count_matching(&mut reader, organization, &typed).await?,
    };
    let found = people::page(&mut reader, organization, &typed, page - 1).await?;
    let rows = rows(&mut reader, &staff, found).await?;
    drop(reader);
    let count = |n: i64| u64::try_from(n).unwrap_or_default();
    let query: String = url::form_urlencoded::byte_serialize(typed.as_bytes()).collect();
    let page = Users {
        shell: staff.shell(&accounts),
        place: staff.place,
        requests,
        requests_count: count(requests_count),
        rows,
        count: count(members + invited),
        has_filter: members + invited > FILTER_FROM || !typed.is_empty(),
        has_more: page * PAGE < members + invited,
        address: format!("/org/users?q={query}&page="),
        typed,
        page,
    };
    Ok(Page::new(&page.shell.clone(), page).into_response())
}

async fn rows(on: &mut impl Sql, staff: &Staff, found: Vec<PersonRow>) -> Result<Vec<Row>, Fault> {
    let mut rows = Vec::with_capacity(found.len());
    for person in found {
        let trouble = match person.invitation {
            Some(id) => match mail::fate_of(on, &id.to_string()).await? {
                Some(Fate::Refused(words)) => Some(words),
                _ => None,
            },
            None => None,
        };
        let is_own = person.account == Some(staff.place.account);
        let has_expired = person.expires_at.is_some_and(|at| at <= on.now());
        rows.push(Row { person, is_own, has_expired, trouble });
    }
    Ok(rows)
}

#[derive(Template)]
#[template(path = "organizations/user.html")]
struct User {
    shell: Shell,
    place: Place,
    member: Member,
}

#[derive(Template)]
#[template(path = "organizations/remove.html")]
struct Removal {
    shell: Shell,
    place: Place,
    member: Member,
}

impl User {
    fn is_own(&self) -> bool {
        self.member.account == self.place.account
    }

    fn role(&self) -> &'static str {
        role_in_words(self.member.role.as_str(), self.shell.t)
    }
}

async fn member(accounts: &Accounts, staff: &Staff, id: &str) -> Result<Member, PageError> {
    let id: MembershipId = id.parse().map_err(|_| PageError::not_found())?;
    let found = find(&mut accounts.db.read().await?, staff.place.organization, id).await?;
    found.ok_or_else(PageError::not_found)
}

async fn show(State(accounts): State<Accounts>, staff: Staff, Path(id): Path<String>) -> Result<Response, PageError> {
    let member = member(&accounts, &staff, &id).await?;
    let page = User { shell: staff.shell(&accounts), place: staff.place, member };
    Ok(Page::new(&page.shell.clone(), page).into_response())
}

async fn submit(
    State(accounts): State<Accounts>,
    staff: Staff,
    Path(id): Path<String>,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let id: MembershipId = id.parse().map_err(|_| PageError::not_found())?;
    let (by, kit, t) = (staff.administrator()?, &accounts.kit, staff.words(&accounts));
    let mut unit = accounts.db.write().await?;
    let notice = match fields.get("act") {
        Some("role") => {
            let role = AssignableRole::chosen(fields.get("role"));
            let member = set_role(&mut unit, kit, by, id, role).await?;
            t.users_role_changed(member.name, role_in_words(role.as_str(), t))
        }
        Some("disable") => t.users_disabled(disable(&mut unit, kit, by, id).await?.name),
        Some("enable") => t.users_enabled(enable(&mut unit, kit, by, id).await?.name),
        _ => return Err(PageError::not_found()),
    };
    unit.commit().await?;
    Ok(see_other_with(kit, &format!("/org/users/{id}"), &notice))
}

async fn show_removal(
    State(accounts): State<Accounts>,
    staff: Staff,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let member = member(&accounts, &staff, &id).await?;
    if member.role == Role::Founder {
        return Err(MemberError::Founder.into());
    }
    if member.account == staff.place.account {
        return Err(MemberError::Oneself.into());
    }
    let page = Removal { shell: staff.shell(&accounts), place: staff.place, member };
    Ok(Page::new(&page.shell.clone(), page).into_response())
}

async fn submit_removal(
    State(accounts): State<Accounts>,
    staff: Staff,
    Path(id): Path<String>,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let id: MembershipId = id.parse().map_err(|_| PageError::not_found())?;
    let (by, kit, t) = (staff.administrator()?, &accounts.kit, staff.words(&accounts));
    let mut unit = accounts.db.write().await?;
    let notice = match fields.get("act") {
        Some("remove") => t.users_removed(remove(&mut unit, kit, by, id).await?.name),
        Some("delete") => t.users_deleted(delete_account(&mut unit, kit, by, id).await?.name),
        _ => return Err(PageError::not_found()),
    };
    unit.commit().await?;
    Ok(see_other_with(kit, &format!("/org/endings/{id}"), &notice))
}

impl From<MemberError> for PageError {
    fn from(error: MemberError) -> Self {
        match error {
            MemberError::NotFound => Self::not_found(),
            MemberError::Founder => face::conflict(|t| t.users_founder_stays().into()),
            MemberError::Oneself => face::conflict(|t| t.users_not_oneself().into()),
            MemberError::NotDeletable => face::conflict(|t| t.users_not_deletable().into()),
            MemberError::Refused(refused) => refused.into(),
            MemberError::Fault(fault) => fault.into(),
        }
    }
}
