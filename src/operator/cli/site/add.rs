//! `connex site add`: a site and its client, registered together.

use std::path::PathBuf;

use crate::audit::Actor;
use crate::kernel::{AddressLine, EmailAddress, SiteName};
use crate::operator::{
    cli::{CliError, Context, Exit, file, place},
    registration::{BASIC, Registration, Wanted, register},
    sites::snippets,
};
use crate::organizations::UsState;
use crate::sites::{Family, SiteUrl};

pub(super) const EXAMPLES: &str = "\
Examples:
  connex site add --kind onegov --name 'Birch County Permits' --url https://permits.birch.example \
    --county 'Birch County' --state MI --contact it@birch.example
  connex site add --kind oneoffice --name 'Birch County' --url http://127.0.0.1:7101 --json > birch.json";

/// The words after `connex site add`. What is left out is derived from the address.
#[derive(Debug, clap::Args)]
pub struct Add {
    /// The family that the site belongs to.
    #[arg(long)]
    pub kind: Family,
    /// The site's name as people know it.
    #[arg(long)]
    pub name: SiteName,
    /// The site's address: https, or http on this machine.
    #[arg(long)]
    pub url: SiteUrl,
    /// Where people return after signing in; may be repeated [default: URL/auth/connex/callback].
    #[arg(long = "redirect-uri", value_name = "URI")]
    pub redirect_uris: Vec<String>,
    /// Where people return after signing out; may be repeated [default: URL/].
    #[arg(long = "post-logout-redirect-uri", value_name = "URI")]
    pub post_logout_redirect_uris: Vec<String>,
    /// Where the site is told that a session ended [default: URL/auth/connex/logout].
    #[arg(long, value_name = "URI")]
    pub backchannel_logout_uri: Option<String>,
    /// Where the site takes accounts [default: URL/scim/v2].
    #[arg(long, value_name = "URL")]
    pub scim_url: Option<SiteUrl>,
    /// How the site proves who it is.
    #[arg(long, value_name = "METHOD", default_value = BASIC)]
    #[arg(value_parser = [BASIC, "client_secret_post", "private_key_jwt"])]
    pub auth_method: String,
    /// A file with the site's public keys (JWK set), for private_key_jwt.
    #[arg(long, value_name = "FILE", required_if_eq("auth_method", "private_key_jwt"))]
    pub jwks: Option<PathBuf>,
    /// Admit only people of organizations that the agency has approved.
    #[arg(long)]
    pub require_approval: bool,
    /// The county, by which organizations find it in their lists.
    #[arg(long)]
    pub county: Option<AddressLine>,
    /// The state, as two letters.
    #[arg(long, value_parser = place::state)]
    pub state: Option<UsState>,
    /// Who is written when the site does not take what it is told.
    #[arg(long, value_name = "EMAIL")]
    pub contact: Option<EmailAddress>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

impl Add {
    /// What is to be registered.
    fn wanted(self) -> Result<Wanted, CliError> {
        Ok(Wanted {
            kind: self.kind,
            name: self.name,
            url: self.url,
            redirect_uris: self.redirect_uris,
            post_logout_redirect_uris: self.post_logout_redirect_uris,
            backchannel_logout_uri: self.backchannel_logout_uri,
            scim_url: self.scim_url,
            auth_method: self.auth_method,
            jwks: self.jwks.as_deref().map(file::read_json).transpose()?,
            require_approval: self.require_approval,
            county: self.county,
            state: self.state,
            contact: self.contact,
        })
    }
}

pub(super) async fn run(context: &mut Context, words: Add) -> Result<Exit, CliError> {
    let json = words.json;
    let mut unit = context.db.write().await?;
    let registration = register(&mut unit, &Actor::Operator, &context.config.issuer, words.wanted()?).await?;
    unit.commit().await?;
    if json {
        context.terminal.json(&registration)?;
    } else {
        print(context, &registration)?;
    }
    Ok(Exit::Done)
}

/// Prints the registration as the environment of the site.
fn print(context: &mut Context, site: &Registration) -> Result<(), CliError> {
    let terminal = &mut context.terminal;
    terminal.remark(format_args!("{} is registered as {}. Give the site this environment:", site.name, site.site_id));
    terminal.say(snippets::environment(site))?;
    if site.client_secret.is_some() {
        terminal.remark("The secret is shown once; `connex site rotate-secret` makes a new one.");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        add: Add,
    }

    fn words(more: &[&str]) -> Result<Add, clap::Error> {
        let first = ["add", "--kind", "onegov", "--name", "Birch", "--url", "https://birch.example/"];
        Line::try_parse_from(first.iter().chain(more)).map(|line| line.add)
    }

    #[test]
    fn what_is_given_is_taken() {
        let given = words(&["--redirect-uri", "https://a.example/1", "--redirect-uri", "https://a.example/2"]).unwrap();
        assert_eq!(given.wanted().unwrap().redirect_uris, ["https://a.example/1", "https://a.example/2"]);
        assert!(words(&["--auth-method", "private_key_jwt"]).is_err(), "without keys");
        assert!(words(&["--auth-method", "none"]).is_err());
        assert!(words(&["--url", "http://birch.example"]).is_err());
    }
}
