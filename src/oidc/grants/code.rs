//! The authorization code: 60 seconds, once, for one client (RFC 6749 §4.1.2, RFC 9700 §2.1.1).

use super::{
    model::{AuthorizationCode, Grant, Granted},
    store::{self, NewGrant},
};
use crate::audit::{self, Actor};
use crate::kernel::{AccountId, Fault, GrantId, Lifetime, SessionId, Token};
use crate::oidc::facts;
use crate::platform::{
    config::Tokens,
    store::{Sql, Unit},
};
use crate::protocol::oauth::Verifier;

/// How long a redeemed grant is remembered beyond its tokens, so that a late replay of its code
/// is still known for what it is.
const REMEMBERED_FOR: Lifetime = Lifetime::minutes(10);

/// Why a code was not redeemed. The client learns only `invalid_grant`.
#[derive(Debug, thiserror::Error)]
pub(in crate::oidc) enum CodeError {
    /// No code of ours, expired, of another client, or for another redirect URI.
    #[error("the code is not valid")]
    Invalid,
    /// It was redeemed before: what it gave is revoked.
    #[error("the code was used before")]
    Replayed,
    /// The code verifier does not answer the challenge, or one of the two is missing.
    #[error("the code verifier does not fit")]
    Verifier,
    /// Something broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Whom a code is for, and in which session.
pub(in crate::oidc) struct Bearer<'a> {
    /// The client.
    pub(in crate::oidc) client_id: &'a str,
    /// The person.
    pub(in crate::oidc) account: AccountId,
    /// The session.
    pub(in crate::oidc) session: SessionId,
}

/// Issues a code for what was granted.
pub(in crate::oidc) async fn issue(
    unit: &mut Unit,
    lives: &Tokens,
    bearer: Bearer<'_>,
    granted: Granted,
) -> Result<Token<AuthorizationCode>, Fault> {
    let now = unit.now();
    let code = Token::new(now, &unit.entropy());
    let new = NewGrant {
        id: GrantId::from_uuid(code.id()),
        code: code.digest(),
        client_id: bearer.client_id.to_owned(),
        account: bearer.account,
        session: bearer.session,
        granted,
        code_expires_at: now + lives.code,
        expires_at: now + lives.code + REMEMBERED_FOR,
    };
    store::insert(unit, new).await?;
    Ok(code)
}

/// What the token request says beside the code.
pub(in crate::oidc) struct Redemption<'a> {
    /// The authenticated client.
    pub(in crate::oidc) client_id: &'a str,
    /// `redirect_uri`, if it was sent.
    pub(in crate::oidc) redirect_uri: Option<&'a str>,
    /// `code_verifier`, if it was sent and is well formed.
    pub(in crate::oidc) verifier: Option<&'a Verifier>,
    /// Whether a verifier was sent that is none.
    pub(in crate::oidc) is_malformed: bool,
}

/// Redeems a code. A code that was presented is dead, also when something about the request was
/// wrong: whoever holds it must not get a second try. Commit the unit also after an error.
pub(in crate::oidc) async fn redeem(
    unit: &mut Unit,
    lives: &Tokens,
    code: &Token<AuthorizationCode>,
    request: &Redemption<'_>,
) -> Result<Grant, CodeError> {
    let (id, now) = (GrantId::from_uuid(code.id()), unit.now());
    let expires_at = now + lives.access + REMEMBERED_FOR;
    let Some(grant) = store::take_code(unit, id, code.digest(), expires_at).await? else {
        return Err(refuse_replay(unit, id, code, request.client_id).await?);
    };
    match check(&grant, request, now) {
        Ok(()) => Ok(grant),
        Err(error) => {
            store::revoke(unit, id).await?;
            Err(error)
        }
    }
}

fn check(grant: &Grant, request: &Redemption<'_>, now: crate::kernel::Timestamp) -> Result<(), CodeError> {
    let granted = &grant.granted.0;
    let same_redirect = match request.redirect_uri {
        Some(sent) => sent == granted.redirect_uri,
        None => !granted.redirect_uri_was_sent,
    };
    if grant.client_id != request.client_id
        || grant.code_expires_at <= now
        || grant.revoked_at.is_some()
        || !same_redirect
    {
        return Err(CodeError::Invalid);
    }
    if request.is_malformed {
        return Err(CodeError::Verifier);
    }
    match (&granted.challenge, request.verifier) {
        (Some(challenge), Some(verifier)) if challenge.answered_by(verifier) => Ok(()),
        (None, None) => Ok(()),
        // A verifier without a challenge is a request whose challenge was stripped (RFC 9700 §4.8.2).
        _ => Err(CodeError::Verifier),
    }
}

/// Nothing was taken: the code is unknown, or it was used before, and then what it gave dies.
async fn refuse_replay(
    unit: &mut Unit,
    id: GrantId,
    code: &Token<AuthorizationCode>,
    client_id: &str,
) -> Result<CodeError, Fault> {
    if !store::was_taken(unit, id, code.digest()).await? {
        return Ok(CodeError::Invalid);
    }
    if store::revoke(unit, id).await? {
        audit::record(unit, &Actor::Client(client_id.to_owned()), facts::code_replayed(id, client_id)).await?;
    }
    Ok(CodeError::Replayed)
}
