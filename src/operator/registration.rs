//! Registering a site. Its name, its address and its family are enough; everything else is derived.

use serde::Serialize;
use serde_json::Value;

use crate::audit::Actor;
use crate::kernel::{AddressLine, EmailAddress, Fault, SiteId, SiteName};
use crate::oidc::clients::{self, ClientError, NewClient};
use crate::organizations::UsState;
use crate::platform::{
    config::Issuer,
    store::{Sql, Unit},
};
use crate::protocol::oauth::client_metadata::ClientMetadata;
use crate::sites::{self, Family, NewSite, Site, SiteUrl};

/// Everything that a site may ask for: of people, and for itself.
const SCOPE: &str = "openid profile email address phone offline_access organization sites scim sync";

/// How a site gets tokens: for people, and for itself.
const GRANT_TYPES: [&str; 3] = ["authorization_code", "refresh_token", "client_credentials"];

/// How a site proves who it is when nobody says.
pub const BASIC: &str = "client_secret_basic";

/// Where people return after signing in.
pub const CALLBACK_PATH: &str = "/auth/connex/callback";
/// Where the site is told that a session ended.
pub const LOGOUT_PATH: &str = "/auth/connex/logout";
/// Where the site takes accounts.
pub const SCIM_PATH: &str = "/scim/v2";

/// What a site is registered with. What is left empty is derived from the address.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The family that the site belongs to.
    pub kind: Family,
    /// Its name as people know it.
    pub name: SiteName,
    /// Its address.
    pub url: SiteUrl,
    /// Where people return after signing in.
    pub redirect_uris: Vec<String>,
    /// Where people return after signing out.
    pub post_logout_redirect_uris: Vec<String>,
    /// Where the site is told that a session ended.
    pub backchannel_logout_uri: Option<String>,
    /// Where the site takes accounts.
    pub scim_url: Option<SiteUrl>,
    /// How it proves who it is.
    pub auth_method: String,
    /// Its public keys, for `private_key_jwt`.
    pub jwks: Option<Value>,
    /// Whether only people of approved organizations may sign in.
    pub require_approval: bool,
    /// Its county, for whoever looks for it in a list.
    pub county: Option<AddressLine>,
    /// Its state.
    pub state: Option<UsState>,
    /// Whoever looks after it, and is written when it does not take what it is told.
    pub contact: Option<EmailAddress>,
}

impl Wanted {
    /// The three words that a site needs.
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
            county: None,
            state: None,
            contact: None,
        }
    }

    /// What the client of the site is registered with.
    fn metadata(&self) -> ClientMetadata {
        let derived = |given: &[String], path: &str| match given {
            [] => vec![self.url.join(path)],
            given => given.to_vec(),
        };
        ClientMetadata {
            client_name: Some(self.name.to_string()),
            client_uri: Some(self.url.join("/")),
            redirect_uris: derived(&self.redirect_uris, CALLBACK_PATH),
            post_logout_redirect_uris: derived(&self.post_logout_redirect_uris, "/"),
            backchannel_logout_uri: Some(
                self.backchannel_logout_uri.clone().unwrap_or_else(|| self.url.join(LOGOUT_PATH)),
            ),
            backchannel_logout_session_required: Some(true),
            token_endpoint_auth_method: Some(self.auth_method.clone()),
            jwks: self.jwks.clone(),
            grant_types: Some(GRANT_TYPES.map(str::to_owned).to_vec()),
            id_token_signed_response_alg: Some("ES256".to_owned()),
            require_pkce: Some(true),
            scope: Some(SCOPE.to_owned()),
            ..ClientMetadata::default()
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

/// Registers a site and its client.
///
/// # Errors
/// When an address is none that may be registered. Drop the unit then: part of it may be written.
pub async fn register(
    unit: &mut Unit,
    actor: &Actor,
    issuer: &Issuer,
    wanted: Wanted,
) -> Result<Registration, ClientError> {
    let metadata = wanted.metadata();
    let scim_url = wanted.scim_url.map_or_else(|| wanted.url.join(SCIM_PATH), |url| url.to_string());
    let new = NewSite {
        scim_url: Some(scim_url.clone()),
        require_approval: wanted.require_approval,
        county: wanted.county,
        state: wanted.state,
        contact: wanted.contact,
        ..NewSite::new(wanted.kind, wanted.name.clone(), wanted.url.clone())
    };
    let site = sites::register(unit, actor, new).await?;
    let registered = clients::register(unit, actor, NewClient { metadata, site: Some(site) }).await?;
    let agreed = ClientMetadata::from(registered.metadata);
    Ok(Registration {
        site_id: site,
        name: wanted.name,
        kind: wanted.kind,
        url: wanted.url,
        issuer: issuer.to_string(),
        client_id: registered.client_id,
        client_secret: registered.client_secret,
        auth_method: wanted.auth_method,
        redirect_uris: agreed.redirect_uris,
        post_logout_redirect_uris: agreed.post_logout_redirect_uris,
        backchannel_logout_uri: agreed.backchannel_logout_uri,
        scim_url,
        scopes: SCOPE.split(' ').collect(),
        require_approval: wanted.require_approval,
    })
}

/// The registration of a site that is there, without its secret, which nobody knows.
///
/// # Errors
/// When the database does not answer.
pub async fn of_site(on: &mut impl Sql, issuer: &Issuer, site: &Site) -> Result<Option<Registration>, Fault> {
    let Some((client_id, agreed)) = clients::of_site(on, site.id).await?.into_iter().next() else { return Ok(None) };
    let agreed = ClientMetadata::from(agreed);
    Ok(Some(Registration {
        site_id: site.id,
        name: site.name.clone(),
        kind: site.kind,
        url: site.url.clone(),
        issuer: issuer.to_string(),
        client_id,
        client_secret: None,
        auth_method: agreed.token_endpoint_auth_method.unwrap_or_else(|| BASIC.to_owned()),
        redirect_uris: agreed.redirect_uris,
        post_logout_redirect_uris: agreed.post_logout_redirect_uris,
        backchannel_logout_uri: agreed.backchannel_logout_uri,
        scim_url: site.scim_url.clone().unwrap_or_default(),
        scopes: SCOPE.split(' ').collect(),
        require_approval: site.require_approval,
    }))
}

/// Reads a role that an agency gives. It stands in every token of everybody in the organization, so
/// it is a short word.
///
/// # Errors
/// What a role is.
pub fn site_role(text: &str) -> Result<String, &'static str> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(c);
    match (1..=32).contains(&text.len()) && text.chars().all(fits) {
        true => Ok(text.to_owned()),
        false => Err("a role is 1 to 32 lower-case letters, digits, _ and -"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted() -> Wanted {
        Wanted::new(Family::OneGov, "Birch".parse().unwrap(), "https://birch.example/".parse().unwrap())
    }

    #[test]
    fn what_is_left_out_is_derived_from_the_address() {
        let metadata = wanted().metadata().check().unwrap();
        assert_eq!(metadata.redirect_uris[0].as_str(), "https://birch.example/auth/connex/callback");
        assert_eq!(metadata.post_logout_redirect_uris[0].as_str(), "https://birch.example/");
        assert_eq!(metadata.backchannel_logout_uri.as_deref(), Some("https://birch.example/auth/connex/logout"));
        assert!(metadata.require_pkce && metadata.redirect_uris.len() == 1);
    }

    #[test]
    fn what_is_given_is_taken() {
        let uris = ["https://a.example/1", "https://a.example/2"].map(str::to_owned);
        let given = Wanted { redirect_uris: uris.to_vec(), ..wanted() };
        assert_eq!(given.metadata().redirect_uris, uris);
    }

    #[test]
    fn a_role_is_a_short_word() {
        assert_eq!(site_role("house-mover").unwrap(), "house-mover");
        for text in ["", "House Mover", "a\"b", &"x".repeat(33)] {
            assert!(site_role(text).is_err(), "{text}");
        }
    }
}
