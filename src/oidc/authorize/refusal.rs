//! Why a site does not admit a person, as the person reads it: what happened, and who can help. It is
//! said here, so that the site needs no code for it.

use axum::http::StatusCode;

use crate::kernel::{Fault, OrganizationId, Timestamp};
use crate::oidc::{Provider, gate::Facts};
use crate::organizations::{self, joining};
use crate::platform::{
    store::Sql,
    web::{ErrandSite, PageError},
};
use crate::sites::Why;

/// How many of those who can help are named.
const MOST_NAMES: usize = 3;

/// The page for whoever was refused, and why; for a site that is no more, nothing is known.
pub(super) async fn page(
    provider: &Provider,
    refused: Option<(Why, &Facts)>,
    site: &ErrandSite,
) -> Result<PageError, Fault> {
    let name = site.name.clone();
    let Some((why, facts)) = refused else {
        let site = name.clone();
        return Ok(refusal(move |t| t.error_unknown_site().into()).for_the_developer(format!("{site} was removed")));
    };
    let Some(place) = &facts.place else { return alone(provider, facts, name).await };
    let organization = place.name.to_string();
    let mut reader = provider.db().read().await?;
    Ok(match why {
        Why::Blocked => two(name, organization, |t, site, organization| {
            (t.error_site_blocks(site, organization), t.error_site_blocks_advice(organization, site))
        }),
        Why::Suspended => two(name, organization, |t, site, organization| {
            (t.error_site_suspends(site, organization), t.error_site_suspends_advice(organization, site))
        }),
        Why::NotApproved { requested_at: Some(at) } => asked(name, organization, at),
        Why::NotApproved { requested_at: None } | Why::NoOrganization => {
            let names = who_can(&mut reader, place.organization).await?;
            two(name, organization, move |t, site, organization| {
                (t.error_site_has_not_approved(site, organization), t.error_site_not_asked_advice(site, &names))
            })
        }
        Why::NotLinked => {
            let names = who_can(&mut reader, place.organization).await?;
            two(name, organization, move |t, site, organization| {
                (t.error_site_not_linked(organization, site), t.error_site_not_linked_advice(&names))
            })
        }
    })
}

type Words = crate::platform::words::Words;

fn refusal(title: impl Fn(Words) -> String + Send + Sync + 'static) -> PageError {
    PageError::new(StatusCode::FORBIDDEN, "CX-1203", title)
}

/// A page of title and advice about a site and an organization.
fn two(
    site: String,
    organization: String,
    say: impl Fn(Words, &str, &str) -> (String, String) + Clone + Send + Sync + 'static,
) -> PageError {
    let (title, advice) = (say.clone(), say);
    let (on_title, on_advice) = ((site.clone(), organization.clone()), (site, organization));
    refusal(move |t| title(t, &on_title.0, &on_title.1).0).advise(move |t| advice(t, &on_advice.0, &on_advice.1).1)
}

fn asked(site: String, organization: String, at: Timestamp) -> PageError {
    two(site, organization, move |t, site, organization| {
        (t.error_site_has_not_approved(site, organization), t.error_site_asked_advice(t.day(at), site))
    })
}

/// A person without an organization, at a site that admits only people of approved ones.
async fn alone(provider: &Provider, facts: &Facts, site: String) -> Result<PageError, Fault> {
    let request = joining::open_of(&mut provider.db().read().await?, facts.account.id()).await?;
    let title = site.clone();
    Ok(match request {
        Some(request) => {
            PageError::new(StatusCode::FORBIDDEN, "CX-1205", move |t| t.error_site_needs_organization(&title))
                .advise(move |t| t.error_site_waits_for_organization_advice(&request.name, t.day(request.requested_at)))
        }
        None => PageError::new(StatusCode::FORBIDDEN, "CX-1204", move |t| t.error_site_needs_organization(&title))
            .advise(move |t| t.error_site_needs_organization_advice(&site)),
    })
}

/// Those who can do something about it, by name.
async fn who_can(on: &mut impl Sql, organization: OrganizationId) -> Result<String, Fault> {
    let deciders = organizations::deciders(on, organization).await?;
    Ok(deciders.into_iter().map(|(name, _)| name).take(MOST_NAMES).collect::<Vec<_>>().join(", "))
}
