//! The same steps for people who have an account and no organization: find one and ask, or found one.
//! `GET` and `POST /account/organization`, `/account/organization/new`

use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};

use super::{
    email::retry_after,
    model::NewOrganization,
    new_organization::{self, Wanted, read},
    onward::{Onward, with_errand},
    organization::{self, Asked, Picked, Seeker, Shown, Way, pick},
};
use crate::accounts::{Accounts, SignedIn, sessions::extract::Person};
use crate::audit::Actor;
use crate::kernel::{Fault, FieldErrors, OrganizationId, Remark};
use crate::organizations::{
    self, OrganizationError,
    joining::{self, AskError},
    limits::count_request,
    place_of,
};
use crate::platform::web::{ErrandInAddress, Form, PageError, SealedErrand, see_other};

/// Where people go who have found their place, or wait for one.
const READY: &str = "/signup/ready";

/// Who looks for an organization, unless they need none.
struct Looking {
    seeker: Seeker,
    onward: Option<Onward>,
}

impl Looking {
    /// `Err` with the way on for people who have a place or have asked for one.
    async fn of(
        accounts: &Accounts,
        person: &SignedIn,
        errand: Option<&SealedErrand>,
    ) -> Result<Result<Self, Response>, PageError> {
        let onward = Onward::of(accounts, errand.map(SealedErrand::as_str))?;
        let account = &person.account;
        let mut reader = accounts.db.read().await?;
        let has_place = place_of(&mut reader, account.id()).await?.is_some();
        if has_place || joining::open_of(&mut reader, account.id()).await?.is_some() {
            return Ok(Err(see_other(&with_errand(READY, onward.as_ref()))));
        }
        let Some(email) = account.verified_email() else { return Err(verify_first()) };
        let way = Way::Member(onward.as_ref().map(|onward| onward.errand.clone()));
        let seeker = Seeker { way, email: email.address().clone(), id: account.id().to_string() };
        Ok(Ok(Self { seeker, onward }))
    }

    fn ready(&self) -> Response {
        see_other(&with_errand(READY, self.onward.as_ref()))
    }
}

fn verify_first() -> PageError {
    PageError::new(StatusCode::FORBIDDEN, "CX-1208", |t| t.sign_up_verify_first().into())
        .advise(|t| t.sign_up_verify_first_advice().into())
        .lead_to("/account", |t| t.sign_up_ready_account().into())
}

pub(super) async fn show(
    State(accounts): State<Accounts>,
    person: Person,
    ErrandInAddress(errand): ErrandInAddress,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let looking = match Looking::of(&accounts, &person.signed_in, errand.as_ref()).await? {
        Ok(looking) => looking,
        Err(way) => return Ok(way),
    };
    let shown = Shown { typed: asked.q, ..Shown::default() };
    organization::page(&accounts, person.visitor.shell(&accounts), looking.seeker, shown).await
}

pub(super) async fn submit(
    State(accounts): State<Accounts>,
    person: Person,
    ErrandInAddress(errand): ErrandInAddress,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let looking = match Looking::of(&accounts, &person.signed_in, errand.as_ref()).await? {
        Ok(looking) => looking,
        Err(way) => return Ok(way),
    };
    let shell = person.visitor.shell(&accounts);
    match pick(&accounts, &fields, shell.t).await? {
        Picked::New => Ok(see_other(&looking.seeker.way.new_organization())),
        Picked::Ask(organization, note) => ask(&accounts, &person, looking, (organization.id, note)).await,
        Picked::Wrong(shown) => organization::page(&accounts, shell, looking.seeker, shown).await,
    }
}

/// Asks an organization. A second post finds the request of the first one.
async fn ask(
    accounts: &Accounts,
    person: &Person,
    looking: Looking,
    (organization, note): (OrganizationId, Option<Remark>),
) -> Result<Response, PageError> {
    let mut unit = accounts.db.write().await?;
    let (account, shell) = (person.signed_in.account.id(), person.visitor.shell(accounts));
    let t = shell.t;
    if let Some(wait) = count_request(&mut unit, accounts, account).await? {
        drop(unit);
        let errors = FieldErrors::one("org", t.sign_up_org_too_many_asked(t.span(wait)));
        let page = organization::page(accounts, shell, looking.seeker, Shown { errors, ..Shown::default() }).await?;
        return Ok(retry_after(page, wait));
    }
    let text = match joining::ask(&mut unit, &accounts.kit, account, organization, note).await {
        Ok(_) => {
            unit.commit().await?;
            return Ok(looking.ready());
        }
        Err(AskError::HasPlace | AskError::AlreadyAsked) => return Ok(looking.ready()),
        Err(AskError::NotVerified) => return Err(verify_first()),
        Err(AskError::NotFound) => t.sign_up_org_gone().to_owned(),
        Err(AskError::Fault(fault)) => return Err(fault.into()),
    };
    drop(unit);
    let shown = Shown { errors: FieldErrors::one("org", text), ..Shown::default() };
    organization::page(accounts, shell, looking.seeker, shown).await
}

pub(super) async fn show_new(
    State(accounts): State<Accounts>,
    person: Person,
    ErrandInAddress(errand): ErrandInAddress,
) -> Result<Response, PageError> {
    let Seeker { way, email, .. } = match Looking::of(&accounts, &person.signed_in, errand.as_ref()).await? {
        Ok(looking) => looking.seeker,
        Err(way) => return Ok(way),
    };
    let new = NewOrganization::with_email(&email);
    Ok(new_organization::page(person.visitor.shell(&accounts), way, new, FieldErrors::default()))
}

pub(super) async fn submit_new(
    State(accounts): State<Accounts>,
    person: Person,
    ErrandInAddress(errand): ErrandInAddress,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let looking = match Looking::of(&accounts, &person.signed_in, errand.as_ref()).await? {
        Ok(looking) => looking,
        Err(way) => return Ok(way),
    };
    let way = looking.seeker.way.clone();
    let profile = match read(&accounts, person.visitor.shell(&accounts), way, &fields).await? {
        Wanted::Found(_, profile) => profile,
        Wanted::Ask(organization) => return ask(&accounts, &person, looking, (organization.id, None)).await,
        Wanted::Page(page) => {
            // A second post may find the very organization that the first one has just founded.
            let again = Looking::of(&accounts, &person.signed_in, errand.as_ref()).await?;
            return Ok(again.err().unwrap_or(page));
        }
    };
    let account = person.signed_in.account.id();
    let mut unit = accounts.db.write().await?;
    match organizations::found(&mut unit, &Actor::Person(account), *profile, account).await {
        Ok(_) => {
            unit.commit().await?;
            Ok(looking.ready())
        }
        // A second post: the first one founded it.
        Err(OrganizationError::InAnotherOrganization | OrganizationError::AlreadyMember) => Ok(looking.ready()),
        Err(OrganizationError::Fault(fault)) => Err(fault.into()),
        Err(other) => Err(Fault::of("found an organization", other).into()),
    }
}
