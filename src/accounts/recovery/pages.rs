//! Asking for a link (X6, X7). `GET, POST /recover`, `GET /recover/sent`

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    LIFE,
    job::{Wanted, ask},
};
use crate::accounts::{Accounts, sessions::extract::Visitor};
use crate::kernel::{Fault, FieldErrors, Lifetime};
use crate::platform::{
    throttle,
    web::{Errand, ErrandInAddress, Form, Kit, Page, PageError, SealedErrand, Shell, errand::Opened, see_other},
};
use crate::protocol::oauth::Params;

/// What is sealed into the address of the page that says "check your email", for sending again.
const PURPOSE: &str = "recovery";
/// How many links are asked for from one network within the window: a company on one line, no flood.
const MOST_ASKED: u32 = 30;
const ASKED_WINDOW: Lifetime = Lifetime::hours(1);

/// What a site asked for. Its fifteen minutes do not matter here: they begin anew with the link.
struct Carried(Option<(Box<Errand>, SealedErrand)>);

impl Carried {
    fn of(sealed: Option<SealedErrand>, accounts: &Accounts) -> Self {
        Self(sealed.and_then(|sealed| match sealed.open(&accounts.kit, accounts.db.now()) {
            Opened::Good(errand) | Opened::Expired(errand) => Some((errand, sealed)),
            Opened::Unreadable => None,
        }))
    }

    fn in_form(fields: &Params, accounts: &Accounts) -> Self {
        Self::of(fields.get("errand").map(SealedErrand::from_browser), accounts)
    }

    fn sealed(&self) -> Option<String> {
        self.0.as_ref().map(|(_, sealed)| sealed.as_str().to_owned())
    }

    fn hint(&self) -> Option<String> {
        self.0.as_ref().and_then(|(errand, _)| errand.hint.clone())
    }
}

#[derive(Template)]
#[template(path = "accounts/recovery/ask.html")]
struct Ask {
    shell: Shell,
    errand: Option<String>,
    identifier: String,
    errors: FieldErrors,
}

#[derive(Template)]
#[template(path = "accounts/recovery/sent.html")]
struct Sent {
    shell: Shell,
    errand: Option<String>,
    other: String,
    again: Option<String>,
    life: String,
}

/// `GET /recover`
pub(super) async fn show(
    State(accounts): State<Accounts>,
    visitor: Visitor,
    ErrandInAddress(errand): ErrandInAddress,
) -> Response {
    let carried = Carried::of(errand, &accounts);
    let identifier = carried.hint().unwrap_or_default();
    draw(&carried, visitor.shell(&accounts), (identifier, FieldErrors::default()), StatusCode::OK)
}

fn draw(carried: &Carried, shell: Shell, (identifier, errors): (String, FieldErrors), status: StatusCode) -> Response {
    let errand = carried.sealed();
    let page = Ask { shell: shell.clone(), errand, identifier, errors };
    Page::new(&shell, page).status(status).into_response()
}

/// `POST /recover`. The same steps and the same answer for every name.
pub(super) async fn submit(
    State(accounts): State<Accounts>,
    visitor: Visitor,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let carried = Carried::in_form(&fields, &accounts);
    let visitor = visitor.carrying(&fields);
    let (shell, identifier) = (visitor.shell(&accounts), identifier(&accounts.kit, &fields));
    if identifier.trim().is_empty() {
        let errors = FieldErrors::one("username", shell.t.recovery_ask_empty());
        return Ok(draw(&carried, shell, (identifier, errors), StatusCode::UNPROCESSABLE_ENTITY));
    }
    let wanted = Wanted { identifier: identifier.clone(), errand: carried.sealed() };
    if let Some(wait) = queue(&accounts, &visitor.network, wanted).await? {
        let errors = FieldErrors::one("username", shell.t.recovery_too_many(shell.t.span(wait)));
        let mut response = draw(&carried, shell, (identifier, errors), StatusCode::TOO_MANY_REQUESTS);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.as_seconds().max(1)));
        return Ok(response);
    }
    let again = accounts.kit.sealing().seal(PURPOSE, identifier.as_bytes());
    let again = again.map_err(|cause| Fault::of("seal an identifier", cause))?;
    let errand = carried.sealed().map(|sealed| format!("&errand={sealed}")).unwrap_or_default();
    Ok(see_other(&format!("/recover/sent?again={again}{errand}")))
}

/// What was typed; or, when the person asks for the mail again, what was typed then.
fn identifier(kit: &Kit, fields: &Params) -> String {
    let again = fields.get("again").and_then(|sealed| kit.sealing().open(PURPOSE, sealed).ok());
    let again = again.and_then(|text| String::from_utf8(text.to_vec()).ok());
    let typed = || fields.get("username").unwrap_or_default();
    again.unwrap_or_else(|| typed().chars().take(254).collect())
}

async fn queue(accounts: &Accounts, network: &str, wanted: Wanted) -> Result<Option<Lifetime>, Fault> {
    let mut unit = accounts.db.write().await?;
    if accounts.limits.enabled {
        let wait = throttle::take(&mut unit, ("accounts.recover", network), MOST_ASKED, ASKED_WINDOW).await?;
        if wait.is_some() {
            return Ok(wait);
        }
    }
    ask(&mut unit, wanted).await?;
    unit.commit().await?;
    Ok(None)
}

/// `GET /recover/sent`
pub(super) async fn sent(
    State(accounts): State<Accounts>,
    visitor: Visitor,
    ErrandInAddress(errand): ErrandInAddress,
) -> Response {
    let carried = Carried::of(errand, &accounts);
    let shell = visitor.shell(&accounts);
    let page = Sent {
        shell: shell.clone(),
        errand: carried.sealed(),
        other: carried.sealed().map_or("/recover".to_owned(), |sealed| format!("/recover?errand={sealed}")),
        again: visitor.here.asked("again").map(str::to_owned),
        life: shell.t.span(LIFE),
    };
    Page::new(&shell, page).into_response()
}
