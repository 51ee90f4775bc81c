//! Trying a password.

use sha2::{Digest, Sha256};

use super::{ACR_PASSWORD, AMR_PASSWORD, store};
use crate::accounts::store as accounts_store;
use crate::accounts::{
    Account, Accounts, facts, rules,
    sessions::{self, Opening, SessionCookie},
};
use crate::audit::{self, Actor};
use crate::kernel::{AccountId, Fault, Lifetime, SessionId, Token};
use crate::platform::{
    hash::{HashError, Password, PasswordHash, Verdict},
    store::Sql,
};

/// A try: who, with what, from where.
pub struct Try {
    /// A user ID or an e-mail address, as typed.
    pub identifier: String,
    /// The password, as typed.
    pub password: String,
    /// Where the browser is.
    pub network: String,
    /// What the browser calls itself.
    pub user_agent: String,
    /// The session that this browser has, and whose it is.
    pub former: Option<(SessionId, AccountId)>,
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The identifier is nobody's, or the password is not theirs. Which of the two is not told.
    #[error("the email, user ID or password is not correct")]
    Wrong,
    /// The password was right, but the account may not be used.
    #[error("this account is disabled")]
    Disabled,
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

/// The keys under which tries are counted. They are digests: no name stands in the table.
struct Keys {
    here: String,
    everywhere: String,
    network: String,
}

impl Keys {
    /// An account has several names, but one count over all networks: otherwise each name would
    /// give another hundred tries. The count here goes by the name, so that it does not tell which
    /// names belong together.
    fn of(folded: &str, account: Option<&Account>, network: &str) -> Self {
        let whose = account.map_or_else(|| folded.to_owned(), |account| account.id.to_string());
        let digest = |text: String| Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        Self {
            here: digest(format!("here {network} {folded}")),
            everywhere: digest(format!("everywhere {whose}")),
            network: digest(format!("network {network}")),
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
    let keys = Keys::of(&folded, account.as_ref(), &attempt.network);
    if accounts.limits.enabled {
        reserve_a_try(accounts, &keys, account.as_ref(), &attempt.network).await?;
    }
    match verify(accounts, account.as_ref(), &attempt.password).await? {
        Some(rehashed) => welcome(accounts, attempt, keys, account, rehashed).await,
        None => {
            let mut unit = accounts.db.write().await?;
            let fact = facts::sign_in_failed(account.map(|account| account.id), &attempt.network);
            audit::record(&mut unit, &Actor::Stranger, fact).await?;
            unit.commit().await?;
            Err(SignInError::Wrong)
        }
    }
}

/// Counts this try against its limits before the password is looked at.
async fn reserve_a_try(
    accounts: &Accounts,
    keys: &Keys,
    account: Option<&Account>,
    network: &str,
) -> Result<(), SignInError> {
    let limits = &accounts.limits;
    let mut unit = accounts.db.write().await?;
    let now = unit.now();
    let ever = Lifetime::days(3650);
    let is_known = match account {
        Some(account) => store::knows_network(&mut unit, account.id, network, now - rules::KNOWN_FOR).await?,
        None => false,
    };
    let Some((tries, began)) = store::count_try(&mut unit, &keys.network, rules::NETWORK_WINDOW).await? else {
        return Err(waiting(&mut unit, &keys.network).await?);
    };
    store::wait_until(&mut unit, &keys.network, rules::network_waits_until(tries, began, limits)).await?;
    let Some((tries, _)) = store::count_try(&mut unit, &keys.here, ever).await? else {
        return Err(waiting(&mut unit, &keys.here).await?);
    };
    store::wait_until(&mut unit, &keys.here, now + rules::wait_after(tries, limits)).await?;
    if !is_known {
        let Some((tries, _)) = store::count_try(&mut unit, &keys.everywhere, ever).await? else {
            return Err(waiting(&mut unit, &keys.everywhere).await?);
        };
        store::wait_until(&mut unit, &keys.everywhere, now + rules::wait_everywhere_after(tries, limits)).await?;
    }
    Ok(unit.commit().await?)
}

async fn waiting(on: &mut impl Sql, key: &str) -> Result<SignInError, Fault> {
    let until = store::waits_until(on, key).await?.unwrap_or_else(|| on.now());
    Ok(SignInError::Wait(until.since(on.now())))
}

/// `Some` when the password is right; with a new hash when the parameters have grown.
async fn verify(
    accounts: &Accounts,
    account: Option<&Account>,
    typed: &str,
) -> Result<Option<Option<PasswordHash>>, SignInError> {
    let Ok(password) = Password::parse(typed) else {
        // Too long, empty or with a NUL: no account has it, and no hash is spent on it.
        return Ok(None);
    };
    let Some(hash) = account.and_then(|account| account.password_hash.clone()) else {
        accounts.hasher.waste(password).await?;
        return Ok(None);
    };
    match accounts.hasher.verify(password.clone(), hash).await? {
        Verdict::Wrong => Ok(None),
        Verdict::Right { rehash: false } => Ok(Some(None)),
        Verdict::Right { rehash: true } => {
            Ok(Some(Some(accounts.hasher.hash(password, accounts.db.entropy().bytes()).await?)))
        }
    }
}

async fn welcome(
    accounts: &Accounts,
    attempt: Try,
    keys: Keys,
    account: Option<Account>,
    rehashed: Option<PasswordHash>,
) -> Result<Token<SessionCookie>, SignInError> {
    let account = account.ok_or_else(|| Fault::new("find the account that was just verified"))?;
    if !account.is_active() {
        return Err(SignInError::Disabled);
    }
    let mut unit = accounts.db.write().await?;
    if accounts.limits.enabled {
        store::take_back(&mut unit, &keys.network).await?;
        store::forget(&mut unit, &keys.here).await?;
        store::forget(&mut unit, &keys.everywhere).await?;
        store::know_network(&mut unit, account.id, &attempt.network).await?;
    }
    if let (Some(former), Some(hash)) = (account.password_hash, rehashed) {
        accounts_store::rehash(&mut unit, account.id, former, hash).await?;
    }
    let actor = Actor::Person(account.id);
    let network = attempt.network.clone();
    let opening = Opening {
        account: account.id,
        acr: ACR_PASSWORD,
        amr: AMR_PASSWORD,
        network: attempt.network,
        user_agent: attempt.user_agent,
    };
    let (session, token) = sessions::open_or_renew(&mut unit, &accounts.sessions, attempt.former, opening).await?;
    audit::record(&mut unit, &actor, facts::signed_in(account.id, session, &network)).await?;
    unit.commit().await?;
    Ok(token)
}
