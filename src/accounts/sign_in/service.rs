//! Trying a password.

use super::{
    ACR_PASSWORD, AMR_PASSWORD, Browser,
    acquaintance::{Acquaintance, get_to_know},
    tries::{self, Counted, Keys, Refused},
};
use crate::accounts::store as accounts_store;
use crate::accounts::{
    Account, Accounts,
    device::Device,
    facts, letters,
    sessions::{self, Opening, SessionCookie},
};
use crate::audit::{self, Actor};
use crate::kernel::{AccountId, Fault, Lifetime, SessionId, Token};
use crate::platform::{
    hash::{HashError, Password, PasswordHash, Verdict},
    store::Unit,
};

/// A try: who, with what, from where.
pub struct Try {
    /// A user ID or an e-mail address, as typed.
    pub identifier: String,
    /// The password, as typed.
    pub password: String,
    /// The browser.
    pub browser: Browser,
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The identifier is nobody's, or the password is not theirs. Which of the two is not told.
    #[error("the email, user ID or password is not correct")]
    Wrong,
    /// The password was right, but the account may not be used: disabled by an organization of this
    /// name, or by the operator.
    #[error("this account is disabled")]
    Disabled(Option<String>),
    /// Too many tries: wait this long.
    #[error("too many tries")]
    Wait(Lifetime),
    /// Something broke, or is too busy.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<HashError> for SignInError {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy => Self::Fault(Fault::busy("hash a password")),
            other => Self::Fault(Fault::of("hash a password", other)),
        }
    }
}

impl From<Refused> for SignInError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Wait(span) => Self::Wait(span),
            Refused::Fault(fault) => Self::Fault(fault),
        }
    }
}

/// Signs a person in, or says why not. Known and unknown identifiers take the same steps, each
/// with one password hash.
///
/// # Errors
/// When nobody was signed in.
pub async fn sign_in(accounts: &Accounts, attempt: Try) -> Result<Token<SessionCookie>, SignInError> {
    let folded = attempt.identifier.trim().to_lowercase();
    let account = match folded.contains('\0') {
        // PostgreSQL has no NUL in a text; no identifier of ours has one either.
        true => None,
        false => accounts_store::by_identifier(&mut accounts.db.read().await?, &folded).await?,
    };
    let network = &attempt.browser.network;
    let keys = Keys::of(&folded, account.as_ref(), network);
    let counted = tries::reserve((&accounts.db, &accounts.limits), &keys, account.as_ref(), network).await?;
    let hash = account.as_ref().and_then(|account| account.password_hash.as_ref());
    match (verify(accounts, hash, &attempt.password).await?, account) {
        (Some(rehashed), Some(account)) => welcome(accounts, attempt.browser, keys, account, rehashed).await,
        (_, account) => {
            note_failure(accounts, account.map(|account| account.id), network, counted).await?;
            Err(SignInError::Wrong)
        }
    }
}

/// The same facts for a name that is nobody's.
async fn note_failure(
    accounts: &Accounts,
    account: Option<AccountId>,
    network: &str,
    counted: Counted,
) -> Result<(), Fault> {
    let mut unit = accounts.db.write().await?;
    audit::record(&mut unit, &Actor::Stranger, facts::sign_in_failed(account, network)).await?;
    if counted.calls_for_a_notice() {
        audit::record(&mut unit, &Actor::Program, facts::many_failures(account, network)).await?;
    }
    unit.commit().await
}

/// `Some` when the password is right; with a new hash when the parameters have grown. Without a hash
/// as much time is spent.
pub(super) async fn verify(
    accounts: &Accounts,
    hash: Option<&PasswordHash>,
    typed: &str,
) -> Result<Option<Option<PasswordHash>>, SignInError> {
    let Ok(password) = Password::parse(typed) else {
        // Too long, empty or with a NUL: no account has it, and no hash is spent on it.
        return Ok(None);
    };
    let Some(hash) = hash else {
        accounts.hasher.waste(password).await?;
        return Ok(None);
    };
    match accounts.hasher.verify(password.clone(), hash.clone()).await? {
        Verdict::Wrong => Ok(None),
        Verdict::Right { rehash: false } => Ok(Some(None)),
        Verdict::Right { rehash: true } => {
            Ok(Some(Some(accounts.hasher.hash(password, accounts.db.entropy().bytes()).await?)))
        }
    }
}

async fn welcome(
    accounts: &Accounts,
    browser: Browser,
    keys: Keys,
    account: Account,
    rehashed: Option<PasswordHash>,
) -> Result<Token<SessionCookie>, SignInError> {
    if !account.is_active() {
        return Err(SignInError::Disabled(account.disabled_by));
    }
    let mut unit = accounts.db.write().await?;
    sessions::note_sign_in(&mut unit, account.id).await?;
    if accounts.limits.enabled {
        keys.forget(&mut unit).await?;
    }
    if let (Some(former), Some(hash)) = (account.password_hash.clone(), rehashed) {
        accounts_store::rehash(&mut unit, account.id, former, hash).await?;
    }
    let acquaintance = get_to_know(&mut unit, &account, &browser).await?;
    let (network, device) = (browser.network.clone(), Device::of(&browser.user_agent));
    let opening = Opening {
        account: account.id,
        acr: ACR_PASSWORD,
        amr: AMR_PASSWORD,
        network: browser.network,
        user_agent: browser.user_agent,
    };
    let (session, token) = sessions::open_or_renew(&mut unit, &accounts.sessions, browser.former, opening).await?;
    audit::record(&mut unit, &Actor::Person(account.id), facts::signed_in(account.id, session, &network)).await?;
    if acquaintance == Acquaintance::New {
        tell_of_new_device(&mut unit, accounts, &account, (session, device, &network)).await?;
    }
    unit.commit().await?;
    Ok(token)
}

async fn tell_of_new_device(
    unit: &mut Unit,
    accounts: &Accounts,
    account: &Account,
    (session, device, network): (SessionId, Device, &str),
) -> Result<(), Fault> {
    audit::record(unit, &Actor::Program, facts::new_device_seen(account.id, session)).await?;
    letters::new_device(unit, &accounts.kit, account, (device, network)).await
}
