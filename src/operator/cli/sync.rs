//! `connex sync …`: whether the sites hold what they should, and what was changed there.

use serde::Serialize;

use super::{CliError, Context, Exit, site};
use crate::kernel::Timestamp;
use crate::operator::status::{Change, changes as changes_at};
use crate::platform::store::Sql;
use crate::sync::status::{Condition, SiteHealth, of_sites};

/// The words after `connex sync`.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Say how the sites are doing. Status 1 when one of them needs somebody.
    #[command(after_help = "Examples:\n  connex sync status\n  connex sync status 'Birch County Permits' --json")]
    Status(Status),
    /// List what ConneX gives and was changed at a site itself, and what came of it.
    #[command(
        after_help = "Examples:\n  connex sync changes 'Birch County Permits'\n  connex sync changes 'Birch County Permits' --json"
    )]
    Changes(Changes),
}

/// The words after `connex sync status`.
#[derive(Debug, clap::Args)]
pub struct Status {
    /// The site's id or name [default: all].
    #[arg(value_name = "ID")]
    site: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// The words after `connex sync changes`.
#[derive(Debug, clap::Args)]
pub struct Changes {
    /// The site's id or name.
    site: String,
    /// The page, of 50 each.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    page: u32,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// A site, as `--json` prints it.
#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    health: SiteHealth,
    condition: Condition,
    lag_seconds: Option<i64>,
}

/// Does what the words say.
///
/// # Errors
/// Why it was not done.
pub async fn run(context: &mut Context, command: Command) -> Result<Exit, CliError> {
    match command {
        Command::Status(words) => status(context, &words).await,
        Command::Changes(words) => changes(context, &words).await,
    }
}

async fn changes(context: &mut Context, words: &Changes) -> Result<Exit, CliError> {
    let mut reader = context.db.read().await?;
    let site = site::find(&mut reader, &words.site).await?;
    let found = changes_at(&mut reader, site.id, i64::from(words.page)).await?;
    drop(reader);
    if found.has_more {
        context.terminal.remark(format_args!("There are more: --page {}", words.page.saturating_add(1)));
    }
    if words.json {
        context.terminal.json(&found.rows)?;
    } else if found.rows.is_empty() {
        context.terminal.say("Nothing was changed there in the last 90 days.")?;
    } else {
        let rows: Vec<_> = found.rows.into_iter().map(line).collect();
        context.terminal.table(["OF", "WHAT", "STOOD THERE", "STANDS HERE", "BY", "OUTCOME", "FOUND"], &rows)?;
    }
    Ok(Exit::Done)
}

fn line(change: Change) -> [String; 7] {
    let or_none = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
    [
        change.shown(),
        change.attribute,
        or_none(change.there),
        or_none(change.here),
        or_none(change.changed_by),
        change.outcome.replace('_', " "),
        change.found_at.to_string(),
    ]
}

async fn status(context: &mut Context, words: &Status) -> Result<Exit, CliError> {
    let mut reader = context.db.read().await?;
    let now = reader.now();
    let mut healths = of_sites(&mut reader).await?;
    if let Some(site) = &words.site {
        let site = site::find(&mut reader, site).await?;
        healths.retain(|health| health.site_id == site.id);
    }
    drop(reader);
    let needs_somebody = healths.iter().any(is_bad);
    if words.json {
        let shown: Vec<Shown> = healths
            .into_iter()
            .map(|health| Shown {
                condition: health.condition(),
                lag_seconds: health.lag(now).map(|lag| lag.as_seconds()),
                health,
            })
            .collect();
        context.terminal.json(&shown)?;
    } else {
        let rows: Vec<_> = healths.iter().map(row).collect();
        context.terminal.table(["SITE", "STATE", "DUE", "LEAVING SINCE", "ATTENTION", "PROVEN EQUAL"], &rows)?;
    }
    Ok(if needs_somebody { Exit::Problems } else { Exit::Done })
}

fn is_bad(health: &SiteHealth) -> bool {
    let is_fine = matches!(health.condition(), Condition::Working | Condition::Unproven | Condition::AskedToWait);
    !is_fine || health.attention_count > 0
}

fn row(health: &SiteHealth) -> [String; 6] {
    let moment = |at: Option<Timestamp>| at.map_or_else(|| "-".to_owned(), |at| at.to_string());
    [
        health.name.clone(),
        in_words(health.condition()).to_owned(),
        health.due_count.to_string(),
        moment(health.oldest_leaving_at),
        health.attention_count.to_string(),
        moment(health.proven_at),
    ]
}

/// A condition in a word or two.
const fn in_words(condition: Condition) -> &'static str {
    match condition {
        Condition::Paused => "paused",
        Condition::Differs => "too much differs",
        Condition::Credentials => "refuses us",
        Condition::NotAnswering => "does not answer",
        Condition::AskedToWait => "asked to wait",
        Condition::Unproven => "nothing confirmed yet",
        Condition::Working => "works",
    }
}
