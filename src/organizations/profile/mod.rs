//! What an organization says of itself: everybody in it sees it, administrators change it.

pub mod form;
pub mod pages;

use super::{
    Administrator, Profile, Refused, facts,
    mails::{self, About, Reader, Said},
    search, store,
};
use crate::audit;
use crate::kernel::{Fault, OrganizationId};
use crate::platform::{
    store::{Sql, Unit},
    web::Kit,
};

/// What an organization says of itself; `None` when it is not active.
///
/// # Errors
/// When the database does not answer.
pub async fn read(on: &mut impl Sql, organization: OrganizationId) -> Result<Option<Profile>, Fault> {
    store::profile(on, organization).await
}

/// Changes what an organization says of itself. Says whether anything was another word than before.
/// When the name is, the administrators get a mail.
///
/// # Errors
/// When the rights have ended, or the database does not answer.
pub async fn edit(unit: &mut Unit, kit: &Kit, by: Administrator<'_>, new: Profile) -> Result<bool, Refused> {
    by.hold(unit).await?;
    let organization = by.organization();
    let former = store::profile(unit, organization).await?.ok_or(Refused::OrganizationGone)?;
    if former == new {
        return Ok(false);
    }
    let fields = differences(&former, &new);
    store::set_profile(unit, organization, new.clone()).await?;
    audit::record(unit, &by.actor(), facts::changed(organization, &fields)).await?;
    if former.name == new.name {
        return Ok(true);
    }
    search::index(unit, organization, &new.name).await?;
    let fact = facts::renamed(organization, former.name.as_str(), new.name.as_str());
    audit::record(unit, &by.actor(), fact).await?;
    for person in mails::administrators(unit, organization).await? {
        let about = About::kind("organizations.renamed");
        mails::post(unit, kit, Reader::from(&person), about, |words| {
            let text = words.org_mail_renamed_text(&former.name, &new.name);
            Said::plainly(words.org_mail_renamed_subject(&former.name), vec![text])
        })
        .await?;
    }
    Ok(true)
}

/// The names of the fields that differ.
fn differences(a: &Profile, b: &Profile) -> String {
    let fields = [
        ("name", a.name != b.name),
        ("email", a.email != b.email),
        ("street", a.street != b.street),
        ("city", a.city != b.city),
        ("state", a.state != b.state),
        ("postal_code", a.postal_code != b.postal_code),
        ("phone", a.phone != b.phone),
    ];
    let differing: Vec<&str> = fields.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect();
    differing.join(" ")
}
