//! The configuration of a site as texts to copy (D2).
//!
//! Each holds exactly what was registered. The secret stands in them while it is shown; afterwards its
//! place is named, because nobody knows it any more.

use crate::operator::registration::Registration;

/// What stands in the place of a secret that is not shown.
const NOT_SHOWN: &str = "(shown when it was made)";

/// A text to copy, under its name.
pub struct Snippet {
    /// The id of its heading on the page.
    pub id: &'static str,
    /// What it is for, in the words of its own world.
    pub title: &'static str,
    /// The text.
    pub text: String,
}

/// All of them.
#[must_use]
pub fn all(site: &Registration) -> Vec<Snippet> {
    let snippet = |id, title, text| Snippet { id, title, text };
    vec![
        snippet("environment", "Env file", environment(site)),
        snippet("rust", "Rust: openidconnect 4", rust(site)),
        snippet("apache", "Apache: mod_auth_openidc", apache(site)),
        snippet("generic", "OpenID Connect", generic(site)),
    ]
}

fn secret(site: &Registration) -> &str {
    site.client_secret.as_deref().unwrap_or(NOT_SHOWN)
}

fn callback(site: &Registration) -> &str {
    site.redirect_uris.first().map(String::as_str).unwrap_or_default()
}

/// A text in single quotes, as shells and env files read it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A text inside double quotes, as Rust and Apache read it.
fn escaped(text: &str) -> String {
    text.replace('\\', r"\\").replace('"', "\\\"")
}

/// The environment that the sample sites read.
#[must_use]
pub fn environment(site: &Registration) -> String {
    let Registration { name, url, issuer, client_id, auth_method, .. } = site;
    let mut text = format!(
        "SITE_NAME={}\nSITE_URL={url}\nCONNEX_ISSUER={issuer}\nCONNEX_CLIENT_ID={client_id}\n",
        quoted(name.as_str())
    );
    if auth_method != "private_key_jwt" {
        let secret = site.client_secret.clone().unwrap_or_else(|| quoted(NOT_SHOWN));
        text.push_str(&format!("CONNEX_CLIENT_SECRET={secret}\n"));
    }
    text.push_str(&format!("CONNEX_AUTH_METHOD={auth_method}"));
    text
}

fn rust(site: &Registration) -> String {
    let Registration { issuer, client_id, .. } = site;
    format!(
        r#"use openidconnect::{{
    ClientId, ClientSecret, IssuerUrl, RedirectUrl, core::{{CoreClient, CoreProviderMetadata}}, reqwest,
}};

let http = reqwest::ClientBuilder::new().redirect(reqwest::redirect::Policy::none()).build()?;
let metadata = CoreProviderMetadata::discover_async(IssuerUrl::new("{issuer}".into())?, &http).await?;
let client = CoreClient::from_provider_metadata(
    metadata,
    ClientId::new("{client_id}".into()),
    Some(ClientSecret::new("{}".into())),
)
.set_redirect_uri(RedirectUrl::new("{}".into())?);
// Ask for: {}"#,
        escaped(secret(site)),
        escaped(callback(site)),
        asked_for(site),
    )
}

fn apache(site: &Registration) -> String {
    let Registration { issuer, client_id, .. } = site;
    format!(
        r#"# Register this back-channel logout address: {}?logout=backchannel
OIDCProviderMetadataURL {issuer}/.well-known/openid-configuration
OIDCClientID {client_id}
OIDCClientSecret "{}"
OIDCRedirectURI {}
OIDCProviderTokenEndpointAuth {}
OIDCScope "{}"
OIDCPKCEMethod S256
OIDCResponseType code
OIDCCryptoPassphrase "exec:/usr/bin/openssl rand -hex 32"

<Location "/">
  AuthType openid-connect
  Require valid-user
</Location>"#,
        callback(site),
        escaped(secret(site)),
        callback(site),
        site.auth_method,
        asked_for(site),
    )
}

fn generic(site: &Registration) -> String {
    let Registration { issuer, client_id, auth_method, .. } = site;
    let mut lines = vec![
        format!("issuer                      {issuer}"),
        format!("client_id                   {client_id}"),
        format!("client_secret               {}", secret(site)),
        format!("token_endpoint_auth_method  {auth_method}"),
        format!("redirect_uri                {}", site.redirect_uris.join(" ")),
        format!("post_logout_redirect_uri    {}", site.post_logout_redirect_uris.join(" ")),
    ];
    if let Some(logout) = &site.backchannel_logout_uri {
        lines.push(format!("backchannel_logout_uri      {logout}"));
    }
    lines.push(format!("scope                       {}", asked_for(site)));
    lines.push("response_type               code".to_owned());
    lines.push("code_challenge_method       S256".to_owned());
    lines.push("id_token_signed_response_alg ES256".to_owned());
    lines.join("\n")
}

/// What most sites ask for. The rest of what is registered is for those who need it.
fn asked_for(site: &Registration) -> String {
    const USUAL: [&str; 5] = ["openid", "profile", "email", "organization", "sites"];
    site.scopes.iter().filter(|scope| USUAL.contains(scope)).copied().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_survives_the_shell() {
        assert_eq!(quoted("O'Brien $HOME"), r"'O'\''Brien $HOME'");
    }

    #[test]
    fn a_secret_survives_double_quotes() {
        assert_eq!(escaped(r#"a"b\c"#), r#"a\"b\\c"#);
    }
}
