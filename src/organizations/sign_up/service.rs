//! The steps before the last one: beginning, proving the address, keeping answers.

use super::{
    model::{Draft, DraftCookie},
    store,
};
use crate::accounts::{
    Accounts,
    codes::{self, CheckError, Proving, Purpose, SendError},
};
use crate::kernel::{DraftId, EmailAddress, Fault, Language, Lifetime, Token};
use crate::platform::{
    store::{Db, Sql, Unit},
    throttle,
};

/// How many sign-ups may begin in one network in an hour: a company on one line, and no flood.
const MOST_BEGUN: u32 = 60;
const BEGUN_WINDOW: Lifetime = Lifetime::hours(1);

/// What a person gives in the first step.
pub(super) struct Beginning {
    pub(super) email: EmailAddress,
    pub(super) language: Language,
    /// The request of the site that the person comes from, sealed.
    pub(super) errand: Option<String>,
    /// Where the browser is.
    pub(super) network: String,
}

/// How a sign-up began.
pub(super) enum Begun {
    /// A code is on its way; with the cookie of the draft when it is new.
    CodeSent(Option<Token<DraftCookie>>),
    /// The address was proven before in this draft.
    ProvenBefore,
}

/// Begins a sign-up, or gives the one under way another address. Whoever has an account gets a mail
/// that says so, and this page all the same.
///
/// # Errors
/// When too many codes were sent, or too many sign-ups begun in this network.
pub(super) async fn begin(
    accounts: &Accounts,
    under_way: Option<&Draft>,
    beginning: Beginning,
) -> Result<Begun, SendError> {
    let Beginning { email, language, errand, network } = beginning;
    let mut unit = accounts.db.write().await?;
    let (id, token) = match under_way {
        Some(draft) => {
            if !store::change_email(&mut unit, draft, (&email, language), errand).await? {
                return Err(Fault::busy("change a draft that ends at this moment").into());
            }
            if draft.is_verified && draft.email.folded() == email.folded() {
                unit.commit().await?;
                return Ok(Begun::ProvenBefore);
            }
            (draft.id, None)
        }
        None => {
            if accounts.limits.enabled
                && let Some(wait) =
                    throttle::take(&mut unit, ("sign_up.begun", &network), MOST_BEGUN, BEGUN_WINDOW).await?
            {
                return Err(SendError::TooMany(wait));
            }
            let token = Token::<DraftCookie>::new(unit.now(), &unit.entropy());
            let id = DraftId::from_uuid(token.id());
            store::insert(&mut unit, id, token.digest(), (&email, language), errand).await?;
            (id, Some(token))
        }
    };
    send(&mut unit, accounts, id, (&email, language)).await?;
    unit.commit().await?;
    Ok(Begun::CodeSent(token))
}

/// Sends a new code to the address of a draft.
///
/// # Errors
/// When one was sent a moment ago, or too many.
pub(super) async fn resend(accounts: &Accounts, draft: &Draft) -> Result<(), SendError> {
    let mut unit = accounts.db.write().await?;
    send(&mut unit, accounts, draft.id, (&draft.email, draft.language)).await?;
    Ok(unit.commit().await?)
}

async fn send(
    unit: &mut Unit,
    accounts: &Accounts,
    id: DraftId,
    (email, language): (&EmailAddress, Language),
) -> Result<(), SendError> {
    let holder = id.to_string();
    let about = Proving { purpose: Purpose::SignUp, holder: &holder, address: email };
    codes::send(unit, accounts, &about, language).await
}

/// Proves the address of a draft, which goes on under a new cookie: whoever knew the former one does
/// not share what comes now. Answers of the same person from another browser are found again.
///
/// # Errors
/// Why the code proves nothing.
pub(super) async fn verify(accounts: &Accounts, draft: &Draft, typed: &str) -> Result<Token<DraftCookie>, CheckError> {
    let holder = draft.id.to_string();
    let about = Proving { purpose: Purpose::SignUp, holder: &holder, address: &draft.email };
    let proof = codes::check(accounts, &about, typed).await?;
    let mut unit = accounts.db.write().await?;
    if !proof.redeem(&mut unit).await? {
        return Err(CheckError::Wrong);
    }
    let token = Token::<DraftCookie>::from_parts(draft.id.uuid(), unit.entropy().bytes());
    if !store::verify(&mut unit, draft, token.digest()).await? {
        return Err(CheckError::Wrong);
    }
    if let Some(former) = store::former(&mut unit, draft).await? {
        store::use_up(&mut unit, former.id).await?;
        store::take_over(&mut unit, draft.id, former).await?;
    }
    unit.commit().await?;
    Ok(token)
}

/// Forgets drafts whose time is over. Returns how many.
///
/// # Errors
/// When the database does not answer.
pub async fn sweep(db: &Db) -> Result<u64, Fault> {
    let mut unit = db.write().await?;
    let rows = store::forget_expired(&mut unit).await?;
    unit.commit().await?;
    Ok(rows)
}
