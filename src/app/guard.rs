//! The guard: asks the policy before any handler runs.

use axum::{
    extract::{MatchedPath, Request, State},
    http::{Method, StatusCode},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{App, policy};
use crate::accounts::{SignedIn, sessions::extract};
use crate::kernel::Fault;
use crate::organizations::{self, Place, Role};
use crate::platform::web::{PageError, ShownOrganization, policy::Need, see_other};

/// Lets a request through when its row allows it, with what was found out about whoever asks.
pub(super) async fn guard(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let need = path.and_then(|path| Some(policy::row(request.method(), &path)?.need));
    let need = match need {
        Some(Need::Anyone | Need::Protocol) | None => return next.run(request).await,
        Some(need) => need,
    };
    match admit(&app, need, &mut request).await {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

/// Why a request does not get through.
enum Refusal {
    SignIn(String),
    Page(PageError),
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::SignIn(path) => see_other(&path),
            Self::Page(error) => error.into_response(),
        }
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::Page(fault.into())
    }
}

async fn admit(app: &App, need: Need, request: &mut Request) -> Result<(), Refusal> {
    let Some(person) = extract::person(&app.accounts, request.headers()).await? else {
        return Err(Refusal::SignIn(sign_in_and_come_back(request)));
    };
    let place = organizations::place_of(&mut app.db.read().await?, person.account.id()).await?;
    if let Some(refusal) = refuse(need, place.as_ref()) {
        return Err(Refusal::Page(refusal));
    }
    remember(request, person, place);
    Ok(())
}

/// After the sign-in the person comes back to the page, not to the post: a post is not repeated
/// for them.
fn sign_in_and_come_back(request: &Request) -> String {
    let next = match *request.method() {
        Method::GET => request.uri().path_and_query().map_or("/", |path| path.as_str()),
        _ => request.uri().path(),
    };
    let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
    format!("/login?next={next}")
}

fn refuse(need: Need, place: Option<&Place>) -> Option<PageError> {
    let role = place.map(|place| place.role);
    let is_enough = match need {
        Need::Anyone | Need::Protocol | Need::SignedIn => true,
        Need::Member => role.is_some(),
        Need::Administrator => matches!(role, Some(Role::Administrator | Role::Founder)),
        Need::Founder => role == Some(Role::Founder),
    };
    if is_enough {
        return None;
    }
    let Some(place) = place else { return Some(no_organization()) };
    let name = place.name.to_string();
    Some(match need {
        Need::Founder => PageError::new(StatusCode::FORBIDDEN, "CX-1207", move |t| t.error_founder_only(&name))
            .advise(|t| t.error_founder_only_advice().into())
            .lead_to("/org", |t| t.error_to_organization().into()),
        _ => PageError::new(StatusCode::FORBIDDEN, "CX-1206", move |t| t.error_administrators_only(&name))
            .advise(|t| t.error_administrators_only_advice().into())
            .lead_to("/org", |t| t.error_to_organization().into()),
    })
}

fn no_organization() -> PageError {
    PageError::new(StatusCode::FORBIDDEN, "CX-1204", |t| t.error_no_organization().into())
        .advise(|t| t.error_no_organization_advice().into())
        .lead_to("/account/organization", |t| t.error_find_organization().into())
}

fn remember(request: &mut Request, person: SignedIn, place: Option<Place>) {
    let extensions = request.extensions_mut();
    extensions.insert(person);
    if let Some(place) = place {
        extensions.insert(ShownOrganization { name: place.name.to_string(), requests: 0 });
        extensions.insert(place);
    }
}
