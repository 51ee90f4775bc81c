//! The answers once more, and the act. `GET /signup/check`, `POST /signup/check`

use askama::Template;
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    credentials,
    finish::{FinishError, finish},
    held::{self, Held},
    model::{Choice, Credentials, Draft},
    onward::{Onward, with_errand},
    organization::{self, Seeker, Shown},
    rules::Step,
    store,
};
use crate::accounts::{
    Accounts,
    sessions::extract::{Visitor, session_cookie},
};
use crate::kernel::{EmailAddress, FieldErrors};
use crate::platform::{
    web::{Form, Page, PageError, Shell, see_other},
    words::Words,
};

#[derive(Template)]
#[template(path = "sign_up/check.html")]
struct Check {
    shell: Shell,
    email: EmailAddress,
    language: &'static str,
    organization: String,
    credentials: Credentials,
    /// Whether somebody opened an account with the address meanwhile.
    is_taken: bool,
}

impl Check {
    fn of(shell: Shell, draft: Draft, is_taken: bool) -> Self {
        let organization = draft.choice.as_ref().map(|choice| said(choice, shell.t)).unwrap_or_default();
        let credentials = draft.credentials.unwrap_or_default();
        let language = draft.language.own_name();
        Self { shell, email: draft.email, language, organization, credentials, is_taken }
    }

    fn answer(self) -> Response {
        let status = if self.is_taken { StatusCode::CONFLICT } else { StatusCode::OK };
        Page::new(&self.shell.clone(), self).status(status).into_response()
    }
}

/// A choice, as the person reads it.
fn said(choice: &Choice, t: Words) -> String {
    match choice {
        Choice::Invited { name, .. } => t.sign_up_check_invited(name),
        Choice::Join { name, .. } => t.sign_up_check_join(name),
        Choice::Found(new) => t.sign_up_check_found(&new.name),
    }
}

pub(super) async fn show(State(accounts): State<Accounts>, visitor: Visitor, held: Held) -> Response {
    match held.at(Step::Check) {
        Ok(draft) => Check::of(visitor.shell(&accounts), draft, false).answer(),
        // The back button after the last step: the account is there.
        Err(_) if visitor.person.is_some() => see_other("/signup/ready"),
        Err(path) => see_other(path),
    }
}

pub(super) async fn submit(
    State(accounts): State<Accounts>,
    visitor: Visitor,
    held: Held,
    Form(_): Form,
) -> Result<Response, PageError> {
    let draft = match held.at(Step::Check) {
        Ok(draft) => draft,
        // A second click: the first one opened the account.
        Err(_) if visitor.person.is_some() => return Ok(see_other("/signup/ready")),
        Err(path) => return Ok(see_other(path)),
    };
    let onward = Onward::of(&accounts, draft.errand.as_deref())?;
    let next = after(&draft, onward);
    match finish(&accounts, &draft, visitor.browser()).await {
        Ok(session) => {
            let mut response = see_other(&next);
            response.headers_mut().append(header::SET_COOKIE, session_cookie(&accounts.kit, &session));
            response.headers_mut().append(header::SET_COOKIE, held::forget(&accounts.kit));
            Ok(response)
        }
        Err(FinishError::Before) => Ok(see_other(&next)),
        Err(FinishError::Fault(fault)) => Err(fault.into()),
        Err(why) => lead_back(&accounts, visitor.shell(&accounts), draft, &why).await,
    }
}

/// Whoever has a place goes straight on to the site that waits for them; whoever has to wait for an
/// organization is told so first.
fn after(draft: &Draft, onward: Option<Onward>) -> String {
    match (&draft.choice, onward) {
        (Some(Choice::Found(_) | Choice::Invited { .. }), Some(onward)) => onward.path,
        (_, onward) => with_errand("/signup/ready", onward.as_ref()),
    }
}

/// Something was taken meanwhile: the person mends that one answer, and all others stand.
async fn lead_back(accounts: &Accounts, shell: Shell, draft: Draft, why: &FinishError) -> Result<Response, PageError> {
    match why {
        FinishError::UsernameTaken => {
            let errors = FieldErrors::one("username", shell.t.sign_up_username_taken());
            let typed = draft.credentials.clone().unwrap_or_default();
            Ok(credentials::page(accounts, shell, &draft, (typed, errors)))
        }
        FinishError::OrganizationGone => {
            let mut unit = accounts.db.write().await?;
            store::set_choice(&mut unit, draft.id, None).await?;
            unit.commit().await?;
            let errors = FieldErrors::one("org", shell.t.sign_up_org_gone());
            organization::page(accounts, shell, Seeker::in_wizard(&draft), Shown { errors, ..Shown::default() }).await
        }
        _ => Ok(Check::of(shell, draft, true).answer()),
    }
}
