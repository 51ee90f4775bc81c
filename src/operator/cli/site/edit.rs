//! `connex site show|edit|pause|resume|compare`: one site, and what may be changed of it.

use serde::Serialize;

use super::{One, find};
use crate::audit::Actor;
use crate::kernel::{AddressLine, EmailAddress, SiteId, SiteName, Timestamp};
use crate::oidc::clients::{self, Amendment};
use crate::operator::{
    cli::{CliError, Context, Exit, place},
    registration::{self, Registration},
    sites::snippets,
};
use crate::organizations::UsState;
use crate::platform::store::Unit;
use crate::sites::{Site, SiteUrl, details};
use crate::sync::{
    control,
    status::{self, Condition, SiteHealth},
};

pub(super) const EXAMPLES: &str = "\
Examples:
  connex site edit 'Birch County Permits' --url https://permits.birch.example --per-second 20
  connex site edit 'Birch County Permits' --redirect-uri https://a.example/cb --redirect-uri https://b.example/cb --json";

/// The words after `connex site edit`. What is left out stays as it is.
#[derive(Debug, clap::Args)]
pub struct Edit {
    /// The site's id or name.
    #[arg(value_name = "ID")]
    site: String,
    /// Another name.
    #[arg(long)]
    name: Option<SiteName>,
    /// Another address. The addresses below stay, unless they are given too.
    #[arg(long)]
    url: Option<SiteUrl>,
    /// Where people return after signing in; may be repeated, and replaces all.
    #[arg(long = "redirect-uri", value_name = "URI")]
    redirect_uris: Vec<String>,
    /// Where people return after signing out; may be repeated, and replaces all.
    #[arg(long = "post-logout-redirect-uri", value_name = "URI")]
    post_logout_redirect_uris: Vec<String>,
    /// Where the site is told that a session ended.
    #[arg(long, value_name = "URI")]
    backchannel_logout_uri: Option<String>,
    /// Where the site takes accounts.
    #[arg(long, value_name = "URL")]
    scim_url: Option<SiteUrl>,
    /// Whether only people of approved organizations may sign in.
    #[arg(long, value_name = "BOOL")]
    require_approval: Option<bool>,
    /// How many requests a second the site takes; 0 for as many as come.
    #[arg(long, value_name = "COUNT")]
    per_second: Option<u16>,
    /// The county, by which organizations find it in their lists.
    #[arg(long)]
    county: Option<AddressLine>,
    /// The state, as two letters.
    #[arg(long, value_parser = place::state)]
    state: Option<UsState>,
    /// Who is written when the site does not take what it is told.
    #[arg(long, value_name = "EMAIL")]
    contact: Option<EmailAddress>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// A site with what is registered and how it is doing, as `--json` prints it.
#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    registration: Registration,
    registered_at: Timestamp,
    county: Option<AddressLine>,
    state: Option<UsState>,
    per_second: u16,
    contact: Option<EmailAddress>,
    former_secret_until: Option<Timestamp>,
    condition: Condition,
    health: SiteHealth,
}

async fn shown(context: &Context, id: SiteId) -> Result<Shown, CliError> {
    let gone = || CliError::refused("that site has no registration; remove it and add it again");
    let mut reader = context.db.read().await?;
    let site = find(&mut reader, &id.to_string()).await?;
    let registered = details::of(&mut reader, id).await?.ok_or_else(gone)?;
    let registration = registration::of_site(&mut reader, &context.config.issuer, &site).await?.ok_or_else(gone)?;
    let health = status::of_site(&mut reader, id).await?.ok_or_else(gone)?;
    Ok(Shown {
        former_secret_until: clients::former_secret_until(&mut reader, &registration.client_id).await?,
        registration,
        registered_at: registered.since,
        county: registered.details.county,
        state: registered.details.state,
        per_second: registered.details.per_second,
        contact: registered.details.contact,
        condition: health.condition(),
        health,
    })
}

pub(super) async fn show(context: &mut Context, one: &One) -> Result<Exit, CliError> {
    let site = find(&mut context.db.read().await?, &one.site).await?;
    let shown = shown(context, site.id).await?;
    if one.json {
        context.terminal.json(&shown)?;
    } else {
        for snippet in snippets::all(&shown.registration) {
            context.terminal.say(format_args!("# {}\n{}\n", snippet.title, snippet.text))?;
        }
    }
    Ok(Exit::Done)
}

pub(super) async fn edit(context: &mut Context, words: Edit) -> Result<Exit, CliError> {
    let mut unit = context.db.write().await?;
    let site = find(&mut unit, &words.site).await?;
    let json = words.json;
    change(&mut unit, context, &site, words).await?;
    unit.commit().await?;
    let shown = shown(context, site.id).await?;
    if json {
        context.terminal.json(&shown)?;
    } else {
        context.terminal.say(format_args!("{} is changed.", shown.registration.name))?;
    }
    Ok(Exit::Done)
}

async fn change(unit: &mut Unit, context: &Context, site: &Site, words: Edit) -> Result<(), CliError> {
    let gone = || CliError::refused("that site has no registration; remove it and add it again");
    let mut new = details::of(unit, site.id).await?.ok_or_else(gone)?.details;
    let known = registration::of_site(unit, &context.config.issuer, site).await?.ok_or_else(gone)?;
    new.name = words.name.unwrap_or(new.name);
    new.url = words.url.unwrap_or(new.url);
    new.scim_url = words.scim_url.or(new.scim_url);
    new.require_approval = words.require_approval.unwrap_or(new.require_approval);
    new.per_second = words.per_second.unwrap_or(new.per_second);
    new.county = words.county.or(new.county);
    new.state = words.state.or(new.state);
    new.contact = words.contact.or(new.contact);
    let or_known = |given: Vec<String>, known: Vec<String>| if given.is_empty() { known } else { given };
    let amendment = Amendment {
        name: new.name.to_string(),
        home: new.url.join("/"),
        redirect_uris: or_known(words.redirect_uris, known.redirect_uris),
        post_logout_redirect_uris: or_known(words.post_logout_redirect_uris, known.post_logout_redirect_uris),
        backchannel_logout_uri: words.backchannel_logout_uri.or(known.backchannel_logout_uri),
    };
    details::change(unit, &Actor::Operator, site.id, new).await?;
    for client_id in clients::ids_of_site(unit, site.id).await? {
        clients::amend(unit, &Actor::Operator, &client_id, amendment.clone()).await?;
    }
    Ok(())
}

/// What is done to a site's deliveries as a whole.
#[derive(Debug, Clone, Copy)]
pub(super) enum Act {
    Pause,
    Resume,
    Compare,
}

pub(super) async fn act(context: &mut Context, one: &One, act: Act) -> Result<Exit, CliError> {
    let mut unit = context.db.write().await?;
    let site = find(&mut unit, &one.site).await?;
    let says = match act {
        Act::Pause => {
            control::pause(&mut unit, &Actor::Operator, site.id).await?;
            "is paused: nothing is sent until `connex site resume`"
        }
        Act::Resume => {
            control::resume(&mut unit, &Actor::Operator, site.id).await?;
            "goes on"
        }
        Act::Compare => {
            control::compare_now(&mut unit, &Actor::Operator, site.id).await?;
            "is compared as soon as a worker is free"
        }
    };
    unit.commit().await?;
    if one.json {
        let shown = shown(context, site.id).await?;
        context.terminal.json(&shown)?;
    } else {
        context.terminal.say(format_args!("{} {says}.", site.name))?;
    }
    Ok(Exit::Done)
}
