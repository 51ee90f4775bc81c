//! The link of an invitation: reading it changes nothing, joining takes an act. `GET` and `POST /invite/{token}`
//!
//! Whoever opens the link reads the mail of the invited address, so an account that is opened here has
//! a proven address. Whoever has an account signs in and then joins.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    credentials::{check, password_rule},
    finish::{FinishError, NewPerson, join},
    model::Credentials,
};
use crate::accounts::{
    self, Accounts,
    sessions::extract::{Visitor, session_cookie},
};
use crate::audit::Actor;
use crate::kernel::{Fault, FieldErrors, Lifetime};
use crate::organizations::{
    AssignableRole,
    invitations::{self, AcceptError, ByToken, Invitation},
    mails::{self, About, Reader, Said},
};
use crate::platform::{
    throttle,
    web::{Form, Page, PageError, Shell, see_other, see_other_with},
};
use crate::protocol::oauth::Params;

/// Where people go who have joined.
const READY: &str = "/signup/ready";

/// Who opened the link.
enum Guest {
    /// Anybody, too late.
    Expired,
    /// Somebody else is signed in.
    Other(String),
    /// The owner of the address has an account, and is not signed in.
    Owner,
    /// The owner of the address, signed in.
    Here(String),
    /// Somebody without an account.
    New(Credentials),
}

#[derive(Template)]
#[template(path = "sign_up/invite.html")]
struct Invite {
    shell: Shell,
    errors: FieldErrors,
    invitation: Invitation,
    guest: Guest,
    password_rule: String,
}

/// Nothing is said of why: the link may be in wrong hands.
fn over() -> PageError {
    PageError::new(StatusCode::GONE, "CX-1209", |t| t.invite_over().into())
        .advise(|t| t.invite_over_advice().into())
        .lead_to("/login", |t| t.layout_sign_in().into())
}

/// The invitation of a link, and who opened it.
async fn open(accounts: &Accounts, visitor: &Visitor, token: &str) -> Result<(Invitation, Guest), PageError> {
    let mut reader = accounts.db.read().await?;
    let invitation = match invitations::by_token(&mut reader, token).await? {
        ByToken::Open(invitation) => invitation,
        ByToken::Expired(invitation) => return Ok((invitation, Guest::Expired)),
        ByToken::Over | ByToken::Unknown => return Err(over()),
    };
    let invited = invitation.email.folded();
    let guest = match &visitor.person {
        Some(person) => {
            let name = person.account.full_name();
            let is_invited = person.account.verified_email().is_some_and(|email| email.address().folded() == invited);
            if is_invited { Guest::Here(name) } else { Guest::Other(name) }
        }
        None if accounts::find(&mut reader, &invited).await?.is_some() => Guest::Owner,
        None => Guest::New(Credentials {
            username: invitation.email.to_string(),
            given_name: invitation.given_name.to_string(),
            family_name: invitation.family_name.to_string(),
        }),
    };
    Ok((invitation, guest))
}

fn page(accounts: &Accounts, shell: Shell, (invitation, guest): (Invitation, Guest), errors: FieldErrors) -> Response {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let password_rule = password_rule(accounts, shell.t);
    let page = Invite { shell: shell.clone(), errors, invitation, guest, password_rule };
    Page::new(&shell, page).status(status).into_response()
}

pub(super) async fn show(
    State(accounts): State<Accounts>,
    visitor: Visitor,
    Path(token): Path<String>,
) -> Result<Response, PageError> {
    let opened = open(&accounts, &visitor, &token).await?;
    Ok(page(&accounts, visitor.shell(&accounts), opened, FieldErrors::default()))
}

pub(super) async fn submit(
    State(accounts): State<Accounts>,
    visitor: Visitor,
    Path(token): Path<String>,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let (invitation, guest) = open(&accounts, &visitor, &token).await?;
    match guest {
        Guest::New(_) => create(&accounts, visitor, invitation, &fields).await,
        Guest::Here(_) => accept(&accounts, visitor, invitation, guest).await,
        Guest::Expired => ask_again(&accounts, visitor, invitation).await,
        Guest::Other(_) | Guest::Owner => {
            Ok(page(&accounts, visitor.shell(&accounts), (invitation, guest), FieldErrors::default()))
        }
    }
}

/// Opens the account and joins, in one.
async fn create(
    accounts: &Accounts,
    visitor: Visitor,
    invitation: Invitation,
    fields: &Params,
) -> Result<Response, PageError> {
    let shell = visitor.shell(accounts);
    let typed = Credentials::of(fields);
    let password = fields.get("password").unwrap_or_default();
    let name = invitation.organization_name.to_string();
    let checked = check(accounts, shell.t, (&typed, &invitation.email), (Some(password), &name)).await?;
    let errors = match checked {
        Err(errors) => errors,
        Ok(checked) => {
            let password_hash = checked.hash.ok_or_else(|| Fault::new("hash the password of an invited person"))?;
            let (email, language) = (invitation.email.clone(), shell.t.language);
            let person = NewPerson { named: checked.named, email, password_hash, language };
            match join(accounts, person, invitation.id, visitor.browser()).await {
                Ok(session) => {
                    let mut response = see_other_with(&accounts.kit, READY, &shell.t.invite_joined(&name));
                    response.headers_mut().append(header::SET_COOKIE, session_cookie(&accounts.kit, &session));
                    return Ok(response);
                }
                Err(FinishError::UsernameTaken) => FieldErrors::one("username", shell.t.sign_up_username_taken()),
                // Whoever has an account now signs in with it.
                Err(FinishError::EmailTaken | FinishError::Before) => return Ok(see_other(&shell.path)),
                Err(FinishError::OrganizationGone) => return Err(over()),
                Err(FinishError::Fault(fault)) => return Err(fault.into()),
            }
        }
    };
    Ok(page(accounts, shell, (invitation, Guest::New(typed)), errors))
}

/// Joins with an account that the person has.
async fn accept(
    accounts: &Accounts,
    visitor: Visitor,
    invitation: Invitation,
    guest: Guest,
) -> Result<Response, PageError> {
    let shell = visitor.shell(accounts);
    let Some(person) = &visitor.person else { return Ok(see_other(&shell.path)) };
    let (account, name) = (person.account.id(), invitation.organization_name.to_string());
    let mut unit = accounts.db.write().await?;
    match invitations::accept(&mut unit, &Actor::Person(account), invitation.id, account, false).await {
        Ok(_) => {
            unit.commit().await?;
            Ok(see_other_with(&accounts.kit, READY, &shell.t.invite_joined(name)))
        }
        Err(AcceptError::AlreadyMember) => Ok(see_other(READY)),
        Err(AcceptError::InAnotherOrganization) => {
            let errors = FieldErrors::one("join", shell.t.invite_elsewhere(name));
            Ok(page(accounts, shell, (invitation, guest), errors))
        }
        Err(AcceptError::NotOpen | AcceptError::OtherAddress) => Err(over()),
        Err(AcceptError::Fault(fault)) => Err(fault.into()),
    }
}

/// Lets the administrators know, once a day, that the link came too late.
async fn ask_again(accounts: &Accounts, visitor: Visitor, invitation: Invitation) -> Result<Response, PageError> {
    let shell = visitor.shell(accounts);
    let mut unit = accounts.db.write().await?;
    let id = invitation.id.to_string();
    let was_asked = throttle::take(&mut unit, ("invitations.ask_again", &id), 1, Lifetime::days(1)).await?.is_some();
    if !was_asked {
        for administrator in mails::administrators(&mut unit, invitation.organization).await? {
            let (email, name) = (&invitation.email, &invitation.organization_name);
            mails::post(
                &mut unit,
                &accounts.kit,
                Reader::from(&administrator),
                About::kind("organizations.invitation_wanted"),
                |words| Said {
                    subject: words.invite_mail_subject(email, name),
                    paragraphs: vec![words.invite_mail_text(email, name), words.invite_mail_how().to_owned()],
                    link: Some((words.invite_mail_link().to_owned(), format!("/org/invitations/{id}"))),
                },
            )
            .await?;
        }
        unit.commit().await?;
    }
    let text = shell.t.invite_asked(&invitation.organization_name);
    Ok(see_other_with(&accounts.kit, &shell.path, &text))
}
