//! The guard: asks the policy before any handler runs.

use axum::{
    extract::{MatchedPath, Request, State},
    http::{Method, StatusCode},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{App, interface::Interface, policy};
use crate::accounts::{SignedIn, sessions::extract, settings::Belonging};
use crate::kernel::Fault;
use crate::oidc::{self, NotASite};
use crate::operator::role::{self, OnDuty, PASSWORD_HOLDS_FOR};
use crate::organizations::{self, Place, Role, joining};
use crate::platform::web::{
    Asks, PageError, Problem, ScimError, ShownOperator, ShownOrganization,
    policy::{Need, SiteScope},
    see_other,
};

/// Lets a request through when its row allows it, with what was found out about whoever asks.
pub(super) async fn guard(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let need = path.and_then(|path| Some(policy::row(request.method(), &path)?.need));
    let need = match need {
        Some(Need::Anyone | Need::Protocol) | None => return next.run(request).await,
        Some(Need::Site(scope)) => return admit_site(&app, scope, request, next).await,
        Some(need) => need,
    };
    match admit(&app, need, &mut request).await {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

/// Lets a site through whose token allows `scope`, at a pace that leaves room for others.
async fn admit_site(app: &App, scope: SiteScope, mut request: Request, next: Next) -> Response {
    let principal = match oidc::site_principal(&app.provider, request.headers(), scope).await {
        Ok(principal) => principal,
        Err(why) => return refuse_as_site(Interface::of(request.uri().path()), why),
    };
    if app.config.limits.enabled
        && let Some(wait) = app.calls.take(principal.site, app.db.now())
    {
        let (asks, why) = (Asks::for_time(wait), "This site asks too often; wait as Retry-After says.");
        return match Interface::of(request.uri().path()) {
            Interface::Scim => ScimError::new(StatusCode::TOO_MANY_REQUESTS, why).asking(asks).into_response(),
            _ => Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", why).asking(asks).into_response(),
        };
    }
    request.extensions_mut().insert(principal);
    next.run(request).await
}

/// Says in the face of the interface why whoever asks is not let in, with the challenge of RFC 6750.
fn refuse_as_site(interface: Interface, why: NotASite) -> Response {
    let (status, refusal) = match why {
        NotASite::NoToken => (StatusCode::UNAUTHORIZED, None),
        NotASite::Malformed(refusal) => (StatusCode::BAD_REQUEST, Some(refusal)),
        NotASite::Refused(refusal) => (StatusCode::UNAUTHORIZED, Some(refusal)),
        NotASite::NotAllowed(refusal) => (StatusCode::FORBIDDEN, Some(refusal)),
        NotASite::Fault(fault) => {
            return match interface {
                Interface::Scim => ScimError::from(fault).into_response(),
                _ => Problem::from(fault).into_response(),
            };
        }
    };
    let asks = Asks::for_a_token(refusal.as_ref());
    let (code, detail) = match &refusal {
        None => ("token_needed", "An access token of a site is needed."),
        Some(refusal) => (refusal.code.as_str(), refusal.description.as_ref()),
    };
    match interface {
        Interface::Scim => ScimError::new(status, detail).asking(asks).into_response(),
        _ => Problem::new(status, code, detail).asking(asks).into_response(),
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
    admit_operator(app, need, &person, request).await?;
    let place = organizations::place_of(&mut app.db.read().await?, person.account.id()).await?;
    let Some(place) = place else {
        return match need {
            Need::SignedIn | Need::Operator => {
                request.extensions_mut().insert(person);
                Ok(())
            }
            _ => Err(Refusal::Page(no_organization())),
        };
    };
    if !is_enough(need, place.role) {
        return Err(Refusal::Page(refuse(app, need, &place).await?));
    }
    remember(app, request, (person, place)).await?;
    Ok(())
}

/// Looks whether the person is an operator: for the navigation of every page, and for the rows that
/// ask for one. These want the password of a short while ago besides.
async fn admit_operator(app: &App, need: Need, person: &SignedIn, request: &mut Request) -> Result<(), Refusal> {
    let account = person.account.id();
    let is_operator = role::is_operator(&mut app.db.read().await?, account).await?;
    if is_operator {
        request.extensions_mut().insert(ShownOperator);
    }
    if need != Need::Operator {
        return Ok(());
    }
    if !is_operator {
        return Err(Refusal::Page(operators_only()));
    }
    if person.auth_time + PASSWORD_HOLDS_FOR <= app.db.now() {
        return Err(Refusal::SignIn(format!("{}&again=1", sign_in_and_come_back(request))));
    }
    request.extensions_mut().insert(OnDuty::of(account));
    Ok(())
}

fn operators_only() -> PageError {
    PageError::new(StatusCode::FORBIDDEN, "CX-1208", |t| t.error_operators_only().into())
        .advise(|t| t.error_operators_only_advice().into())
        .lead_to("/account", |t| t.layout_my_account().into())
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

const fn is_enough(need: Need, role: Role) -> bool {
    match need {
        // Whether somebody is a site or an operator has been looked at: it does not hang on an organization.
        Need::Anyone | Need::Protocol | Need::SignedIn | Need::Member | Need::Site(_) | Need::Operator => true,
        Need::Administrator => role.administers(),
        Need::Founder => matches!(role, Role::Founder),
    }
}

/// Says who can help: a refusal without a way on is a dead end.
async fn refuse(app: &App, need: Need, place: &Place) -> Result<PageError, Fault> {
    let deciders = organizations::deciders(&mut app.db.read().await?, place.organization).await?;
    let is_for_founder = need == Need::Founder;
    let names: Vec<String> = deciders
        .into_iter()
        .filter(|(_, role)| !is_for_founder || *role == Role::Founder)
        .map(|(name, _)| name)
        .take(5)
        .collect();
    let (organization, names) = (place.name.to_string(), names.join(", "));
    let error = match need {
        Need::Founder => PageError::new(StatusCode::FORBIDDEN, "CX-1207", move |t| t.error_founder_only(&organization)),
        _ => PageError::new(StatusCode::FORBIDDEN, "CX-1206", move |t| t.error_administrators_only(&organization)),
    };
    Ok(error.advise(move |t| t.error_ask_one_of(&names)).lead_to("/org", |t| t.error_to_organization().into()))
}

fn no_organization() -> PageError {
    PageError::new(StatusCode::FORBIDDEN, "CX-1204", |t| t.error_no_organization().into())
        .advise(|t| t.error_no_organization_advice().into())
        .lead_to("/account/organization", |t| t.error_find_organization().into())
}

/// Leaves what was found out for the handler and for the head of its page.
async fn remember(app: &App, request: &mut Request, (person, place): (SignedIn, Place)) -> Result<(), Fault> {
    let requests = match place.role.administers() {
        true => joining::count_waiting(&mut app.db.read().await?, place.organization).await?,
        false => 0,
    };
    let extensions = request.extensions_mut();
    let requests = u64::try_from(requests).unwrap_or_default();
    extensions.insert(ShownOrganization { name: place.name.to_string(), requests });
    extensions.insert(Belonging { organization: place.name.to_string(), role: place.role.words() });
    extensions.insert(person);
    extensions.insert(place);
    Ok(())
}
