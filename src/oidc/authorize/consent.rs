//! What a person has agreed to let a client know.

use super::store;
use crate::audit::{self, Actor};
use crate::kernel::{AccountId, Fault, SiteId};
use crate::oidc::{clients::Client, facts, gate::Facts};
use crate::organizations::Administrator;
use crate::platform::{store::Unit, web::PageError, words::Words};
use crate::protocol::oauth::Scope;
use crate::sites::{ApprovalStatus, SiteError, links};

/// Remembers that the person agreed to `scope`, besides what was agreed to before.
pub(super) async fn give(unit: &mut Unit, account: AccountId, client: &Client, scope: &Scope) -> Result<(), Fault> {
    let before = store::consent(unit, account, &client.id).await?.and_then(|agreed| agreed.parse::<Scope>().ok());
    let all: Scope = before.iter().flat_map(Scope::iter).chain(scope.iter()).collect();
    store::remember_consent(unit, account, &client.id, all.to_string()).await?;
    audit::record(unit, &Actor::Person(account), facts::consent_given(account, &client.id, &scope.to_string())).await
}

/// The site that the person may open to everybody of their organization, on the way to it: they
/// administer it, a link would open the site, and it is not open yet.
pub(super) fn may_link(known: &Facts) -> Option<(SiteId, Administrator<'_>)> {
    let standing = known.standing.as_ref()?;
    let is_open = standing.is_linked || standing.status == ApprovalStatus::Approved;
    let by = known.place.as_ref()?.administrator()?;
    (!is_open && !standing.require_approval).then_some((standing.site, by))
}

/// Links the organization to the site, as the person has chosen on the way there. What has changed
/// since they saw the page is no reason to stop them: they asked to sign in.
pub(super) async fn link(unit: &mut Unit, site: SiteId, by: Administrator<'_>) -> Result<(), PageError> {
    by.hold_as_it_is(unit).await?;
    match links::link(unit, site, by.organization(), by.account()).await {
        Err(SiteError::Fault(fault)) => Err(fault.into()),
        _ => Ok(()),
    }
}

/// What a site will see, in the words of the page.
pub(in crate::oidc) fn in_words(scope: &Scope, t: Words) -> Vec<&'static str> {
    [
        ("profile", t.visit_sees_profile()),
        ("email", t.visit_sees_email()),
        ("address", t.visit_sees_address()),
        ("phone", t.visit_sees_phone()),
        ("organization", t.visit_sees_organization()),
        ("sites", t.visit_sees_sites()),
        ("offline_access", t.visit_sees_offline()),
    ]
    .into_iter()
    .filter_map(|(token, words)| scope.contains(token).then_some(words))
    .collect()
}
