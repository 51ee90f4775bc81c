//! `GET /consent`, `POST /consent`, `GET /select`, `POST /select`

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};

use url::Url;

use super::{
    check::ValidRequest,
    consent,
    flow::{self, Validated},
};
use crate::accounts::sessions::extract::Visitor;
use crate::accounts::sign_in::pages::unreadable;
use crate::oidc::Provider;
use crate::platform::web::{ErrandInAddress, ErrandSite, Form, Page, PageError, SealedErrand, Shell, see_other};

#[derive(Template)]
#[template(path = "oidc/consent.html")]
struct Consent {
    shell: Shell,
    site: ErrandSite,
    is_site: bool,
    host: String,
    person: String,
    organization: Option<String>,
    sees: Vec<&'static str>,
    logo: Option<String>,
    policy: Option<String>,
    terms: Option<String>,
    /// The organization that the person may open to the site, if that is theirs to do.
    may_link: Option<String>,
    errand: String,
}

/// What the site will see.
pub(in crate::oidc) async fn show_consent(
    State(provider): State<Provider>,
    visitor: Visitor,
    ErrandInAddress(sealed): ErrandInAddress,
) -> Result<Response, PageError> {
    let sealed = sealed.ok_or_else(unreadable)?;
    let (errand, validated) = flow::unseal(&provider, &sealed).await?;
    let request = match validated {
        Validated::Answered(response) => return Ok(response),
        Validated::Request(request, _) => request,
    };
    let Some(person) = &visitor.person else { return Ok(see_other(&errand.resume_path(&sealed))) };
    let known = flow::known(&provider, &visitor, &request).await?;
    let (metadata, shell) = (&request.trusted.client.metadata, visitor.shell(provider.accounts()));
    let page = Consent {
        shell: shell.clone(),
        is_site: request.trusted.client.site.is_some(),
        host: request.trusted.address.uri.origin(),
        person: person.account.full_name(),
        organization: flow::organization_of(&provider, &visitor).await?,
        may_link: known.as_ref().and_then(consent::may_link).map(|(_, by)| by.place().name.to_string()),
        sees: consent::in_words(&request.discloses(), shell.t),
        logo: metadata.logo_uri.clone(),
        policy: metadata.policy_uri.clone(),
        terms: metadata.tos_uri.clone(),
        errand: sealed.as_str().to_owned(),
        site: errand.site.clone(),
    };
    let logo_from =
        page.logo.as_deref().and_then(|logo| Url::parse(logo).ok()).map(|logo| logo.origin().ascii_serialization());
    let page = Page::new(&shell, page).form_ends_at(&errand.site.origin);
    Ok(match &logo_from {
        Some(origin) => page.shows_image_from(origin).into_response(),
        None => page.into_response(),
    })
}

/// The person agreed, or not.
pub(in crate::oidc) async fn allow(
    State(provider): State<Provider>,
    visitor: Visitor,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let (_, validated) = flow::unseal(&provider, &sealed(&fields)?).await?;
    let (request, mut asked) = match validated {
        Validated::Answered(response) => return Ok(response),
        Validated::Request(request, asked) => (request, asked),
    };
    if fields.get("decision") != Some("allow") {
        return Ok(flow::denied(&provider, &request));
    }
    if let Some(person) = &visitor.person {
        let known = flow::known(&provider, &visitor, &request).await?;
        let mut unit = provider.db().write().await?;
        // The organization's row is taken before the person's, as everywhere.
        if let Some((site, by)) = known.as_ref().and_then(consent::may_link).filter(|_| fields.get("link").is_some()) {
            consent::link(&mut unit, site, by).await?;
        }
        consent::give(&mut unit, person.account.id(), &request.trusted.client, &request.discloses()).await?;
        unit.commit().await?;
        asked.progress.has_consented = true;
    }
    flow::proceed(&provider, &visitor, &request, &asked).await
}

#[derive(Template)]
#[template(path = "oidc/select.html")]
struct Select {
    shell: Shell,
    site: ErrandSite,
    person: String,
    organization: Option<String>,
    errand: String,
}

/// Who is to go on?
pub(in crate::oidc) async fn show_select(
    State(provider): State<Provider>,
    visitor: Visitor,
    ErrandInAddress(sealed): ErrandInAddress,
) -> Result<Response, PageError> {
    let sealed = sealed.ok_or_else(unreadable)?;
    let (errand, validated) = flow::unseal(&provider, &sealed).await?;
    if let Validated::Answered(response) = validated {
        return Ok(response);
    }
    let Some(person) = &visitor.person else { return Ok(see_other(&errand.resume_path(&sealed))) };
    let shell = visitor.shell(provider.accounts());
    let (person, organization) = (person.account.full_name(), flow::organization_of(&provider, &visitor).await?);
    let page = Select {
        shell: shell.clone(),
        person,
        organization,
        errand: sealed.as_str().to_owned(),
        site: errand.site.clone(),
    };
    Ok(Page::new(&shell, page).form_ends_at(&errand.site.origin).into_response())
}

/// This account, or another one.
pub(in crate::oidc) async fn choose(
    State(provider): State<Provider>,
    visitor: Visitor,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let sealed = sealed(&fields)?;
    let (_, validated) = flow::unseal(&provider, &sealed).await?;
    let (request, mut asked): (Box<ValidRequest>, _) = match validated {
        Validated::Answered(response) => return Ok(response),
        Validated::Request(request, asked) => (request, asked),
    };
    if fields.get("account") != Some("this") {
        return Ok(see_other(&format!("/login?errand={}", sealed.as_str())));
    }
    asked.progress.has_selected = true;
    flow::proceed(&provider, &visitor, &request, &asked).await
}

fn sealed(fields: &crate::protocol::oauth::Params) -> Result<SealedErrand, PageError> {
    fields.get("errand").map(SealedErrand::from_browser).ok_or_else(unreadable)
}
