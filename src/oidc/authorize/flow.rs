//! From a request to its answer: trust, check, look, decide, do.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::{
    answer,
    check::{self, ValidRequest},
    decide::{Present, Situation, Step, decide},
    pushed, refusal,
    request::Asked,
    request_object, store,
    trust::{self, Trusted},
};
use crate::accounts::{SignedIn, sessions::extract::Visitor};
use crate::audit::{self, Actor};
use crate::kernel::Fault;
use crate::oidc::{
    Provider, facts,
    gate::{self, Facts, Refusal},
    grants::{self, Bearer, Granted},
    logout,
};
use crate::organizations;
use crate::platform::{
    store::Unit,
    web::{Errand, ErrandSite, PageError, SealedErrand, see_other},
};
use crate::protocol::oauth::{OAuthErrorCode, OAuthRefusal, Params};
use crate::sites::{self, Why, visits};

/// A request whose client is trusted; refused ones are answered to it.
pub(super) enum Validated {
    /// It keeps all rules.
    Request(Box<ValidRequest>, Asked),
    /// It does not; this is the answer.
    Answered(Response),
}

/// Reads references and objects, trusts, checks.
pub(super) async fn validate(provider: &Provider, mut asked: Asked) -> Result<Validated, PageError> {
    if let Some(reference) = asked.params.get("request_uri")
        && asked.params.get("client_id").is_some()
        && reference.starts_with(super::request::PUSHED)
    {
        let client_id = asked.params.get("client_id").unwrap_or_default();
        let found = pushed::pull(provider, client_id, reference).await?;
        let (params, id) = found.ok_or_else(used_or_expired)?;
        asked.progress.pushed = Some(id);
        // What stands beside the reference does not count (RFC 9126 §4).
        asked.params = params;
    }
    let unfolded = unfold(provider, &asked.params).await?;
    if let Ok(Some(params)) = &unfolded {
        // The object may name another address than the query, or the only one: it is what counts.
        asked.params = params.clone();
    }
    let trusted = trust::trust(provider, &asked.params).await?;
    let address = trusted.address.clone();
    match unfolded.and_then(|_| check::check(provider, trusted, &asked.params, &asked.progress)) {
        Ok(request) => Ok(Validated::Request(Box::new(request), asked)),
        Err(refusal) => Ok(Validated::Answered(answer::refusal(provider, &address, &refusal))),
    }
}

/// The parameters inside a request object, if there is one; a reference to one is not supported.
async fn unfold(provider: &Provider, params: &Params) -> Result<Result<Option<Params>, OAuthRefusal>, PageError> {
    if params.get("request_uri").is_some() {
        let description = "only pushed requests have a request_uri here";
        return Ok(Err(OAuthRefusal::new(OAuthErrorCode::RequestUriNotSupported, description)));
    }
    if params.get("request").is_none() {
        return Ok(Ok(None));
    }
    let client = trust::client(provider, params).await?;
    Ok(request_object::unfold(provider, &client, params.clone()).await.map(Some))
}

fn used_or_expired() -> PageError {
    PageError::new(StatusCode::BAD_REQUEST, "CX-1103", |t| t.error_used_before().into())
        .advise(|t| t.error_used_before_advice().into())
        .for_the_developer("invalid_request_uri: the request_uri is unknown, expired, used, or another client's")
}

/// Carries a valid request one step further.
pub(super) async fn proceed(
    provider: &Provider,
    visitor: &Visitor,
    request: &ValidRequest,
    asked: &Asked,
) -> Result<Response, PageError> {
    let Looked { situation, facts, refused } = look(provider, visitor, request).await?;
    let step = decide(&request.wish, &asked.progress, &situation, provider.db().now());
    match step {
        Step::Grant => match (&visitor.person, facts) {
            (Some(person), Some(facts)) => grant(provider, (person, &facts), request, asked).await,
            _ => Err(Fault::new("find the person to grant to").into()),
        },
        Step::SignIn(why) => {
            tracing::debug!(client_id = request.trusted.client.id, why = why.as_str(), "a person has to sign in");
            send_to(provider, "/login", request, asked, visitor.person.is_some()).await
        }
        Step::SignUp => send_to(provider, "/signup", request, asked, false).await,
        Step::SelectAccount => send_to(provider, "/select", request, asked, false).await,
        Step::AskConsent => send_to(provider, "/consent", request, asked, false).await,
        Step::TellNotAdmitted => {
            let errand = errand(provider, request, asked, false).await?;
            let sealed = errand.seal(provider.kit())?;
            let known = refused.zip(facts.as_ref());
            Err(refusal::page(provider, known, &errand.site).await?.back_to(&errand.site, errand.cancel_path(&sealed)))
        }
        Step::Refuse(code) => {
            let refusal = OAuthRefusal::new(code, "the request cannot be met without the person, or not at all");
            Ok(answer::refusal(provider, &request.trusted.address, &refusal))
        }
    }
}

/// What was found out about the person at the browser.
struct Looked {
    situation: Situation,
    facts: Option<Facts>,
    /// Why the site does not admit them.
    refused: Option<Why>,
}

async fn look(provider: &Provider, visitor: &Visitor, request: &ValidRequest) -> Result<Looked, Fault> {
    let client = &request.trusted.client;
    let nobody = Situation { person: None, has_consent: false, is_admitted: true };
    let Some(person) = &visitor.person else { return Ok(Looked { situation: nobody, facts: None, refused: None }) };
    let (facts, is_admitted, refused) = match gate::may_visit(&mut provider.db().read().await?, person, client).await {
        Ok(facts) => (Some(facts), true, None),
        Err(Refusal::NotAdmitted(facts, why)) => (Some(*facts), false, Some(why)),
        Err(Refusal::SiteRemoved | Refusal::NotConnected) => (None, false, None),
        // The session ended since it was looked up.
        Err(Refusal::Ended) => return Ok(Looked { situation: nobody, facts: None, refused: None }),
        Err(Refusal::Fault(fault)) => return Err(fault),
    };
    let has_consent = facts.as_ref().is_some_and(|facts| request.discloses().is_subset_of(&facts.agreed));
    let subject = client.subject(provider.kit(), person.account.subject());
    let present = Present { subject, auth_time: person.auth_time, acr: person.acr.clone() };
    Ok(Looked { situation: Situation { person: Some(present), has_consent, is_admitted }, facts, refused })
}

/// Issues the code, in one unit with all that belongs to it.
async fn grant(
    provider: &Provider,
    (person, facts): (&SignedIn, &Facts),
    request: &ValidRequest,
    asked: &Asked,
) -> Result<Response, PageError> {
    let Trusted { client, address } = &request.trusted;
    let granted = Granted {
        redirect_uri: address.uri.as_str().to_owned(),
        redirect_uri_was_sent: address.was_sent,
        scope: request.scope.clone(),
        nonce: request.nonce.clone(),
        challenge: request.challenge,
        claims: request.wish.claims.clone(),
        resource: request.resource.clone(),
        auth_time: person.auth_time,
        acr: person.acr.clone(),
        amr: person.amr.clone(),
        session_expires_at: person.expires_at,
    };
    let mut unit = provider.db().write().await?;
    if let Some(id) = asked.progress.pushed
        && !store::use_up(&mut unit, id).await?
    {
        return Err(used_or_expired());
    }
    first_visit(&mut unit, request, person, facts).await?;
    let bearer = Bearer { client_id: &client.id, account: person.account.id(), session: person.session };
    let code = grants::issue(&mut unit, provider.tokens(), bearer, granted).await?;
    unit.commit().await?;
    Ok(answer::code(provider, address, code.reveal()))
}

/// A session's first visit at a client: it will be told of the session's end. A person's first visit
/// at a site: it gets a copy of this person, and of nobody else of the organization.
async fn first_visit(unit: &mut Unit, request: &ValidRequest, person: &SignedIn, known: &Facts) -> Result<(), Fault> {
    let (client, account) = (&request.trusted.client, person.account.id());
    if let Some(standing) = known.standing.as_ref().filter(|standing| !standing.is_visiting) {
        visits::visit(unit, standing.site, account).await?;
    }
    if !known.has_visited && grants::remember_client(unit, person.session, &client.id).await? {
        // Of an earlier visit in this session it was told the end; now there is another one to tell.
        logout::forget_told(unit, person.session, &client.id).await?;
        let fact = facts::client_visited(account, &client.id, &person.session.to_string());
        audit::record(unit, &Actor::Person(account), fact).await?;
    }
    Ok(())
}

/// Sends the person to a page of ours, with the request sealed.
async fn send_to(
    provider: &Provider,
    page: &str,
    request: &ValidRequest,
    asked: &Asked,
    again: bool,
) -> Result<Response, PageError> {
    let errand = errand(provider, request, asked, again).await?;
    let sealed = errand.seal(provider.kit())?;
    // Our pages speak the language that the site speaks with the person.
    let language = request.trusted.address.language.map(|language| format!("&lang={language}")).unwrap_or_default();
    Ok(see_other(&format!("{page}?errand={}{language}", sealed.as_str())))
}

async fn errand(provider: &Provider, request: &ValidRequest, asked: &Asked, again: bool) -> Result<Errand, Fault> {
    Ok(Errand {
        site: site_of(provider, request).await?,
        hint: request.login_hint.clone(),
        again,
        path: "/authorize".to_owned(),
        began_at: asked.progress.began_at,
        renewed_at: asked.progress.renewed_at,
        request: asked.pack().map_err(|cause| Fault::of("pack a request", cause))?,
    })
}

async fn site_of(provider: &Provider, request: &ValidRequest) -> Result<ErrandSite, Fault> {
    let client = &request.trusted.client;
    let origin = request.trusted.address.uri.origin();
    if let Some(id) = client.site
        && let Some(site) = sites::find(&mut provider.db().read().await?, id).await?
    {
        let family = Some(site.kind.shown().to_owned());
        return Ok(ErrandSite { name: site.name.to_string(), home: Some(site.url.to_string()), origin, family });
    }
    Ok(ErrandSite { name: client.name().to_owned(), home: client.home().map(str::to_owned), origin, family: None })
}

/// The request inside a sealed errand that came back.
pub(super) async fn unseal(provider: &Provider, sealed: &SealedErrand) -> Result<(Errand, Validated), PageError> {
    use crate::accounts::sign_in::pages::{expired, unreadable};
    use crate::platform::web::errand::Opened;
    let errand = match sealed.open(provider.kit(), provider.db().now()) {
        Opened::Good(errand) => *errand,
        Opened::Expired(errand) => return Err(expired(&errand.site)),
        Opened::Unreadable => return Err(unreadable()),
    };
    let asked = Asked::unpack(&errand).ok_or_else(unreadable)?;
    let validated = validate(provider, asked).await?;
    Ok((errand, validated))
}

/// What is known of the person in connection with a request, for pages on the way; `None` when the
/// site does not admit them, which the next step says.
pub(super) async fn known(
    provider: &Provider,
    visitor: &Visitor,
    request: &ValidRequest,
) -> Result<Option<Facts>, Fault> {
    Ok(look(provider, visitor, request).await?.facts)
}

/// The name of the person's organization.
pub(super) async fn organization_of(provider: &Provider, visitor: &Visitor) -> Result<Option<String>, Fault> {
    let Some(person) = &visitor.person else { return Ok(None) };
    let place = organizations::place_of(&mut provider.db().read().await?, person.account.id()).await?;
    Ok(place.map(|place| place.name.to_string()))
}

/// The code goes to the client as it would have, had nobody been asked.
pub(super) fn denied(provider: &Provider, request: &ValidRequest) -> Response {
    let refusal = OAuthRefusal::new(OAuthErrorCode::AccessDenied, "the person went back");
    answer::refusal(provider, &request.trusted.address, &refusal).into_response()
}
