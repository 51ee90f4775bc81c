//! `connex org approve|unapprove|deny`, and `suspend … --site`: what an agency says of an organization,
//! said for it.

use serde::Serialize;

use super::{CliError, Context, Exit, org::find, site};
use crate::audit::Actor;
use crate::kernel::{Remark, Timestamp};
use crate::operator::registration::site_role;
use crate::organizations::Organization;
use crate::sites::{
    Site,
    approvals::{self, By, LastDay, Said, Terms, Word},
};

/// The words after `connex org approve`.
#[derive(Debug, clap::Args)]
pub struct Approve {
    /// The id or the name of the organization.
    org: String,
    /// The id or the name of the site.
    #[arg(long)]
    site: String,
    /// A role that the agency gives to its people; may be repeated.
    #[arg(long = "role", value_name = "ROLE", value_parser = site_role)]
    roles: Vec<String>,
    /// The last day on which it holds, UTC, such as 2027-01-31 [default: it has no end].
    #[arg(long, value_name = "DATE")]
    until: Option<LastDay>,
    /// Why: the organization reads it. Up to 200 characters.
    #[arg(long, value_name = "TEXT")]
    reason: Option<Remark>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// The words after `connex org unapprove`.
#[derive(Debug, clap::Args)]
pub struct Unapprove {
    /// The id or the name of the organization.
    org: String,
    /// The id or the name of the site.
    #[arg(long)]
    site: String,
    /// Why: the organization reads it. Up to 200 characters.
    #[arg(long, value_name = "TEXT")]
    reason: Option<Remark>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// The words after `connex org deny`.
#[derive(Debug, clap::Args)]
pub struct Deny {
    /// The id or the name of the organization.
    org: String,
    /// The id or the name of the site.
    #[arg(long)]
    site: String,
    /// Why: the organization reads it. Up to 200 characters.
    #[arg(long, value_name = "TEXT")]
    reason: Remark,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What a site has said of an organization, as `--json` prints it.
#[derive(Serialize)]
struct Told {
    organization: Organization,
    site: Site,
    status: Word,
    roles: Vec<String>,
    /// The moment at which it ends, in milliseconds since 1970, when it does: the whole last day is in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_until: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// Approves an organization at a site.
///
/// # Errors
/// When there is no such organization or site, or the last day is over.
pub(super) async fn approve(context: &mut Context, words: Approve) -> Result<Exit, CliError> {
    let valid_until = words.until.map(LastDay::end);
    if valid_until.is_some_and(|end| end <= context.db.now()) {
        return Err(CliError::Usage("--until is over already; name a later day, or none".to_owned()));
    }
    let terms = Terms { roles: words.roles, valid_until, reason: words.reason };
    say(context, (&words.org, &words.site, words.json), Word::Approved, terms).await
}

/// Ends an approval.
///
/// # Errors
/// When there is none.
pub(super) async fn unapprove(context: &mut Context, words: Unapprove) -> Result<Exit, CliError> {
    let terms = Terms { reason: words.reason, ..Terms::default() };
    say(context, (&words.org, &words.site, words.json), Word::Revoked, terms).await
}

/// Blocks an organization at a site.
///
/// # Errors
/// When there is no such organization or site.
pub(super) async fn deny(context: &mut Context, words: Deny) -> Result<Exit, CliError> {
    let terms = Terms { reason: Some(words.reason), ..Terms::default() };
    say(context, (&words.org, &words.site, words.json), Word::Denied, terms).await
}

/// Suspends an organization at a site.
///
/// # Errors
/// When there is no such organization or site.
pub(super) async fn suspend(
    context: &mut Context,
    (org, site, json): (&str, &str, bool),
    reason: Remark,
) -> Result<Exit, CliError> {
    let terms = Terms { reason: Some(reason), ..Terms::default() };
    say(context, (org, site, json), Word::Suspended, terms).await
}

async fn say(
    context: &mut Context,
    (org, site, json): (&str, &str, bool),
    word: Word,
    terms: Terms,
) -> Result<Exit, CliError> {
    let mut unit = context.db.write().await?;
    let (organization, site) = (find(&mut unit, org).await?, site::find(&mut unit, site).await?);
    let (at, by) = ((site.id, organization.id), By::from(&Actor::Operator));
    let said = Said { reason: terms.reason.clone() };
    let approval = match word {
        Word::Suspended => approvals::suspend(&mut unit, by, at, said).await?,
        Word::Denied => approvals::deny(&mut unit, by, at, said).await?,
        Word::Revoked => approvals::revoke(&mut unit, by, at, said).await?,
        Word::Approved | Word::Requested => approvals::approve_with(&mut unit, by, at, terms).await?,
    };
    unit.commit().await?;
    let told = Told {
        organization,
        site,
        status: approval.word,
        roles: approval.roles,
        valid_until: approval.valid_until,
        reason: approval.reason,
    };
    if json {
        context.terminal.json(&told)?;
    } else {
        let (name, site) = (&told.organization.name, &told.site.name);
        context.terminal.say(match told.status {
            Word::Suspended => {
                format!("{name} is suspended at {site}: everybody of it is out until it is approved again.")
            }
            Word::Denied => format!("{name} is blocked at {site}: everybody of it is out."),
            Word::Revoked => format!("{name} is approved at {site} no more."),
            Word::Approved | Word::Requested => format!("All people of {name} are approved at {site}, now and later."),
        })?;
    }
    Ok(Exit::Done)
}
