//! Sending codes, and looking at what people type back.

use super::{
    Proving, Purpose,
    store::{self, MailedCode, NewCode},
    typed::{DIGITS, digits},
};
use crate::accounts::{Accounts, letters, store as accounts_store};
use crate::kernel::{CodeId, Digest, EmailAddress, Fault, Language, Lifetime, Timestamp};
use crate::platform::{
    store::{Sql, Unit},
    throttle,
};
use crate::protocol::jose::SealingKey;

/// What the digests of codes are keyed for.
const KEY: &str = "mailed code";
/// How many codes there are.
const CODES: u32 = 1_000_000;
/// How long a code is good.
pub const LIFE: Lifetime = Lifetime::minutes(10);
/// How long one waits before the next code to the same address.
const PAUSE: Lifetime = Lifetime::seconds(60);

/// How many codes go to one address, and for one holder, within the window.
const MOST_MAILS: u32 = 5;
const MAIL_WINDOW: Lifetime = Lifetime::hours(1);

/// Why no code was sent.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// One was sent a moment ago: wait this long.
    #[error("a code was sent a moment ago")]
    TooSoon(Lifetime),
    /// That address, or that holder, had its codes of this hour: wait this long.
    #[error("too many codes were sent")]
    TooMany(Lifetime),
    /// Something broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Why what was typed proves nothing.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// It is not the newest code, or somebody else's, or it was used.
    #[error("that code is not correct")]
    Wrong,
    /// It was right for ten minutes.
    #[error("that code has expired")]
    Expired,
    /// The code has had its tries: only a new one helps.
    #[error("too many wrong codes")]
    TooMany,
    /// Something broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// The right code was typed. It counts when it is redeemed.
#[derive(Debug)]
#[must_use = "a code that is not redeemed can be typed again"]
pub struct Proof(CodeId);

impl Proof {
    /// Uses the code up, in the unit of what it permits. Says whether it was still good: of several
    /// at the same moment one succeeds, and none after a newer code was sent.
    ///
    /// # Errors
    /// When the database refuses it.
    pub async fn redeem(self, unit: &mut Unit) -> Result<bool, Fault> {
        store::use_up(unit, self.0).await
    }
}

/// Mails a code, which replaces the former one. When the address belongs to somebody else's
/// account, the mail says that instead; nobody but its reader sees a difference.
///
/// # Errors
/// [`SendError::TooSoon`] within a minute after the last code to the same address,
/// [`SendError::TooMany`] after five within an hour. Drop the unit then.
pub async fn send(
    unit: &mut Unit,
    accounts: &Accounts,
    about: &Proving<'_>,
    language: Language,
) -> Result<(), SendError> {
    let kit = &accounts.kit;
    let (now, entropy) = (unit.now(), unit.entropy());
    let id = CodeId::new(now, &entropy);
    let code = format!("{:0DIGITS$}", entropy.below(CODES));
    let taken = is_taken(unit, about).await?;
    // A code that nobody is told must not be guessed either: its digest is no code's.
    let digest = if taken { Digest::of_bytes(&entropy.bytes::<32>()) } else { digest(kit.sealing(), id, about, &code) };
    if !store::replace(unit, about, NewCode { id, digest, expires_at: now + LIFE }, PAUSE).await? {
        let last = store::sent_at(unit, about).await?.unwrap_or(now);
        return Err(SendError::TooSoon((last + PAUSE).since(now)));
    }
    if accounts.limits.enabled {
        for whom in [about.address.folded(), about.holder.to_owned()] {
            if let Some(wait) = throttle::take(unit, ("accounts.code", &whom), MOST_MAILS, MAIL_WINDOW).await? {
                return Err(SendError::TooMany(wait));
            }
        }
    }
    match taken {
        true => letters::address_is_taken(unit, kit, about.address, language).await?,
        false => letters::code(unit, kit, about, code, language).await?,
    }
    Ok(())
}

/// Looks at what was typed. The try is counted, durably, before anything is compared.
///
/// # Errors
/// Why it proves nothing.
pub async fn check(accounts: &Accounts, about: &Proving<'_>, typed: &str) -> Result<Proof, CheckError> {
    let Some(typed) = digits(typed) else { return Err(CheckError::Wrong) };
    let mut unit = accounts.db.write().await?;
    let now = unit.now();
    let tried = store::count_try(&mut unit, about).await?;
    let had_its_tries = match tried {
        Some(_) => false,
        None => store::tries(&mut unit, about).await?.is_some_and(|tries| tries >= store::MOST_TRIES),
    };
    unit.commit().await?;
    match tried {
        None if had_its_tries => Err(CheckError::TooMany),
        None => Err(CheckError::Wrong),
        Some(code) if code.digest != digest(accounts.kit.sealing(), code.id, about, &typed) => Err(CheckError::Wrong),
        Some(code) if code.expires_at <= now => Err(CheckError::Expired),
        Some(code) => Ok(Proof(code.id)),
    }
}

/// The address to which the unused code of this purpose and holder was sent.
///
/// # Errors
/// When the database does not answer.
pub async fn pending(on: &mut impl Sql, purpose: Purpose, holder: &str) -> Result<Option<EmailAddress>, Fault> {
    store::address(on, purpose, holder).await
}

/// Makes all codes of a holder worthless.
///
/// # Errors
/// When the database refuses it.
pub async fn void(unit: &mut Unit, holder: &str) -> Result<(), Fault> {
    store::void(unit, holder).await
}

/// Forgets codes that expired before `before`.
///
/// # Errors
/// When the database refuses it.
pub(in crate::accounts) async fn forget_expired(unit: &mut Unit, before: Timestamp) -> Result<u64, Fault> {
    store::forget_expired(unit, before).await
}

/// Whether the address is, or lately was, another person's.
async fn is_taken(on: &mut impl Sql, about: &Proving<'_>) -> Result<bool, Fault> {
    let owner = accounts_store::owner_of(on, about.address.folded()).await?;
    Ok(match about.purpose {
        Purpose::SignUp => owner.is_some(),
        Purpose::EmailChange | Purpose::EmailProof => owner.is_some_and(|owner| owner.to_string() != about.holder),
    })
}

/// What the row holds of a code. There are only a million codes: a bare hash of one is no secret.
/// This one takes a key that is not in the database, and holds for one row, holder and address.
fn digest(sealing: &SealingKey, id: CodeId, about: &Proving<'_>, code: &str) -> Digest<MailedCode> {
    let bound = format!("{id}\0{}\0{}\0{}\0{code}", about.purpose.as_str(), about.holder, about.address);
    Digest::of_bytes(&sealing.derive(KEY, bound.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Entropy;

    #[test]
    fn a_digest_holds_for_one_code_row_purpose_holder_and_address() {
        let sealing = SealingKey::new([7; 32]);
        let [id, other] = [1, 2].map(|at| CodeId::new(Timestamp::from_millis(at), &Entropy::seeded(1)));
        let [dana, eve]: [EmailAddress; 2] = ["dana@x.example", "eve@x.example"].map(|text| text.parse().unwrap());
        let about = Proving { purpose: Purpose::SignUp, holder: "draft_1", address: &dana };
        let first = digest(&sealing, id, &about, "000000");
        assert_eq!(first, digest(&sealing, id, &about, "000000"));
        let others = [
            digest(&sealing, id, &about, "000001"),
            digest(&sealing, other, &about, "000000"),
            digest(&sealing, id, &Proving { purpose: Purpose::EmailProof, ..about }, "000000"),
            digest(&sealing, id, &Proving { holder: "draft_2", ..about }, "000000"),
            digest(&sealing, id, &Proving { address: &eve, ..about }, "000000"),
            digest(&SealingKey::new([8; 32]), id, &about, "000000"),
        ];
        assert!(others.iter().all(|digest| *digest != first));
    }
}
