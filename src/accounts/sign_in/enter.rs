//! The way in without typing a password: for a person who has just proven more than that.

use super::{ACR_PASSWORD, AMR_PASSWORD, Browser, get_to_know};
use crate::accounts::{
    self, Accounts, facts,
    sessions::{self, Opening, SessionCookie},
};
use crate::audit::{self, Actor};
use crate::kernel::{AccountId, Fault, Token};
use crate::platform::store::Unit;

/// Signs in a person who has just opened the account with a proven address and a password. The
/// session of somebody else in this browser ends.
///
/// # Errors
/// When there is no such account, or the database refuses it.
pub async fn enter(
    unit: &mut Unit,
    accounts: &Accounts,
    account: AccountId,
    browser: Browser,
) -> Result<Token<SessionCookie>, Fault> {
    let person = accounts::get(unit, account).await?.ok_or_else(|| Fault::new("find an account that was opened"))?;
    sessions::note_sign_in(unit, account).await?;
    get_to_know(unit, &person, &browser).await?;
    let network = browser.network.clone();
    let opening = Opening {
        account,
        acr: ACR_PASSWORD,
        amr: AMR_PASSWORD,
        network: browser.network,
        user_agent: browser.user_agent,
    };
    let (session, cookie) = sessions::open_or_renew(unit, &accounts.sessions, browser.former, opening).await?;
    audit::record(unit, &Actor::Person(account), facts::signed_in(account, session, &network)).await?;
    Ok(cookie)
}
