//! Opening the link (X8): a GET shows, a POST acts. `GET, POST /recover/{token}`

use askama::Template;
use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{LIFE, Link, ResetError, look, reset};
use crate::accounts::{
    Account, Accounts, password,
    sessions::extract::{Visitor, session_cookie},
};
use crate::kernel::{Fault, FieldErrors, Timestamp};
use crate::platform::web::{
    ErrandSite, Form, Kit, Page, PageError, SealedErrand, Shell, errand::Opened, notice::see_other_with,
};

#[derive(Template)]
#[template(path = "accounts/recovery/set.html")]
struct SetPassword {
    shell: Shell,
    site: Option<ErrandSite>,
    username: String,
    least: u32,
    errors: FieldErrors,
}

#[derive(Template)]
#[template(path = "accounts/recovery/gone.html")]
struct Gone {
    shell: Shell,
    why: String,
    again: String,
}

/// What a site asked for, whose fifteen minutes begin anew: the person was reading mail.
struct Renewed {
    site: ErrandSite,
    path: String,
    sealed: SealedErrand,
}

impl Renewed {
    fn of(errand: Option<String>, kit: &Kit, now: Timestamp) -> Result<Option<Self>, Fault> {
        let Some(text) = errand else { return Ok(None) };
        let (Opened::Good(errand) | Opened::Expired(errand)) = SealedErrand::from_browser(&text).open(kit, now) else {
            return Ok(None);
        };
        let errand = errand.renewed(now);
        let sealed = errand.seal(kit)?;
        Ok(Some(Self { path: errand.resume_path(&sealed), site: errand.site, sealed }))
    }
}

/// `GET /recover/{token}`: nothing changes, however often a mail scanner looks.
pub(super) async fn show(
    State(accounts): State<Accounts>,
    visitor: Visitor,
    Path(token): Path<String>,
) -> Result<Response, PageError> {
    let shell = visitor.shell(&accounts);
    let link = match token.parse() {
        Ok(token) => look(&mut accounts.db.read().await?, &token).await?,
        Err(_) => Link::Unknown,
    };
    match link {
        Link::Good(account, errand) => {
            draw(&accounts, shell, (&account, errand), FieldErrors::default()).map_err(PageError::from)
        }
        gone => Ok(draw_gone(&accounts, shell, gone)?),
    }
}

fn draw(
    accounts: &Accounts,
    shell: Shell,
    (account, errand): (&Account, Option<String>),
    errors: FieldErrors,
) -> Result<Response, Fault> {
    let renewed = Renewed::of(errand, &accounts.kit, accounts.db.now())?;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = SetPassword {
        shell: shell.clone(),
        site: renewed.map(|renewed| renewed.site),
        username: account.username().to_string(),
        least: accounts.rules.password_min_length,
        errors,
    };
    let origin = page.site.as_ref().map(|site| site.origin.clone());
    let drawn = Page::new(&shell, page).status(status);
    Ok(match &origin {
        Some(origin) => drawn.form_ends_at(origin).into_response(),
        None => drawn.into_response(),
    })
}

/// The link is good no more: the way to another one.
fn draw_gone(accounts: &Accounts, shell: Shell, link: Link) -> Result<Response, Fault> {
    let t = shell.t;
    let (why, errand) = match link {
        Link::Expired(errand) => (t.recovery_gone_expired(t.span(LIFE)), errand),
        Link::Used => (t.recovery_gone_used().to_owned(), None),
        Link::Unknown | Link::Good(..) => (t.recovery_gone_unknown().to_owned(), None),
    };
    let renewed = Renewed::of(errand, &accounts.kit, accounts.db.now())?;
    let again = renewed.map_or("/recover".to_owned(), |renewed| format!("/recover?errand={}", renewed.sealed.as_str()));
    let page = Gone { shell: shell.clone(), why, again };
    Ok(Page::new(&shell, page).status(StatusCode::GONE).into_response())
}

/// `POST /recover/{token}`
pub(super) async fn submit(
    State(accounts): State<Accounts>,
    visitor: Visitor,
    Path(token): Path<String>,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let shell = visitor.shell(&accounts);
    let Ok(token) = token.parse() else { return Ok(draw_gone(&accounts, shell, Link::Unknown)?) };
    let typed = fields.get("password").unwrap_or_default();
    match reset(&accounts, &token, typed, visitor.browser()).await {
        Ok((cookie, errand)) => {
            let renewed = Renewed::of(errand, &accounts.kit, accounts.db.now())?;
            let path = renewed.map_or("/account".to_owned(), |renewed| renewed.path);
            let mut response = see_other_with(&accounts.kit, &path, shell.t.recovery_done());
            response.headers_mut().append(header::SET_COOKIE, session_cookie(&accounts.kit, &cookie));
            Ok(response)
        }
        Err(ResetError::Fault(fault)) => Err(fault.into()),
        Err(error) => match (look(&mut accounts.db.read().await?, &token).await?, error) {
            (Link::Good(account, errand), ResetError::Refused(why)) => {
                let errors = FieldErrors::one("password", password::refusal(shell.t, why));
                Ok(draw(&accounts, shell, (&account, errand), errors)?)
            }
            (gone, _) => Ok(draw_gone(&accounts, shell, gone)?),
        },
    }
}
