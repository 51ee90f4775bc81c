//! The rules for a request, one function each. The structure is the check-list: every field of
//! [`ValidRequest`] is the product of its check.

use super::{request::Progress, trust::Trusted};
use crate::kernel::Timestamp;
use crate::oidc::{Provider, clients::Client, discovery};
use crate::protocol::{
    oauth::{Challenge, OAuthErrorCode, OAuthRefusal, Params, ResponseMode, ResponseType, Scope},
    oidc::{ClaimsRequest, Prompt, PromptSet, standard_claims},
};

/// A nonce longer than this is no nonce.
const MOST_OF_NONCE: usize = 1024;

/// A request that keeps all rules.
#[derive(Debug, Clone)]
pub(super) struct ValidRequest {
    pub(super) trusted: Trusted,
    pub(super) scope: Scope,
    pub(super) nonce: Option<String>,
    pub(super) challenge: Option<Challenge>,
    pub(super) resource: Option<String>,
    pub(super) login_hint: Option<String>,
    /// What the client wants of the person.
    pub(super) wish: Wish,
}

/// What a client wants of the person: all that [`decide`](super::decide) needs to know of a request.
#[derive(Debug, Clone, Default)]
pub(super) struct Wish {
    pub(super) prompt: PromptSet,
    pub(super) max_age: Option<u32>,
    pub(super) claims: ClaimsRequest,
    /// The `sub` that must be at the browser (`id_token_hint`, or a claim asked for by value).
    pub(super) subject: Option<String>,
}

type Checked<T> = Result<T, OAuthRefusal>;

fn refuse<T>(code: OAuthErrorCode, description: &'static str) -> Checked<T> {
    Err(OAuthRefusal::new(code, description))
}

/// Checks everything. What is refused goes back to the client.
pub(super) fn check(
    provider: &Provider,
    trusted: Trusted,
    params: &Params,
    progress: &Progress,
) -> Checked<ValidRequest> {
    let client = &trusted.client;
    response_type(params)?;
    response_mode(params)?;
    pushed(client, progress)?;
    let claims = claims(client, params)?;
    Ok(ValidRequest {
        scope: scope(client, params)?,
        nonce: nonce(params)?,
        challenge: challenge(client, params)?,
        resource: resource(provider, params)?,
        login_hint: params.get("login_hint").map(|hint| hint.chars().take(254).collect()),
        wish: Wish {
            prompt: prompt(params)?,
            max_age: max_age(client, params)?,
            subject: subject(provider, client, params, &claims)?,
            claims,
        },
        trusted,
    })
}

/// `response_type` is `code` (RFC 6749 §3.1.1, RFC 9700 §2.1.2).
fn response_type(params: &Params) -> Checked<()> {
    match params.get("response_type").map(str::parse::<ResponseType>) {
        None => refuse(OAuthErrorCode::InvalidRequest, "response_type is missing"),
        Some(Ok(wanted)) => wanted.supported().map(|_| ()),
        Some(Err(_)) => refuse(OAuthErrorCode::UnsupportedResponseType, "the response_type is code"),
    }
}

/// `response_mode` is one that we know.
fn response_mode(params: &Params) -> Checked<()> {
    match params.get("response_mode").map(str::parse::<ResponseMode>) {
        None | Some(Ok(_)) => Ok(()),
        Some(Err(_)) => refuse(OAuthErrorCode::InvalidRequest, "the response_mode is query, fragment or form_post"),
    }
}

/// A client that promised to push its requests has pushed this one (RFC 9126 §5).
fn pushed(client: &Client, progress: &Progress) -> Checked<()> {
    match client.metadata.require_pushed_authorization_requests && progress.pushed.is_none() {
        true => refuse(OAuthErrorCode::InvalidRequest, "this client has to push its authorization requests"),
        false => Ok(()),
    }
}

/// The scope: what we offer and the client may ask for. Values that nobody offers are left out
/// (OIDC Core §3.1.2.1); those that the client is not registered for are refused.
fn scope(client: &Client, params: &Params) -> Checked<Scope> {
    let asked: Scope = match params.get("scope").map(str::parse) {
        None => return refuse(OAuthErrorCode::InvalidScope, "scope is missing"),
        Some(Err(_)) => return refuse(OAuthErrorCode::InvalidScope, "the scope is malformed"),
        Some(Ok(asked)) => asked,
    };
    let offered: Scope = discovery::SCOPES.into_iter().collect();
    let asked = asked.intersection(&offered);
    if asked.is_empty() {
        return refuse(OAuthErrorCode::InvalidScope, "none of the scope values is offered");
    }
    match &client.metadata.scope {
        Some(registered) if !asked.is_subset_of(registered) => {
            refuse(OAuthErrorCode::InvalidScope, "the client is not registered for that scope")
        }
        _ => Ok(asked),
    }
}

/// The nonce, if there is one: optional with `code`.
fn nonce(params: &Params) -> Checked<Option<String>> {
    match params.get("nonce") {
        Some(nonce) if nonce.len() > MOST_OF_NONCE => refuse(OAuthErrorCode::InvalidRequest, "the nonce is too long"),
        nonce => Ok(nonce.map(str::to_owned)),
    }
}

/// The code challenge: S256, and demanded of all clients but confidential ones that were
/// registered without it (RFC 7636, RFC 9700 §2.1.1).
fn challenge(client: &Client, params: &Params) -> Checked<Option<Challenge>> {
    match (params.get("code_challenge"), params.get("code_challenge_method")) {
        (Some(challenge), method) => match Challenge::parse(method, challenge) {
            Ok(challenge) => Ok(Some(challenge)),
            Err(why) => Err(OAuthRefusal::new(OAuthErrorCode::InvalidRequest, why.to_string())),
        },
        (None, Some(_)) => refuse(OAuthErrorCode::InvalidRequest, "code_challenge_method without code_challenge"),
        (None, None) if client.metadata.require_pkce => {
            refuse(OAuthErrorCode::InvalidRequest, "code_challenge is missing")
        }
        (None, None) => Ok(None),
    }
}

/// `prompt`, without contradictions (OIDC Core §3.1.2.1).
fn prompt(params: &Params) -> Checked<PromptSet> {
    match params.get("prompt").map(PromptSet::parse) {
        None => Ok(PromptSet::default()),
        Some(Ok(prompt)) => Ok(prompt),
        Some(Err(why)) => Err(OAuthRefusal::new(OAuthErrorCode::InvalidRequest, why.to_string())),
    }
}

/// `max_age` in seconds; the client's default when it is not sent.
fn max_age(client: &Client, params: &Params) -> Checked<Option<u32>> {
    match params.get("max_age").map(str::parse::<u32>) {
        None => Ok(client.metadata.default_max_age),
        Some(Ok(seconds)) => Ok(Some(seconds)),
        Some(Err(_)) => refuse(OAuthErrorCode::InvalidRequest, "max_age is a number of seconds"),
    }
}

/// The `claims` parameter, without those claims that belong to a scope for which the client is not
/// registered: asking by name is no way around the registration.
fn claims(client: &Client, params: &Params) -> Checked<ClaimsRequest> {
    let mut claims = match params.get("claims").map(ClaimsRequest::parse) {
        None => return Ok(ClaimsRequest::default()),
        Some(Ok(claims)) => claims,
        Some(Err(why)) => return Err(OAuthRefusal::new(OAuthErrorCode::InvalidRequest, why.to_string())),
    };
    if let Some(registered) = &client.metadata.scope {
        let may_see = |claim: &str| standard_claims::scope_of(claim).is_none_or(|scope| registered.contains(scope));
        claims.userinfo.retain(|claim, _| may_see(claim));
        claims.id_token.retain(|claim, _| may_see(claim));
    }
    Ok(claims)
}

/// `resource` (RFC 8707): ourselves, the only resource that there is so far.
fn resource(provider: &Provider, params: &Params) -> Checked<Option<String>> {
    match params.all("resource").find(|resource| *resource != provider.issuer()) {
        Some(_) => refuse(OAuthErrorCode::InvalidTarget, "no such resource"),
        None => Ok(None),
    }
}

/// Who must be at the browser. A hint that we did not make, or made for another client, is refused
/// (OIDC Core §3.1.2.1); an expired one is as good as a fresh one.
fn subject(provider: &Provider, client: &Client, params: &Params, claims: &ClaimsRequest) -> Checked<Option<String>> {
    let by_value = claims.sub_value().map(str::to_owned);
    let Some(hint) = params.get("id_token_hint") else { return Ok(by_value) };
    match crate::oidc::hint::read(provider, hint) {
        Some(hint) if hint.client_id == client.id => Ok(Some(hint.subject)),
        _ => refuse(OAuthErrorCode::InvalidRequest, "the id_token_hint is no ID token of ours for this client"),
    }
}

impl ValidRequest {
    /// What the person has to agree to: the scope, and the scopes of the claims that are asked for
    /// by name.
    pub(super) fn discloses(&self) -> Scope {
        let claims = &self.wish.claims;
        let named = claims.userinfo.keys().chain(claims.id_token.keys());
        self.scope.iter().chain(named.filter_map(|claim| standard_claims::scope_of(claim))).collect()
    }
}

impl Wish {
    /// Whether the last proof of identity is too old: `prompt=login`, or `max_age`. One that was
    /// given since the request came is always fresh enough, however slow the person was.
    pub(super) fn needs_fresh_sign_in(&self, auth_time: Timestamp, progress: &Progress, now: Timestamp) -> bool {
        if auth_time >= progress.began_at {
            return false;
        }
        let too_old = self.max_age.is_some_and(|seconds| now.since(auth_time).as_millis() > i64::from(seconds) * 1000);
        too_old || self.prompt.contains(Prompt::Login)
    }
}
