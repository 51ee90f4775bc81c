//! Asking for an approval, giving it, ending it.

use super::{
    Approval, By, Said, Terms, Word, WordSaid,
    store::{self, NewWord},
};
use crate::audit::{self, Fact};
use crate::kernel::{Fault, OrganizationId, SiteId};
use crate::platform::store::{Sql, Unit};
use crate::sites::{SiteError, facts, links, visits};

/// The organization asks a site's agency to approve it. `None` when that was asked before.
///
/// # Errors
/// [`SiteError::Approved`] when nothing is left to ask for, [`SiteError::Barred`] when the agency has
/// said that it need not ask.
pub async fn request(unit: &mut Unit, by: By<'_>, at: (SiteId, OrganizationId)) -> Result<Option<Approval>, SiteError> {
    let word = NewWord::plain(Word::Requested, Said::default(), &by);
    if let Some(approval) = store::request(unit, at, word.clone()).await? {
        return Ok(Some(keep(unit, by, word, approval).await?));
    }
    match store::find(unit, at).await?.map(|approval| approval.word) {
        None => Err(SiteError::NotFound),
        Some(Word::Approved) => Err(SiteError::Approved),
        Some(Word::Suspended | Word::Denied) => Err(SiteError::Barred),
        Some(Word::Requested | Word::Revoked) => Ok(None),
    }
}

/// The agency approves an organization, whatever was said before.
///
/// # Errors
/// [`SiteError::NotFound`] when the site or the organization is not there.
pub async fn approve_with(
    unit: &mut Unit,
    by: By<'_>,
    at: (SiteId, OrganizationId),
    terms: Terms,
) -> Result<Approval, SiteError> {
    let word = NewWord::approval(terms, &by);
    let approval = store::approve(unit, at, word.clone()).await?.ok_or(SiteError::NotFound)?;
    keep(unit, by, word, approval).await
}

/// The agency puts an organization out until it approves it again. Doing it twice is doing it once.
///
/// # Errors
/// [`SiteError::NotFound`] when the site or the organization is not there.
pub async fn suspend(
    unit: &mut Unit,
    by: By<'_>,
    at: (SiteId, OrganizationId),
    said: Said,
) -> Result<Approval, SiteError> {
    put_out(unit, by, at, (Word::Suspended, said)).await
}

/// The agency blocks an organization. Doing it twice is doing it once.
///
/// # Errors
/// [`SiteError::NotFound`] when the site or the organization is not there.
pub async fn deny(
    unit: &mut Unit,
    by: By<'_>,
    at: (SiteId, OrganizationId),
    said: Said,
) -> Result<Approval, SiteError> {
    put_out(unit, by, at, (Word::Denied, said)).await
}

async fn put_out(
    unit: &mut Unit,
    by: By<'_>,
    at: (SiteId, OrganizationId),
    (word, said): (Word, Said),
) -> Result<Approval, SiteError> {
    let word = NewWord::plain(word, said, &by);
    match store::put_out(unit, at, word.clone()).await? {
        Some(approval) => keep(unit, by, word, approval).await,
        // It was said before, or there is nobody to say it of.
        None => store::find(unit, at).await?.ok_or(SiteError::NotFound),
    }
}

/// The agency ends an approval, a suspension, a denial, or declines a request. Everybody is out: the
/// link of the organization and the visits of its people end too, and may begin anew where the site
/// needs no approval.
///
/// # Errors
/// [`SiteError::NotApproved`] when there is nothing to end.
pub async fn revoke(
    unit: &mut Unit,
    by: By<'_>,
    at: (SiteId, OrganizationId),
    said: Said,
) -> Result<Approval, SiteError> {
    let word = NewWord::plain(Word::Revoked, said, &by);
    let approval = store::revoke(unit, at, word.clone()).await?.ok_or(SiteError::NotApproved)?;
    close(unit, at).await?;
    keep(unit, by, word, approval).await
}

/// Ends what opened a site besides the approval.
pub(super) async fn close(unit: &mut Unit, (site, organization): (SiteId, OrganizationId)) -> Result<(), Fault> {
    links::store::delete(unit, site, organization).await?;
    visits::store::end_of_organization(unit, site, organization).await
}

/// Keeps the word in the history, and records the fact.
pub(super) async fn keep(
    unit: &mut Unit,
    by: By<'_>,
    word: NewWord,
    approval: Approval,
) -> Result<Approval, SiteError> {
    let (fact, at) = (fact_of(&approval), (approval.site, approval.organization));
    store::remember(unit, at, word, approval.rev).await?;
    audit::record(unit, by.actor, fact).await?;
    Ok(approval)
}

fn fact_of(approval: &Approval) -> Fact {
    let tell = match approval.word {
        Word::Requested => facts::approval_requested,
        Word::Approved => facts::organization_approved,
        Word::Suspended => facts::organization_suspended,
        Word::Denied => facts::organization_denied,
        Word::Revoked => facts::approval_ended,
    };
    tell(approval.site, approval.organization)
}

/// The word that counts, if one was ever said.
///
/// # Errors
/// When the database does not answer.
pub async fn find(on: &mut impl Sql, at: (SiteId, OrganizationId)) -> Result<Option<Approval>, Fault> {
    store::find(on, at).await
}

/// The newest `most` words, the newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn history(on: &mut impl Sql, at: (SiteId, OrganizationId), most: i64) -> Result<Vec<WordSaid>, Fault> {
    store::history(on, at, most).await
}
