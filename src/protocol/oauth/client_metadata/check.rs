//! The rules for client metadata, one small function for each group of members.

use std::{collections::BTreeSet, str::FromStr};

use serde_json::Value;
use url::Url;

use super::{
    ApplicationType, AuthMethod, CheckedMetadata, ClientKeys, ClientMetadata, GrantType, MetadataError, RedirectUri,
    SigningAlgorithm, SubjectType,
};
use crate::{
    kernel::Secret,
    protocol::{
        jose::{JoseError, KeySet},
        oauth::redirect_uri::is_this_machine,
    },
};

/// More than any client has; the list is searched at each request.
const MOST_URIS: usize = 50;

/// More than any inline key set; it is parsed at each use that finds no cache.
const MOST_KEY_BYTES: usize = 16 * 1024;

type Checked<T> = Result<T, MetadataError>;

const fn wrong<T>(member: &'static str, why: &'static str) -> Checked<T> {
    Err(MetadataError::Member { member, why })
}

pub(super) fn check(sent: ClientMetadata) -> Checked<CheckedMetadata> {
    let application_type = application_type(sent.application_type.as_deref())?;
    let method = named("token_endpoint_auth_method", sent.token_endpoint_auth_method)?;
    let method = method.unwrap_or(AuthMethod::ClientSecretBasic);
    let grant_types = grants(sent.grant_types.as_deref(), sent.response_types.as_deref(), method)?;
    let redirect_uris = uris("redirect_uris", &sent.redirect_uris, application_type)?;
    if grant_types.contains(&GrantType::AuthorizationCode) && redirect_uris.is_empty() {
        return wrong("redirect_uris", "the grant authorization_code needs one at least");
    }
    let sector_identifier_uri = address("sector_identifier_uri", sent.sector_identifier_uri)?;
    let subject_type = subject_type(sent.subject_type.as_deref(), sector_identifier_uri.is_some(), &redirect_uris)?;
    let id_token_alg = ours("id_token_signed_response_alg", sent.id_token_signed_response_alg)?;
    Ok(CheckedMetadata {
        client_id: client_id(sent.client_id)?,
        client_secret: secret(sent.client_secret, method)?,
        client_name: named("client_name", sent.client_name)?,
        redirect_uris,
        post_logout_redirect_uris: uris(
            "post_logout_redirect_uris",
            &sent.post_logout_redirect_uris,
            application_type,
        )?,
        grant_types,
        token_endpoint_auth_method: method,
        token_endpoint_auth_signing_alg: named(
            "token_endpoint_auth_signing_alg",
            sent.token_endpoint_auth_signing_alg,
        )?,
        keys: keys(sent.jwks, sent.jwks_uri, method)?,
        scope: named("scope", sent.scope)?,
        application_type,
        contacts: texts("contacts", sent.contacts)?,
        logo_uri: address("logo_uri", sent.logo_uri)?,
        client_uri: address("client_uri", sent.client_uri)?,
        policy_uri: address("policy_uri", sent.policy_uri)?,
        tos_uri: address("tos_uri", sent.tos_uri)?,
        subject_type,
        sector_identifier_uri,
        id_token_signed_response_alg: id_token_alg.unwrap_or(SigningAlgorithm::Rs256),
        userinfo_signed_response_alg: ours("userinfo_signed_response_alg", sent.userinfo_signed_response_alg)?,
        request_object_signing_alg: named("request_object_signing_alg", sent.request_object_signing_alg)?,
        default_max_age: sent.default_max_age,
        require_auth_time: sent.require_auth_time.unwrap_or_default(),
        default_acr_values: texts("default_acr_values", sent.default_acr_values)?,
        initiate_login_uri: address("initiate_login_uri", sent.initiate_login_uri)?,
        backchannel_logout_uri: address("backchannel_logout_uri", sent.backchannel_logout_uri)?,
        backchannel_logout_session_required: sent.backchannel_logout_session_required.unwrap_or_default(),
        require_pushed_authorization_requests: sent.require_pushed_authorization_requests.unwrap_or_default(),
        require_pkce: require_pkce(sent.require_pkce, method)?,
    })
}

/// A member whose type reads it; `null` and absent are the same.
fn named<T: FromStr>(member: &'static str, sent: Option<String>) -> Checked<Option<T>> {
    sent.map(|text| text.parse().or(wrong(member, "the value is malformed or not offered"))).transpose()
}

/// Always for clients that do not authenticate: nothing else protects their codes.
fn require_pkce(sent: Option<bool>, method: AuthMethod) -> Checked<bool> {
    match (sent, method) {
        (Some(false), AuthMethod::None) => wrong("require_pkce", "only a client that authenticates can do without"),
        (sent, method) => Ok(sent.unwrap_or(method == AuthMethod::None)),
    }
}

/// An algorithm that we sign with. Ed25519 is accepted from clients, but not made by us.
fn ours(member: &'static str, sent: Option<String>) -> Checked<Option<SigningAlgorithm>> {
    match named(member, sent)? {
        Some(SigningAlgorithm::EdDsa) => wrong(member, "is ES256 or RS256"),
        algorithm => Ok(algorithm),
    }
}

fn application_type(sent: Option<&str>) -> Checked<ApplicationType> {
    match sent {
        None | Some("web") => Ok(ApplicationType::Web),
        Some("native") => Ok(ApplicationType::Native),
        Some(_) => wrong("application_type", "is web or native"),
    }
}

/// Grants and response types, which belong to each other (RFC 7591 §2.1).
fn grants(grants: Option<&[String]>, responses: Option<&[String]>, method: AuthMethod) -> Checked<BTreeSet<GrantType>> {
    let grants = match grants {
        None => BTreeSet::from([GrantType::AuthorizationCode]),
        Some(sent) => {
            let known: Result<BTreeSet<GrantType>, _> = sent.iter().map(|grant| grant.parse()).collect();
            known.or(wrong("grant_types", "known are authorization_code, refresh_token and client_credentials"))?
        }
    };
    let codes = grants.contains(&GrantType::AuthorizationCode);
    if grants.is_empty() {
        return wrong("grant_types", "a client needs one at least");
    }
    if grants.contains(&GrantType::RefreshToken) && !codes {
        return wrong("grant_types", "refresh_token needs authorization_code beside it");
    }
    if grants.contains(&GrantType::ClientCredentials) && method == AuthMethod::None {
        return wrong("grant_types", "client_credentials needs a client that authenticates");
    }
    match responses {
        None => Ok(grants),
        Some([code]) if code == "code" && codes => Ok(grants),
        Some([]) if !codes => Ok(grants),
        Some(_) => wrong("response_types", "is code with the grant authorization_code, and empty without"),
    }
}

fn uris(member: &'static str, sent: &[String], application: ApplicationType) -> Checked<Vec<RedirectUri>> {
    if sent.len() > MOST_URIS {
        return wrong(member, "50 at most");
    }
    let register = |uri: &String| {
        RedirectUri::register(uri, application).map_err(|why| MetadataError::RedirectUri { member, why })
    };
    sent.iter().map(register).collect()
}

/// Keys are at one place (RFC 7591 §2), and usable when the client authenticates with them.
fn keys(inline: Option<Value>, at: Option<String>, method: AuthMethod) -> Checked<ClientKeys> {
    let needed = method == AuthMethod::PrivateKeyJwt;
    match (inline, address("jwks_uri", at)?) {
        (Some(_), Some(_)) => wrong("jwks", "stands beside jwks_uri; send one of them"),
        (None, None) if needed => wrong("jwks", "private_key_jwt needs jwks or jwks_uri"),
        (None, None) => Ok(ClientKeys::None),
        (None, Some(uri)) => Ok(ClientKeys::At(uri)),
        (Some(keys), None) if keys.to_string().len() > MOST_KEY_BYTES => wrong("jwks", "is larger than 16 KiB"),
        (Some(keys), None) => match KeySet::from_json(&keys) {
            Err(JoseError::PrivateMember) => wrong("jwks", "holds a private or symmetric key; replace that key"),
            Err(_) => wrong("jwks", "is not a JWK set of 30 keys at most"),
            Ok(usable) if usable.is_empty() && needed => {
                wrong("jwks", "holds no usable key: P-256, Ed25519, or RSA of 2048 bits or more")
            }
            Ok(_) => Ok(ClientKeys::Inline(keys)),
        },
    }
}

/// A secret is kept only where the method uses it, and has the characters that every method can carry.
fn secret(sent: Option<Secret<String>>, method: AuthMethod) -> Checked<Option<Secret<String>>> {
    match sent {
        Some(secret) if method.uses_secret() => {
            let fits = is_printable(secret.expose());
            if fits { Ok(Some(secret)) } else { wrong("client_secret", "is 1 to 255 printable ASCII characters") }
        }
        _ => Ok(None),
    }
}

/// VSCHAR of RFC 6749 appendix A without the space, which people cannot see at an end.
fn is_printable(text: &str) -> bool {
    (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn client_id(sent: Option<String>) -> Checked<Option<String>> {
    match sent {
        Some(text) if !is_printable(&text) => wrong("client_id", "is 1 to 255 printable ASCII characters"),
        sent => Ok(sent),
    }
}

/// A short list of short texts.
fn texts(member: &'static str, sent: Vec<String>) -> Checked<Vec<String>> {
    let fits = |text: &String| (1..=255).contains(&text.len()) && !text.chars().any(char::is_control);
    if sent.len() <= 20 && sent.iter().all(fits) {
        Ok(sent)
    } else {
        wrong(member, "20 at most, of 1 to 255 characters")
    }
}

/// An address for people or for our own calls: https, or http to this machine.
fn address(member: &'static str, sent: Option<String>) -> Checked<Option<String>> {
    let Some(text) = sent else { return Ok(None) };
    let usable = |uri: &Url| {
        (uri.scheme() == "https" || uri.scheme() == "http" && is_this_machine(uri))
            && uri.username().is_empty()
            && uri.password().is_none()
            && uri.fragment().is_none()
    };
    let plain = text.len() <= 2000 && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if plain && Url::parse(&text).is_ok_and(|uri| usable(&uri)) {
        Ok(Some(text))
    } else {
        wrong(member, "is an https address without user name and fragment, of 2000 characters at most")
    }
}

/// Pairwise subjects of several hosts need a document that says that they belong together
/// (OIDC Core §8.1).
fn subject_type(sent: Option<&str>, has_sector: bool, redirect_uris: &[RedirectUri]) -> Checked<SubjectType> {
    match sent {
        None | Some("public") => Ok(SubjectType::Public),
        Some("pairwise") => {
            let host = |uri: &RedirectUri| Url::parse(uri.as_str()).ok()?.host_str().map(str::to_owned);
            let hosts: BTreeSet<_> = redirect_uris.iter().map(host).collect();
            if hosts.len() > 1 && !has_sector {
                return wrong("sector_identifier_uri", "is needed for pairwise subjects of several hosts");
            }
            Ok(SubjectType::Pairwise)
        }
        Some(_) => wrong("subject_type", "is public or pairwise"),
    }
}
