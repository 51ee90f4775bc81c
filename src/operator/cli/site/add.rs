//! `connex site add`: a site and its client, registered together.

use std::path::PathBuf;

use serde::Serialize;

use crate::audit::Actor;
use crate::kernel::{SiteId, SiteName};
use crate::oidc::clients::{self, NewClient};
use crate::operator::cli::{CliError, Context, Exit, file};
use crate::platform::{config::Issuer, store::Unit};
use crate::protocol::oauth::client_metadata::ClientMetadata;
use crate::sites::{self, Family, NewSite, SiteUrl};

/// Everything that a site may ask for: of people, and for itself.
const SCOPE: &str = "openid profile email address phone offline_access organization sites scim sync";

/// How a site gets tokens: for people, and for itself.
const GRANT_TYPES: [&str; 3] = ["authorization_code", "refresh_token", "client_credentials"];

/// How a site proves who it is when nobody says.
const BASIC: &str = "client_secret_basic";

pub(super) const EXAMPLES: &str = "\
Examples:
  connex site add --kind onegov --name 'Birch County Permits' --url https://permits.birch.example
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
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

impl Add {
    /// The words `--kind KIND --name NAME --url URL`; all else is derived.
    #[must_use]
    pub fn new(kind: Family, name: SiteName, url: SiteUrl) -> Self {
        Self {
            kind,
            name,
            url,
            redirect_uris: Vec::new(),
            post_logout_redirect_uris: Vec::new(),
            backchannel_logout_uri: None,
            scim_url: None,
            auth_method: BASIC.to_owned(),
            jwks: None,
            require_approval: false,
            json: false,
        }
    }
}

/// A registered site, as `--json` prints it. The secret is shown once.
#[derive(Debug, Clone, Serialize)]
pub struct Registration {
    /// The site's id, by which it finds itself in the `sites` claim.
    pub site_id: SiteId,
    /// Its name.
    pub name: SiteName,
    /// Its family.
    pub kind: Family,
    /// Its address.
    pub url: SiteUrl,
    /// Who signs its tokens.
    pub issuer: String,
    /// Its name as a client.
    pub client_id: String,
    /// Its secret; `None` for a site that signs with keys of its own.
    pub client_secret: Option<String>,
    /// How it proves who it is.
    pub auth_method: String,
    /// Where people return after signing in.
    pub redirect_uris: Vec<String>,
    /// Where people return after signing out.
    pub post_logout_redirect_uris: Vec<String>,
    /// Where it is told that a session ended.
    pub backchannel_logout_uri: Option<String>,
    /// Where it takes accounts.
    pub scim_url: String,
    /// What it may ask for.
    pub scopes: Vec<&'static str>,
    /// Whether only people of approved organizations may sign in.
    pub require_approval: bool,
}

pub(super) async fn run(context: &mut Context, words: Add) -> Result<Exit, CliError> {
    let json = words.json;
    let mut unit = context.db.write().await?;
    let registration = register(&mut unit, &context.config.issuer, words).await?;
    unit.commit().await?;
    if json {
        context.terminal.json(&registration)?;
    } else {
        print(context, &registration)?;
    }
    Ok(Exit::Done)
}

/// Registers a site and its client.
///
/// # Errors
/// When the file of keys cannot be read, or an address is none that may be registered. Drop the
/// unit then: part of it may be written.
pub async fn register(unit: &mut Unit, issuer: &Issuer, words: Add) -> Result<Registration, CliError> {
    let metadata = metadata(&words)?;
    let scim_url = words.scim_url.map_or_else(|| words.url.join("/scim/v2"), |url| url.to_string());
    let new = NewSite {
        scim_url: Some(scim_url.clone()),
        require_approval: words.require_approval,
        ..NewSite::new(words.kind, words.name.clone(), words.url.clone())
    };
    let site = sites::register(unit, &Actor::Operator, new).await?;
    let registered = clients::register(unit, &Actor::Operator, NewClient { metadata, site: Some(site) }).await?;
    let agreed = ClientMetadata::from(registered.metadata);
    Ok(Registration {
        site_id: site,
        name: words.name,
        kind: words.kind,
        url: words.url,
        issuer: issuer.to_string(),
        client_id: registered.client_id,
        client_secret: registered.client_secret,
        auth_method: words.auth_method,
        redirect_uris: agreed.redirect_uris,
        post_logout_redirect_uris: agreed.post_logout_redirect_uris,
        backchannel_logout_uri: agreed.backchannel_logout_uri,
        scim_url,
        scopes: SCOPE.split(' ').collect(),
        require_approval: words.require_approval,
    })
}

/// What the client of the site is registered with.
fn metadata(words: &Add) -> Result<ClientMetadata, CliError> {
    let derived = |given: &[String], path: &str| match given {
        [] => vec![words.url.join(path)],
        given => given.to_vec(),
    };
    let jwks = words.jwks.as_deref().map(file::read_json).transpose()?;
    let logout = words.backchannel_logout_uri.clone().unwrap_or_else(|| words.url.join("/auth/connex/logout"));
    Ok(ClientMetadata {
        client_name: Some(words.name.to_string()),
        client_uri: Some(words.url.join("/")),
        redirect_uris: derived(&words.redirect_uris, "/auth/connex/callback"),
        post_logout_redirect_uris: derived(&words.post_logout_redirect_uris, "/"),
        backchannel_logout_uri: Some(logout),
        backchannel_logout_session_required: Some(true),
        token_endpoint_auth_method: Some(words.auth_method.clone()),
        jwks,
        grant_types: Some(GRANT_TYPES.map(str::to_owned).to_vec()),
        id_token_signed_response_alg: Some("ES256".to_owned()),
        require_pkce: Some(true),
        scope: Some(SCOPE.to_owned()),
        ..ClientMetadata::default()
    })
}

/// Prints the registration as the environment of the site.
fn print(context: &mut Context, site: &Registration) -> Result<(), CliError> {
    let Registration { name, url, issuer, client_id, auth_method, .. } = site;
    let terminal = &mut context.terminal;
    terminal.remark(format_args!("{name} is registered as {}. Give the site this environment:", site.site_id));
    terminal.say(format_args!("SITE_NAME={}\nSITE_URL={url}", quoted(name.as_str())))?;
    terminal.say(format_args!("CONNEX_ISSUER={issuer}\nCONNEX_CLIENT_ID={client_id}"))?;
    if let Some(secret) = &site.client_secret {
        terminal.say(format_args!("CONNEX_CLIENT_SECRET={secret}"))?;
        terminal.remark("The secret is shown once; `connex site rotate-secret` makes a new one.");
    }
    terminal.say(format_args!("CONNEX_AUTH_METHOD={auth_method}"))
}

/// A text in single quotes, as shells and env files read it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
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
    fn what_is_left_out_is_derived_from_the_address() {
        let metadata = metadata(&words(&[]).unwrap()).unwrap().check().unwrap();
        assert_eq!(metadata.redirect_uris[0].as_str(), "https://birch.example/auth/connex/callback");
        assert_eq!(metadata.post_logout_redirect_uris[0].as_str(), "https://birch.example/");
        assert_eq!(metadata.backchannel_logout_uri.as_deref(), Some("https://birch.example/auth/connex/logout"));
        assert!(metadata.require_pkce && metadata.redirect_uris.len() == 1);
    }

    #[test]
    fn what_is_given_is_taken() {
        let given = words(&["--redirect-uri", "https://a.example/1", "--redirect-uri", "https://a.example/2"]).unwrap();
        assert_eq!(metadata(&given).unwrap().redirect_uris, ["https://a.example/1", "https://a.example/2"]);
        assert!(words(&["--auth-method", "private_key_jwt"]).is_err(), "without keys");
        assert!(words(&["--auth-method", "none"]).is_err());
        assert!(words(&["--url", "http://birch.example"]).is_err());
    }

    #[test]
    fn a_name_survives_the_shell() {
        assert_eq!(quoted("O'Brien $HOME"), r"'O'\''Brien $HOME'");
    }
}
