//! `connex audit …`: what happened, in a record that shows when it was tampered with.

use super::{CliError, Context, Exit};
use crate::audit;
use crate::sync::delivery::verify_receipts;

/// Entries that are read from the database at once.
const AT_ONCE: i64 = 1000;

/// The words after `connex audit`.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Show the newest entries, the newest last.
    #[command(after_help = "Examples:\n  connex audit tail\n  connex audit tail -n 500 --json")]
    Tail(Tail),
    /// Prove that no entry was changed, removed or slipped in. Status 1 when one was.
    #[command(after_help = "Examples:\n  connex audit verify\n  connex audit verify --json")]
    Verify(Verify),
    /// Print all entries, chain by chain, as lines of JSON.
    #[command(after_help = "Examples:\n  connex audit export > audit.jsonl\n  connex audit export | head")]
    Export,
}

/// The words after `connex audit tail`.
#[derive(Debug, clap::Args)]
pub struct Tail {
    /// How many.
    #[arg(short = 'n', long, value_name = "COUNT", default_value_t = 50)]
    #[arg(value_parser = clap::value_parser!(i64).range(1..=100_000))]
    count: i64,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// The words after `connex audit verify`.
#[derive(Debug, clap::Args)]
pub struct Verify {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Does what the words say.
///
/// # Errors
/// Why it was not done.
pub async fn run(context: &mut Context, command: Command) -> Result<Exit, CliError> {
    match command {
        Command::Tail(words) => tail(context, &words).await,
        Command::Verify(words) => verify(context, words.json).await,
        Command::Export => export(context).await,
    }
}

async fn tail(context: &mut Context, words: &Tail) -> Result<Exit, CliError> {
    let entries = audit::tail(&mut context.db.read().await?, words.count).await?;
    if words.json {
        context.terminal.json(&entries)?;
    } else {
        for entry in entries {
            let detail = if entry.detail == "{}" { "" } else { entry.detail.as_str() };
            let line = format!("{}  {}  {}  {}  {detail}", entry.at, entry.actor, entry.fact, entry.subject);
            context.terminal.say(line.trim_end())?;
        }
    }
    Ok(Exit::Done)
}

async fn verify(context: &mut Context, json: bool) -> Result<Exit, CliError> {
    let (sound, broken) = audit::verify(&mut context.db.read().await?).await?;
    let (receipts, broken_receipts) = verify_receipts(&mut context.db.read().await?).await?;
    let is_sound = broken.is_empty() && broken_receipts.is_empty();
    if json {
        context.terminal.json(&serde_json::json!({
            "sound_count": sound, "broken": broken,
            "sound_receipts_count": receipts, "broken_receipts": broken_receipts,
        }))?;
    } else {
        for place in &broken {
            context.terminal.say(format_args!(
                "✗ Chain {} is not as it was written from entry {} on. Compare with a backup or an export.",
                place.chain, place.seq
            ))?;
        }
        for place in &broken_receipts {
            context.terminal.say(format_args!(
                "✗ The receipts of {} are not as they were written from number {} on. Compare with a backup.",
                place.site, place.seq
            ))?;
        }
        let mark = if is_sound { '✓' } else { '!' };
        context.terminal.say(format_args!("{mark} {sound} entries are as they were written."))?;
        context.terminal.say(format_args!("{mark} {receipts} receipts of sites are as they were written."))?;
    }
    Ok(if is_sound { Exit::Done } else { Exit::Problems })
}

/// Page by page: the trail grows with the years.
async fn export(context: &mut Context) -> Result<Exit, CliError> {
    let mut reader = context.db.read().await?;
    for chain in 0..i64::from(audit::CHAINS) {
        let mut after = 0;
        loop {
            let page = audit::of_chain(&mut reader, chain, after, AT_ONCE).await?;
            let Some(last) = page.last() else { break };
            after = last.seq;
            for entry in &page {
                context.terminal.json_line(entry)?;
            }
        }
    }
    Ok(Exit::Done)
}
