//! *Log in with ConneX*: the person leaves for ConneX and comes back with a code (OIDC Core §3.1, RFC 7636, RFC 9207).

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AccessToken, AuthType, AuthorizationCode, Client, ClientId, CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, IdTokenFields, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, Scope, StandardErrorResponse, StandardTokenResponse, SubjectIdentifier, TokenResponse,
};

use crate::catch_up::Entry;
use crate::claims::{Claims, ConnexClaims, Info, Person};
use crate::id_token::{self, Disbelief, Expected, Token};
use crate::page::{Problem, to_connex, to_page};
use crate::pending::Pending;
use crate::provider::{Metadata, Unreachable};
use crate::return_path::ReturnPath;
use crate::session::{SESSION_SECONDS, Session};
use crate::settings::{AuthMethod, Settings};
use crate::site::Site;
use crate::{clock, visit};

/// The address that starts a sign-in; `return_to` names the page that comes afterwards.
pub(crate) const PATH: &str = "/auth/connex/login";
/// Asks for the shown claims in the ID token itself, which saves a call. ConneX puts them at the userinfo endpoint
/// otherwise (OIDC Core §5.4, §5.5).
const CLAIMS_PARAMETER: &str = r#"{"id_token":{"name":null,"preferred_username":null,"email":null,"email_verified":null,"auth_time":null,"acr":null}}"#;

type Fields = IdTokenFields<
    ConnexClaims,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type Tokens = StandardTokenResponse<Fields, CoreTokenType>;
type ConnexClient = Client<
    ConnexClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Sends the person to ConneX.
pub(crate) async fn begin(State(site): State<Arc<Site>>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let return_to = parameters(query.as_deref())
        .and_then(|mut query| ReturnPath::parse(&query.remove("return_to")?))
        .unwrap_or_else(ReturnPath::home);
    let Ok(metadata) = site.provider.metadata().await else { return unreachable(&return_to).page(&site) };
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let client = client(&metadata, &site.settings);
    let mut request = client
        .authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            || CsrfToken::new_random_len(32),
            || Nonce::new_random_len(32),
        )
        .add_scopes(site.settings.scopes.iter().filter(|name| *name != "openid").cloned().map(Scope::new))
        .set_pkce_challenge(challenge);
    if metadata.claims_parameter_supported() == Some(true) {
        request = request.add_extra_param("claims", CLAIMS_PARAMETER);
    }
    let (url, state, nonce) = request.url();

    let pending =
        Pending::new(state.into_secret(), nonce.secret().clone(), verifier.into_secret(), &return_to, clock::now());
    let mut response = to_connex(&url);
    pending.remember(&site.cookies, &headers, &mut response);
    response
}

/// Takes the person back. However it ends, the sign-in that began it is over.
pub(crate) async fn finish(State(site): State<Arc<Site>>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let now = clock::now();
    let Some(query) = parameters(query.as_deref()) else { return not_ours().page(&site) };
    let Some(pending) = query.get("state").and_then(|state| Pending::recall(&site.cookies, &headers, state, now))
    else {
        return not_ours().page(&site);
    };
    let mut response = match session(&site, &query, &pending, now).await {
        Ok(session) => open(&site, &headers, session, &pending.return_to()).await,
        Err(problem) => problem.page(&site),
    };
    Pending::forget(&site.cookies, &mut response, &pending.state);
    response
}

/// Opens the session under a fresh id, in place of one that the browser may have had. The copy is brought up to date
/// first, and looked at once the session is open: whatever ends it from then on finds it.
async fn open(site: &Arc<Site>, headers: &HeaderMap, session: Session, return_to: &ReturnPath) -> Response {
    if let Some(id) = site.cookies.get(headers, visit::SESSION_COOKIE) {
        site.sessions.close(id);
    }
    site.catch_up(&session).await;
    let now = clock::now();
    let Some(id) = site.sessions.open(session, now) else {
        return disbelieved("the session ended at ConneX during the sign-in", return_to).page(site);
    };
    let entry = match site.sessions.get(&id, now) {
        Some(session) => site.entry(&session).await,
        None => Entry::Ended,
    };
    if entry != Entry::Open {
        site.sessions.close(&id);
        return shut(entry).page(site);
    }
    let mut response = to_page(return_to);
    site.cookies.set(&mut response, visit::SESSION_COOKIE, &id, SESSION_SECONDS);
    response
}

/// ConneX knows the person, and this site still does not let them in.
fn shut(entry: Entry) -> Problem {
    let text = match entry {
        Entry::Blocked => {
            "The agency has disabled your account at this site. Your ConneX account works everywhere else. Ask the \
             agency if you think this is a mistake."
        }
        Entry::Open | Entry::Ended => {
            "Your access to this site has ended. Ask an administrator of your organization, or the agency."
        }
    };
    Problem::new(StatusCode::FORBIDDEN, "You cannot sign in at this site", text)
}

/// Turns the answer of the authorization endpoint into a session.
async fn session(
    site: &Site,
    query: &HashMap<String, String>,
    pending: &Pending,
    now: i64,
) -> Result<Session, Problem> {
    let return_to = &pending.return_to();
    let metadata = site.provider.metadata().await.map_err(|Unreachable| unreachable(return_to))?;
    check_issuer(query.get("iss").map(String::as_str), &metadata, &site.settings)
        .map_err(|reason| disbelieved(reason, return_to))?;
    if let Some(code) = query.get("error") {
        return Err(refused_by_connex(code, query.get("error_description"), return_to));
    }
    let code = query.get("code").ok_or_else(|| disbelieved("neither code nor error came back", return_to))?;

    let client = client(&metadata, &site.settings);
    let tokens =
        redeem(site, &client, code, pending).await.map_err(|error| disbelieved(format!("{error:#}"), return_to))?;
    let token = tokens.id_token().ok_or_else(|| disbelieved("no ID token came", return_to))?;
    let claims = prove(site, &metadata, token, tokens.access_token(), pending)
        .await
        .map_err(|disbelief| disbelieved(disbelief, return_to))?;

    let mut person = Person::of_id_token(claims);
    let mut claims_text = id_token::readable(&token.to_string());
    if person.is_incomplete()
        && let Some(info) = userinfo(site, &client, tokens.access_token(), claims.subject()).await
    {
        person = Person::of_userinfo(&info);
        let more = serde_json::to_string_pretty(&info).unwrap_or_default();
        claims_text = format!("{claims_text}\n\nFrom the userinfo endpoint:\n{more}");
    }
    let signed_in_at = claims.auth_time().unwrap_or_else(|| claims.issue_time());
    Ok(Session {
        sub: claims.subject().to_string(),
        person,
        connex: claims.additional_claims().clone(),
        signed_in: (signed_in_at.format("%B %-d, %Y, %H:%M UTC").to_string(), signed_in_at.to_rfc3339()),
        acr: claims.auth_context_ref().map(|acr| acr.to_string()),
        amr: claims.auth_method_refs().into_iter().flatten().map(|amr| amr.to_string()).collect(),
        claims_text,
        id_token: token.to_string(),
        expires_at: now + SESSION_SECONDS,
    })
}

/// RFC 9207 §2.4: an answer that another issuer gave, or that does not say who gave it although ConneX always does, is
/// not looked at further (mix-up).
fn check_issuer(told: Option<&str>, metadata: &Metadata, settings: &Settings) -> Result<(), &'static str> {
    match told {
        Some(issuer) if issuer == settings.issuer => Ok(()),
        Some(_) => Err("iss names another issuer"),
        None if metadata.additional_metadata().authorization_response_iss_parameter_supported => Err("iss is missing"),
        None => Ok(()),
    }
}

/// Exchanges the code for tokens.
async fn redeem(site: &Site, client: &ConnexClient, code: &str, pending: &Pending) -> anyhow::Result<Tokens> {
    let request = client
        .exchange_code(AuthorizationCode::new(code.to_owned()))?
        .set_pkce_verifier(PkceCodeVerifier::new(pending.verifier.clone()));
    Ok(request.request_async(site.provider.http()).await?)
}

/// Proves the ID token, with newer keys if those at hand lack its key.
async fn prove<'t>(
    site: &Site,
    metadata: &Arc<Metadata>,
    token: &'t Token,
    access_token: &AccessToken,
    pending: &Pending,
) -> Result<&'t Claims, Disbelief> {
    let expected = Expected {
        issuer: site.provider.issuer(),
        client_id: &ClientId::new(site.settings.client_id.clone()),
        nonce: &Nonce::new(pending.nonce.clone()),
        access_token,
    };
    match id_token::prove(token, metadata.jwks(), &expected, clock::now()) {
        Err(Disbelief::UnknownKey) => match site.provider.with_newer_keys(metadata).await {
            Ok(newer) => id_token::prove(token, newer.jwks(), &expected, clock::now()),
            Err(Unreachable) => Err(Disbelief::UnknownKey),
        },
        verdict => verdict,
    }
}

/// Asks for what the ID token left out. The crate refuses an answer about anybody but `sub` (OIDC Core §5.3.2).
async fn userinfo(site: &Site, client: &ConnexClient, token: &AccessToken, sub: &SubjectIdentifier) -> Option<Info> {
    let request = client.user_info(token.clone(), Some(sub.clone())).ok()?;
    match request.request_async(site.provider.http()).await {
        Ok(info) => Some(info),
        Err(error) => {
            tracing::warn!(reason = %error, "userinfo cannot be read");
            None
        }
    }
}

fn client(metadata: &Metadata, settings: &Settings) -> ConnexClient {
    let auth_type = match settings.auth_method {
        AuthMethod::ClientSecretBasic => AuthType::BasicAuth,
        AuthMethod::ClientSecretPost => AuthType::RequestBody,
    };
    let client_id = ClientId::new(settings.client_id.clone());
    Client::from_provider_metadata(metadata.clone(), client_id, Some(settings.client_secret.clone()))
        .set_redirect_uri(RedirectUrl::from_url(settings.redirect_uri.clone()))
        .set_auth_type(auth_type)
}

/// The query's parameters; `None` when one is given twice, since it is then unclear which one counts.
fn parameters(query: Option<&str>) -> Option<HashMap<String, String>> {
    let mut parameters = HashMap::new();
    for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        if parameters.insert(name.into_owned(), value.into_owned()).is_some() {
            return None;
        }
    }
    Some(parameters)
}

fn unreachable(return_to: &ReturnPath) -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "ConneX cannot be reached",
        "ConneX does not answer at the moment, so nobody can log in with it. The public pages of this site still work. \
         Please try again in a minute.",
    )
    .with_sign_in(return_to)
}

fn not_ours() -> Problem {
    tracing::warn!(reason = "no such sign-in in this browser", "sign-in refused");
    Problem::new(
        StatusCode::BAD_REQUEST,
        "This sign-in is over",
        "It was started in another browser, took more than ten minutes, or has been finished already. You were not \
         signed in by it.",
    )
    .with_sign_in(&ReturnPath::home())
}

/// What came back does not hold. The reason is for the log; the person can only begin again.
fn disbelieved(reason: impl std::fmt::Display, return_to: &ReturnPath) -> Problem {
    tracing::warn!(%reason, "sign-in refused");
    Problem::new(
        StatusCode::BAD_GATEWAY,
        "You were not signed in",
        "The answer that came back from ConneX could not be verified, so this site does not rely on it. Please try \
         again. If it happens again, tell the agency.",
    )
    .with_sign_in(return_to)
}

/// ConneX says that it did not sign the person in (RFC 6749 §4.1.2.1, OIDC Core §3.1.2.6).
fn refused_by_connex(code: &str, description: Option<&String>, return_to: &ReturnPath) -> Problem {
    tracing::info!(error = code, "ConneX signed nobody in");
    let text = match code {
        "access_denied" => "The sign-in was cancelled, or ConneX does not admit you to this site.",
        "login_required" | "interaction_required" | "consent_required" | "account_selection_required" => {
            "ConneX needs you to sign in there first."
        }
        "temporarily_unavailable" | "server_error" => "ConneX has a problem at the moment.",
        _ => "ConneX did not accept the request of this site.",
    };
    let said: String = description.map(|said| said.chars().take(200).collect()).unwrap_or_default();
    let text = if said.is_empty() { text.to_owned() } else { format!("{text} ConneX says: {said}") };
    Problem::new(StatusCode::FORBIDDEN, "You were not signed in", text).with_sign_in(return_to)
}
