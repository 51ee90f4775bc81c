//! Opening, finding and ending sessions.

use super::{
    OpenSession, SessionCookie, SessionEnd, SignedIn,
    store::{self, NewSession},
};
use crate::accounts::facts;
use crate::audit::{self, Actor};
use crate::kernel::{AccountId, Fault, Lifetime, SessionId, Timestamp, Token};
use crate::platform::{
    config::Sessions,
    store::{Db, Sql, Unit},
};

/// How stale `last_seen_at` may be: a write for every page would be a write for nothing.
const SEEN_EVERY: Lifetime = Lifetime::minutes(5);

/// What a session is opened with.
pub struct Opening {
    /// Whose it is.
    pub account: AccountId,
    /// The authentication context class that was reached.
    pub acr: &'static str,
    /// The methods that were used, separated by spaces.
    pub amr: &'static str,
    /// Where the person is.
    pub network: String,
    /// What the browser calls itself.
    pub user_agent: String,
}

/// Opens a session, and gives its cookie.
async fn open(unit: &mut Unit, rules: &Sessions, opening: Opening) -> Result<(SessionId, Token<SessionCookie>), Fault> {
    let now = unit.now();
    let token = Token::new(now, &unit.entropy());
    let id = SessionId::from_uuid(token.id());
    let new = NewSession {
        id,
        digest: token.digest(),
        account: opening.account,
        acr: opening.acr,
        amr: opening.amr,
        expires_at: now + rules.total,
        network: opening.network,
        user_agent: opening.user_agent,
    };
    store::insert(unit, new).await?;
    Ok((id, token))
}

/// Notes that somebody signs in. It takes the account, which comes before its sessions, its tries and its devices: in
/// the order of whoever disables it or sets a new password.
///
/// # Errors
/// When the database refuses it.
pub async fn note_sign_in(unit: &mut Unit, account: AccountId) -> Result<(), Fault> {
    store::signed_in(unit, account).await
}

/// After a sign-in in a browser that had a session: the same person's session goes on under a new
/// cookie, so that the sites know it by the same `sid`; somebody else's is ended.
///
/// # Errors
/// When the database refuses it.
pub async fn open_or_renew(
    unit: &mut Unit,
    rules: &Sessions,
    former: Option<(SessionId, AccountId)>,
    opening: Opening,
) -> Result<(SessionId, Token<SessionCookie>), Fault> {
    let Some((session, owner)) = former else { return open(unit, rules, opening).await };
    if owner == opening.account {
        let token = Token::from_parts(session.uuid(), unit.entropy().bytes());
        let expires_at = unit.now() + rules.total;
        if store::renew(unit, session, token.digest(), (opening.acr, opening.amr), expires_at).await? {
            return Ok((session, token));
        }
    } else {
        end(unit, &Actor::Person(owner), session, SessionEnd::Replaced).await?;
    }
    open(unit, rules, opening).await
}

/// The person whose session the cookie names, when nothing stands against it.
///
/// # Errors
/// When the database does not answer.
pub async fn find(on: &mut impl Sql, rules: &Sessions, cookie: &str) -> Result<Option<(SignedIn, Timestamp)>, Fault> {
    let Ok(token) = cookie.parse::<Token<SessionCookie>>() else { return Ok(None) };
    let now = on.now();
    let Some(row) = store::live(on, SessionId::from_uuid(token.id())).await? else { return Ok(None) };
    let in_time = row.expires_at > now && row.last_seen_at + rules.idle > now;
    if row.digest != token.digest() || !in_time || !row.account.is_active() {
        return Ok(None);
    }
    let amr = row.amr.split_whitespace().map(str::to_owned).collect();
    let person = SignedIn {
        session: row.session_id,
        account: row.account,
        auth_time: row.auth_time,
        acr: row.acr,
        amr,
        expires_at: row.expires_at,
    };
    Ok(Some((person, row.last_seen_at)))
}

/// Notes that the session is in use, every few minutes.
///
/// # Errors
/// When the database refuses it.
pub async fn touch(db: &Db, session: SessionId, last_seen_at: Timestamp) -> Result<(), Fault> {
    if db.now().since(last_seen_at) < SEEN_EVERY {
        return Ok(());
    }
    let mut unit = db.write().await?;
    store::touch(&mut unit, session).await?;
    unit.commit().await
}

/// Ends one session; the sites that saw it are told. Says whether it was still there.
///
/// # Errors
/// When the database refuses it.
pub async fn end(unit: &mut Unit, actor: &Actor, session: SessionId, why: SessionEnd) -> Result<bool, Fault> {
    let Some(account) = store::end(unit, session, why).await? else { return Ok(false) };
    audit::record(unit, actor, facts::session_ended(session, account, why.as_str())).await?;
    Ok(true)
}

/// Ends all sessions of an account; the sites that saw them are told. Returns how many.
///
/// # Errors
/// When the database refuses it.
pub async fn end_all(unit: &mut Unit, actor: &Actor, account: AccountId, why: SessionEnd) -> Result<usize, Fault> {
    let ended = store::end_all(unit, account, why).await?;
    for session in &ended {
        audit::record(unit, actor, facts::session_ended(*session, account, why.as_str())).await?;
    }
    Ok(ended.len())
}

/// Ends all sessions of an account but `kept`. Returns how many.
///
/// # Errors
/// When the database refuses it.
pub async fn end_others(
    unit: &mut Unit,
    actor: &Actor,
    (account, kept): (AccountId, SessionId),
    why: SessionEnd,
) -> Result<usize, Fault> {
    let ended = store::end_others(unit, account, kept, why).await?;
    for session in &ended {
        audit::record(unit, actor, facts::session_ended(*session, account, why.as_str())).await?;
    }
    Ok(ended.len())
}

/// Ends one session of `account`. Says whether there was one: somebody else's is as good as none.
///
/// # Errors
/// When the database refuses it.
pub async fn end_of(
    unit: &mut Unit,
    actor: &Actor,
    (account, session): (AccountId, SessionId),
    why: SessionEnd,
) -> Result<bool, Fault> {
    if !store::end_of(unit, account, session, why).await? {
        return Ok(false);
    }
    audit::record(unit, actor, facts::session_ended(session, account, why.as_str())).await?;
    Ok(true)
}

/// The sessions of an account that are alive, the one that was used last first.
///
/// # Errors
/// When the database does not answer.
pub async fn of(on: &mut impl Sql, rules: &Sessions, account: AccountId) -> Result<Vec<OpenSession>, Fault> {
    let seen_after = on.now() - rules.idle;
    store::open_of(on, account, seen_after).await
}

/// Forgets up to `most` sessions that had run out before `before`, and names them. What was given in them must be over
/// by then: who asks for a session that is not there is told that it has ended.
///
/// # Errors
/// When the database refuses it.
pub async fn forget_over(unit: &mut Unit, before: Timestamp, most: i64) -> Result<Vec<SessionId>, Fault> {
    store::forget_over(unit, before, most).await
}
