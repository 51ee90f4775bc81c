//! The table `sign_up_drafts`. Each step writes its own columns, so two tabs do not undo each other.

use super::model::{Choice, Credentials, Draft, DraftCookie, LIFE};
use crate::kernel::{Digest, DraftId, EmailAddress, Fault, Json, Language, Timestamp};
use crate::platform::{
    hash::PasswordHash,
    store::{Sql, Unit},
};

/// A row, as it stands.
#[derive(sqlx::FromRow)]
struct Row {
    id: DraftId,
    digest: Digest<DraftCookie>,
    email: EmailAddress,
    verified_at: Option<Timestamp>,
    language: String,
    choice: Option<Json<Choice>>,
    credentials: Option<Json<Credentials>>,
    password_hash: Option<PasswordHash>,
    errand: Option<String>,
}

impl Row {
    fn draft(self) -> Draft {
        Draft {
            id: self.id,
            email: self.email,
            is_verified: self.verified_at.is_some(),
            language: self.language.parse().unwrap_or_default(),
            choice: self.choice.map(|json| json.0),
            credentials: self.credentials.map(|json| json.0),
            password_hash: self.password_hash,
            errand: self.errand,
        }
    }
}

/// Begins a draft.
pub(super) async fn insert(
    unit: &mut Unit,
    id: DraftId,
    digest: Digest<DraftCookie>,
    (email, language): (&EmailAddress, Language),
    errand: Option<String>,
) -> Result<(), Fault> {
    let expires_at = unit.now() + LIFE;
    unit.sql(
        "insert into sign_up_drafts (id, digest, email, email_folded, language, errand, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id)
    .bind(digest)
    .bind(email.clone())
    .bind(email.folded())
    .bind(language.tag())
    .bind(errand)
    .bind(expires_at)
    .run()
    .await?;
    Ok(())
}

/// The draft under way with this id and secret.
pub(super) async fn find(on: &mut impl Sql, id: DraftId, digest: Digest<DraftCookie>) -> Result<Option<Draft>, Fault> {
    let now = on.now();
    let row: Option<Row> = on
        .sql(
            "select id, digest, email, verified_at, language, choice, credentials, password_hash, errand
             from sign_up_drafts where id = $1 and used_at is null and expires_at > $2",
        )
        .bind(id)
        .bind(now)
        .maybe()
        .await?;
    Ok(row.filter(|row| row.digest == digest).map(Row::draft))
}

/// The newest other draft under way whose holder has proven the same address.
pub(super) async fn former(on: &mut impl Sql, draft: &Draft) -> Result<Option<Draft>, Fault> {
    let now = on.now();
    let row: Option<Row> = on
        .sql(
            "select id, digest, email, verified_at, language, choice, credentials, password_hash, errand
             from sign_up_drafts
             where email_folded = $1 and verified_at is not null and used_at is null and expires_at > $2 and id <> $3
             order by verified_at desc, id desc limit 1",
        )
        .bind(draft.email.folded())
        .bind(now)
        .bind(draft.id)
        .maybe()
        .await?;
    Ok(row.map(Row::draft))
}

/// Gives the draft another address, which is to be proven. Says whether it was still under way.
pub(super) async fn change_email(
    unit: &mut Unit,
    draft: &Draft,
    (email, language): (&EmailAddress, Language),
    errand: Option<String>,
) -> Result<bool, Fault> {
    let expires_at = unit.now() + LIFE;
    let credentials = draft.credentials.clone().map(|credentials| credentials.for_address(email));
    let rows = unit
        .sql(
            "update sign_up_drafts
             set verified_at = case when email_folded = $3 then verified_at end, email = $2, email_folded = $3,
                 language = $4, errand = coalesce($5, errand), credentials = $6, expires_at = $7
             where id = $1 and used_at is null",
        )
        .bind(draft.id)
        .bind(email.clone())
        .bind(email.folded())
        .bind(language.tag())
        .bind(errand)
        .bind(credentials.map(Json))
        .bind(expires_at)
        .run()
        .await?;
    Ok(rows == 1)
}

/// The address was proven: the draft goes on under a new secret. Says whether it was still under way
/// with that address.
pub(super) async fn verify(unit: &mut Unit, draft: &Draft, digest: Digest<DraftCookie>) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "update sign_up_drafts set verified_at = $2, digest = $3, expires_at = $4
             where id = $1 and email_folded = $5 and used_at is null",
        )
        .bind(draft.id)
        .bind(now)
        .bind(digest)
        .bind(now + LIFE)
        .bind(draft.email.folded())
        .run()
        .await?;
    Ok(rows == 1)
}

/// Fills what the draft lacks from a former one of the same person. Not the password: whoever read
/// this mailbox for a moment must not have chosen the password of its owner.
pub(super) async fn take_over(unit: &mut Unit, id: DraftId, former: Draft) -> Result<(), Fault> {
    unit.sql(
        "update sign_up_drafts
         set choice = coalesce(choice, $2), credentials = coalesce(credentials, $3), errand = coalesce(errand, $4)
         where id = $1",
    )
    .bind(id)
    .bind(former.choice.map(Json))
    .bind(former.credentials.map(Json))
    .bind(former.errand)
    .run()
    .await?;
    Ok(())
}

/// Keeps or forgets the choice of an organization.
pub(super) async fn set_choice(unit: &mut Unit, id: DraftId, choice: Option<Choice>) -> Result<(), Fault> {
    let expires_at = unit.now() + LIFE;
    unit.sql(
        "update sign_up_drafts set choice = $2, expires_at = $3
         where id = $1 and verified_at is not null and used_at is null",
    )
    .bind(id)
    .bind(choice.map(Json))
    .bind(expires_at)
    .run()
    .await?;
    Ok(())
}

/// Keeps user ID, names and, when one was typed, the password's hash.
pub(super) async fn set_credentials(
    unit: &mut Unit,
    id: DraftId,
    credentials: Credentials,
    hash: Option<PasswordHash>,
) -> Result<(), Fault> {
    let expires_at = unit.now() + LIFE;
    unit.sql(
        "update sign_up_drafts set credentials = $2, password_hash = coalesce($3, password_hash), expires_at = $4
         where id = $1 and verified_at is not null and used_at is null",
    )
    .bind(id)
    .bind(Json(credentials))
    .bind(hash)
    .bind(expires_at)
    .run()
    .await?;
    Ok(())
}

/// Uses the draft up. Says whether it was still under way and proven, which of several at once only
/// one hears.
pub(super) async fn use_up(unit: &mut Unit, id: DraftId) -> Result<bool, Fault> {
    let now = unit.now();
    let rows = unit
        .sql(
            "update sign_up_drafts set used_at = $2, password_hash = null
             where id = $1 and verified_at is not null and used_at is null and expires_at > $2",
        )
        .bind(id)
        .bind(now)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Forgets drafts whose time is over, and those that were used up by then.
pub(super) async fn forget_expired(unit: &mut Unit) -> Result<u64, Fault> {
    let now = unit.now();
    unit.sql("delete from sign_up_drafts where expires_at <= $1").bind(now).run().await
}
