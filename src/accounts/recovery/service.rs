//! Opening a link, and setting the password.

use super::{PasswordLink, store};
use crate::accounts::{
    Account, Accounts, password,
    password::{ChooseError, Setting},
    sessions::{self, Opening, SessionCookie},
    sign_in::{self, ACR_PASSWORD, AMR_PASSWORD, Browser},
    store as accounts_store,
};
use crate::audit::{self, Actor};
use crate::kernel::{Fault, LinkId, Token};
use crate::platform::{
    hash::PasswordError,
    store::{Sql, Unit},
};

/// A link that was opened.
#[derive(Debug)]
pub enum Link {
    /// It is good: for this account, with what a site asked for.
    Good(Box<Account>, Option<String>),
    /// Its half hour is over. What a site asked for may go on with another one.
    Expired(Option<String>),
    /// It set a password.
    Used,
    /// A newer one took its place, or it is none of ours.
    Unknown,
}

/// Why no password was set.
#[derive(Debug, thiserror::Error)]
pub enum ResetError {
    /// The link is good no more.
    #[error("the link is good no more")]
    Gone,
    /// The password is not to be had.
    #[error(transparent)]
    Refused(PasswordError),
    /// Something broke, or is too busy.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<ChooseError> for ResetError {
    fn from(error: ChooseError) -> Self {
        match error {
            ChooseError::Refused(why) => Self::Refused(why),
            ChooseError::Fault(fault) => Self::Fault(fault),
        }
    }
}

/// What the link of `token` stands for. Nothing changes.
///
/// # Errors
/// When the database does not answer.
pub async fn look(on: &mut impl Sql, token: &Token<PasswordLink>) -> Result<Link, Fault> {
    let row = store::find(on, LinkId::from_uuid(token.id())).await?;
    let Some(row) = row.filter(|row| row.digest == token.digest()) else { return Ok(Link::Unknown) };
    if row.used_at.is_some() {
        return Ok(Link::Used);
    }
    if row.expires_at <= on.now() {
        return Ok(Link::Expired(row.errand));
    }
    let account = accounts_store::by_id(on, row.account_id).await?.filter(Account::is_active);
    Ok(account.map_or(Link::Unknown, |account| Link::Good(Box::new(account), row.errand)))
}

/// Sets the password by a link, ends every session of the account, and signs the person in at
/// this browser. Returns the cookie and what a site asked for.
///
/// # Errors
/// When the password cannot be chosen; the link is still good then. When the link is good no more.
pub async fn reset(
    accounts: &Accounts,
    token: &Token<PasswordLink>,
    typed: &str,
    browser: Browser,
) -> Result<(Token<SessionCookie>, Option<String>), ResetError> {
    let Link::Good(account, errand) = look(&mut accounts.db.read().await?, token).await? else {
        return Err(ResetError::Gone);
    };
    let hash = password::choose(accounts, typed, &password::known_of(&account)).await?;
    let mut unit = accounts.db.write().await?;
    if !store::use_up(&mut unit, LinkId::from_uuid(token.id()), token.digest()).await?
        || !password::set(&mut unit, accounts, &account, hash, Setting::Reset).await?
    {
        return Err(ResetError::Gone);
    }
    sign_in::forgive(&mut unit, &account, &browser.network).await?;
    let cookie = sign_in_after(&mut unit, accounts, &account, browser).await?;
    unit.commit().await?;
    Ok((cookie, errand))
}

/// The link proves that the person reads the mail, which is as much as a password. An account with
/// a second factor must be sent to prove that one here, and gets no session before.
async fn sign_in_after(
    unit: &mut Unit,
    accounts: &Accounts,
    account: &Account,
    browser: Browser,
) -> Result<Token<SessionCookie>, Fault> {
    sessions::note_sign_in(unit, account.id).await?;
    sign_in::get_to_know(unit, account, &browser).await?;
    let network = browser.network.clone();
    let opening = Opening {
        account: account.id,
        acr: ACR_PASSWORD,
        amr: AMR_PASSWORD,
        network: browser.network,
        user_agent: browser.user_agent,
    };
    let (session, cookie) = sessions::open_or_renew(unit, &accounts.sessions, browser.former, opening).await?;
    let fact = crate::accounts::facts::signed_in(account.id, session, &network);
    audit::record(unit, &Actor::Person(account.id), fact).await?;
    Ok(cookie)
}
