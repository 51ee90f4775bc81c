//! `connex events …`: what a site was told, and telling it again.

use serde::Serialize;

use super::{CliError, Context, Exit, site};
use crate::audit::Actor;
use crate::kernel::Lifetime;
use crate::operator::status::{self, Attempt, Delivery, Receipt, State};
use crate::platform::store::Sql;
use crate::sync::control::{self, Item};

/// The words after `connex events`.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List what a site should hold: what needs attention, or another state.
    #[command(
        after_help = "Examples:\n  connex events list 'Birch County Permits'\n  connex events list 'Birch County Permits' --state all --json"
    )]
    List(List),
    /// Show one copy at a site, and what was tried for it.
    #[command(
        after_help = "Examples:\n  connex events show 'Birch County Permits' org_01k0000000000000000000000n\n  connex events show 'Birch County Permits' acct_01k0000000000000000000000n --json"
    )]
    Show(Show),
    /// Send again what a site has refused: one copy, or all of a span.
    #[command(
        after_help = "Examples:\n  connex events resend 'Birch County Permits' --since 24h\n  connex events resend 'Birch County Permits' --item acct_01k0000000000000000000000n --json"
    )]
    Resend(Resend),
}

/// The words after `connex events list`.
#[derive(Debug, clap::Args)]
pub struct List {
    /// The site's id or name.
    site: String,
    /// Which of them.
    #[arg(long, default_value = "attention")]
    state: State,
    /// The page, of 50 each.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    page: u32,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// The words after `connex events show`.
#[derive(Debug, clap::Args)]
pub struct Show {
    /// The site's id or name.
    site: String,
    /// Whose copy: acct_… or org_….
    item: Item,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// The words after `connex events resend`.
#[derive(Debug, clap::Args)]
pub struct Resend {
    /// The site's id or name.
    site: String,
    /// All that was refused within this span, such as 30m, 24h or 7d.
    #[arg(long, value_name = "SPAN", value_parser = span, required_unless_present = "item", conflicts_with = "item")]
    since: Option<Lifetime>,
    /// One copy: acct_… or org_….
    #[arg(long)]
    item: Option<Item>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

fn span(text: &str) -> Result<Lifetime, &'static str> {
    const HOW: &str = "a span is a number with m, h or d: 30m, 24h, 7d";
    let unit = text.chars().last().ok_or(HOW)?;
    let count: i64 = text.strip_suffix(unit).and_then(|number| number.parse::<u16>().ok()).ok_or(HOW)?.into();
    match unit {
        'm' => Ok(Lifetime::minutes(count)),
        'h' => Ok(Lifetime::hours(count)),
        'd' => Ok(Lifetime::days(count)),
        _ => Err(HOW),
    }
}

/// Does what the words say.
///
/// # Errors
/// Why it was not done.
pub async fn run(context: &mut Context, command: Command) -> Result<Exit, CliError> {
    match command {
        Command::List(words) => list(context, &words).await,
        Command::Show(words) => show(context, &words).await,
        Command::Resend(words) => resend(context, &words).await,
    }
}

/// A copy, as `--json` prints it.
#[derive(Serialize)]
struct Shown<'a> {
    resource: String,
    #[serde(flatten)]
    delivery: &'a Delivery,
    #[serde(skip_serializing_if = "Option::is_none")]
    tries: Option<&'a [Attempt]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receipts: Option<&'a [Receipt]>,
}

async fn list(context: &mut Context, words: &List) -> Result<Exit, CliError> {
    let mut reader = context.db.read().await?;
    let site = site::find(&mut reader, &words.site).await?;
    let found = status::deliveries(&mut reader, site.id, words.state, i64::from(words.page)).await?;
    drop(reader);
    if found.has_more {
        context.terminal.remark(format_args!("There are more: --page {}", words.page.saturating_add(1)));
    }
    if words.json {
        let shown = |delivery| Shown { resource: Delivery::resource(delivery), delivery, tries: None, receipts: None };
        context.terminal.json(&found.rows.iter().map(shown).collect::<Vec<_>>())?;
    } else if found.rows.is_empty() {
        context.terminal.say("There is nothing.")?;
    } else {
        let rows: Vec<_> = found.rows.iter().map(row).collect();
        context.terminal.table(["OF", "NAME", "SHOULD BE", "STATE", "TRIES", "LAST ANSWER"], &rows)?;
    }
    Ok(Exit::Done)
}

fn row(delivery: &Delivery) -> [String; 6] {
    let status = delivery.last_status.map(|status| status.to_string());
    let said = [status, delivery.last_error.clone()].into_iter().flatten().collect::<Vec<_>>().join(" ");
    [
        delivery.resource(),
        delivery.shown(),
        delivery.want.clone(),
        delivery.state.clone(),
        delivery.attempts.to_string(),
        said,
    ]
}

async fn show(context: &mut Context, words: &Show) -> Result<Exit, CliError> {
    let mut reader = context.db.read().await?;
    let site = site::find(&mut reader, &words.site).await?;
    let found = status::delivery(&mut reader, site.id, words.item).await?;
    let receipts = status::receipts(&mut reader, site.id, words.item).await?;
    drop(reader);
    let (delivery, attempts) = found.ok_or_else(|| nothing(&site.name, words.item))?;
    if words.json {
        let shown = Shown {
            resource: delivery.resource(),
            delivery: &delivery,
            tries: Some(&attempts),
            receipts: Some(&receipts),
        };
        context.terminal.json(&shown)?;
        return Ok(Exit::Done);
    }
    context.terminal.table(["OF", "NAME", "SHOULD BE", "STATE", "TRIES", "LAST ANSWER"], &[row(&delivery)])?;
    for attempt in &attempts {
        let status = attempt.http_status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
        let Attempt { began_at, method, rev, millis, answer, .. } = attempt;
        context.terminal.say(format_args!("{began_at} {method} revision {rev}, {millis} ms: {status} {answer:?}"))?;
    }
    for Receipt { seq, rev, acked_at, hash, .. } in &receipts {
        context.terminal.say(format_args!("{acked_at} revision {rev} confirmed: receipt {seq}, {hash}"))?;
    }
    Ok(Exit::Done)
}

fn nothing(site: &impl std::fmt::Display, item: Item) -> CliError {
    CliError::refused(format!("{site} has never had a copy of {item}"))
}

/// What `connex events resend` prints.
#[derive(Serialize)]
struct Resent {
    resent: u64,
}

async fn resend(context: &mut Context, words: &Resend) -> Result<Exit, CliError> {
    let mut unit = context.db.write().await?;
    let site = site::find(&mut unit, &words.site).await?;
    let resent = match (words.item, words.since) {
        (Some(item), _) => {
            let is_known = status::delivery(&mut unit, site.id, item).await?.is_some();
            if !is_known {
                return Err(nothing(&site.name, item));
            }
            control::resend(&mut unit, &Actor::Operator, site.id, item).await?;
            1
        }
        (None, since) => {
            let since = unit.now() - since.unwrap_or(Lifetime::days(30));
            control::resend_all(&mut unit, &Actor::Operator, site.id, since).await?
        }
    };
    unit.commit().await?;
    if words.json {
        context.terminal.json(&Resent { resent })?;
    } else {
        context.terminal.say(format_args!("{resent} sent again."))?;
    }
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_a_number_with_its_unit() {
        assert_eq!(
            ["30m", "24h", "7d"].map(|text| span(text).unwrap()),
            [Lifetime::minutes(30), Lifetime::hours(24), Lifetime::days(7)]
        );
        for text in ["", "h", "24", "-1h", "1w", "70000d", "é"] {
            assert!(span(text).is_err(), "{text}");
        }
    }
}
