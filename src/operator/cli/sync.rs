//! `connex sync …`: whether the sites hold what they should.

use serde::Serialize;

use super::{CliError, Context, Exit, site};
use crate::kernel::Timestamp;
use crate::platform::store::Sql;
use crate::sync::status::{self, Condition, SiteHealth};

/// The words after `connex sync`.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Say how the sites are doing. Status 1 when one of them needs somebody.
    #[command(after_help = "Examples:\n  connex sync status\n  connex sync status 'Birch County Permits' --json")]
    Status(Status),
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
    let Command::Status(words) = command;
    let mut reader = context.db.read().await?;
    let now = reader.now();
    let mut healths = status::of_sites(&mut reader).await?;
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
