//! `connex org resync`: what a site's *ConneX Sync* page does, at the command line.

use serde::Serialize;
use serde_json::Value;

use super::{CliError, Context, Exit, org::find, site};
use crate::audit::Actor;
use crate::organizations::Organization;
use crate::sites::Site;
use crate::sync::reconcile::{Action, Change, Resync, ResyncError, Resynced, State, resync};

/// The words after `connex org resync`.
#[derive(Debug, clap::Args)]
pub struct Words {
    /// The id or the name of the organization.
    org: String,
    /// The id or the name of the site.
    #[arg(long)]
    site: String,
    /// Only say what would be changed.
    #[arg(long, conflicts_with = "confirm")]
    dry_run: bool,
    /// Do it although it lets many people of the organization go.
    #[arg(long)]
    confirm: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What came of it, as `--json` prints it.
#[derive(Serialize)]
struct Shown<'a> {
    organization: &'a Organization,
    site: &'a Site,
    #[serde(flatten)]
    resynced: &'a Resynced,
}

/// Compares what a site holds of an organization, and has what differs sent. A running server sends it.
/// Status 1 when somebody has to say `--confirm` first.
///
/// # Errors
/// When there is no such organization or site, or the site cannot be read.
pub(super) async fn run(context: &mut Context, words: Words) -> Result<Exit, CliError> {
    let mut reader = context.db.read().await?;
    let (organization, site) = (find(&mut reader, &words.org).await?, site::find(&mut reader, &words.site).await?);
    drop(reader);
    let how = match (words.dry_run, words.confirm) {
        (true, _) => Resync::DryRun,
        (false, false) => Resync::Careful,
        (false, true) => Resync::Confirmed,
    };
    let courier = (context.open_courier)(context.db.clone(), context.config.clone()).await?;
    let resynced = resync(&courier, (site.id, organization.id), &Actor::Operator, how).await?;
    if words.json {
        context.terminal.json(&Shown { organization: &organization, site: &site, resynced: &resynced })?;
    } else {
        for change in &resynced.plan.changes {
            context.terminal.say(line(change))?;
        }
        context.terminal.say(summary(&organization, &site, &resynced))?;
    }
    Ok(if resynced.state == State::Paused { Exit::Problems } else { Exit::Done })
}

impl From<ResyncError> for CliError {
    fn from(error: ResyncError) -> Self {
        match error {
            ResyncError::Fault(fault) => Self::Fault(fault),
            refusal @ ResyncError::Site(_) => Self::refused(refusal),
        }
    }
}

/// `change  Luis Ortega: email old@… → new@…`
fn line(change: &Change) -> String {
    let action = match change.action {
        Action::Add => "add",
        Action::Change => "change",
        Action::Deactivate => "deactivate",
        Action::Reactivate => "reactivate",
        Action::Remove => "remove",
    };
    let one = |(name, there, here): (&str, &Value, &Value)| format!("{name} {} → {}", plain(there), plain(here));
    let attributes: Vec<String> =
        change.attributes.iter().map(|it| one((it.name.as_str(), &it.there, &it.here))).collect();
    let colon = if attributes.is_empty() { "" } else { ": " };
    format!("{action}  {}{colon}{}", change.name, attributes.join("; "))
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn summary(organization: &Organization, site: &Site, resynced: &Resynced) -> String {
    let (name, site, plan) = (&organization.name, &site.name, &resynced.plan);
    let counted = match plan.changes.len() {
        0 => "nothing to change".to_owned(),
        1 => "1 change".to_owned(),
        count => format!("{count} changes"),
    };
    match (resynced.state, &plan.confirm_needed) {
        (State::Paused, Some(why)) => {
            format!("Nothing was changed: a resync of {name} at {site} {why}. Say --confirm to do it.")
        }
        (State::Planned | State::Paused, _) => format!("{name} at {site}: {counted}. Nothing was changed."),
        (State::Done, _) => format!("{name} at {site}: {counted}. The site has confirmed all of it."),
        (State::UnderWay, _) => {
            format!(
                "{name} at {site}: {counted}. The site has not confirmed all of it yet; `connex sync status` says more."
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_told_as_people_read_it() {
        assert_eq!(["x".into(), Value::Null, true.into()].map(|value| plain(&value)), ["x", "nothing", "true"]);
    }
}
