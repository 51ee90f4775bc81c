//! `connex org suspend|unsuspend|restore|replace-founder`: what becomes of an organization and its founder.

use serde::Serialize;

use super::{CliError, Context, Exit, org::find, org_word, user};
use crate::audit::Actor;
use crate::kernel::Remark;
use crate::organizations::{self, Organization, founder};
use crate::platform::web::Kit;

/// The words of a command about one organization.
#[derive(Debug, clap::Args)]
pub struct One {
    /// The id or the name of the organization.
    org: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// The words after `connex org suspend`.
#[derive(Debug, clap::Args)]
pub struct Suspend {
    #[command(flatten)]
    one: One,
    /// The id or the name of a site: suspend it there only [default: everywhere].
    #[arg(long, requires = "reason")]
    site: Option<String>,
    /// Why: the organization reads it. Up to 200 characters.
    #[arg(long, value_name = "TEXT", requires = "site")]
    reason: Option<Remark>,
}

/// The words after `connex org replace-founder`.
#[derive(Debug, clap::Args)]
pub struct ReplaceFounder {
    /// The id or the name of the organization.
    org: String,
    /// The user ID or email address of the administrator who is to be the founder.
    #[arg(long, value_name = "USER")]
    to: String,
    /// Why: founder and administrators read it. Up to 200 characters.
    #[arg(long, value_name = "TEXT")]
    reason: Remark,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What was announced, as `--json` prints it.
#[derive(Serialize)]
struct Announced {
    organization: Organization,
    to: String,
    happens_at: String,
}

fn kit(context: &Context) -> Result<Kit, CliError> {
    Ok(Kit::new(&context.config, context.sealing_key()?))
}

/// Suspends an organization, everywhere or at one site.
///
/// # Errors
/// When there is no such organization or site.
pub(super) async fn suspend(context: &mut Context, words: Suspend) -> Result<Exit, CliError> {
    match (words.site, words.reason) {
        (Some(site), Some(reason)) => org_word::suspend(context, (&words.one.org, &site, words.one.json), reason).await,
        _ => set_suspended(context, &words.one, true).await,
    }
}

/// Suspends an organization, or ends its suspension.
///
/// # Errors
/// When there is no such organization.
pub(super) async fn set_suspended(context: &mut Context, one: &One, is_suspended: bool) -> Result<Exit, CliError> {
    let mut unit = context.db.write().await?;
    let organization = find(&mut unit, &one.org).await?;
    let is_changed = organizations::set_suspended(&mut unit, &Actor::Operator, organization.id, is_suspended).await?;
    let organization = find(&mut unit, &organization.id.to_string()).await?;
    unit.commit().await?;
    if !is_changed {
        context.terminal.remark(format_args!("Nothing was to be done: the organization is {}.", organization.status));
    }
    show(context, one, &organization)
}

/// Restores a deleted organization.
///
/// # Errors
/// When it cannot be restored.
pub(super) async fn restore(context: &mut Context, one: &One) -> Result<Exit, CliError> {
    let kit = kit(context)?;
    let mut unit = context.db.write().await?;
    let organization = find(&mut unit, &one.org).await?;
    founder::restore(&mut unit, &kit, organization.id).await?;
    let organization = find(&mut unit, &organization.id.to_string()).await?;
    unit.commit().await?;
    show(context, one, &organization)
}

fn show(context: &mut Context, one: &One, organization: &Organization) -> Result<Exit, CliError> {
    if one.json {
        context.terminal.json(organization)?;
    } else {
        let Organization { id, name, status, .. } = organization;
        context.terminal.say(format_args!("{name} ({id}) is {status}."))?;
    }
    Ok(Exit::Done)
}

/// Announces another founder.
///
/// # Errors
/// When the person is no administrator of the organization, or another replacement is announced.
pub(super) async fn replace_founder(context: &mut Context, words: &ReplaceFounder) -> Result<Exit, CliError> {
    let kit = kit(context)?;
    let mut unit = context.db.write().await?;
    let organization = find(&mut unit, &words.org).await?;
    let to = user::find(&mut unit, &words.to).await?;
    let reason = words.reason.as_str();
    let happens_at = founder::announce_replacement(&mut unit, &kit, organization.id, &to, reason).await?;
    unit.commit().await?;
    let (to, happens_at) = (to.full_name(), happens_at.to_string());
    if words.json {
        context.terminal.json(&Announced { organization, to, happens_at })?;
    } else {
        let name = &organization.name;
        context.terminal.say(format_args!("{to} will be the founder of {name} on {happens_at}."))?;
        context.terminal.say(format_args!("Founder and administrators are told by mail; the founder can stop it."))?;
    }
    Ok(Exit::Done)
}
