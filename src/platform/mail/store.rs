//! The table `mails`.

use super::{Fate, KeptMail, Letter, PURPOSE, Posting};
use crate::kernel::{Doing, Fault, Language, Lifetime, MailId, Timestamp};
use crate::platform::store::{Sql, Unit};
use crate::protocol::jose::SealingKey;

/// How long a mail is kept for those who look at what became of it.
const KEPT_FOR: Lifetime = Lifetime::days(30);

/// A mail whose letter was not wiped yet.
#[derive(sqlx::FromRow)]
pub(super) struct SealedMail {
    id: MailId,
    pub(super) kind: String,
    pub(super) about: Option<String>,
    language: String,
    sealed: String,
    pub(super) expires_at: Timestamp,
    created_at: Timestamp,
}

impl SealedMail {
    /// The mail with its letter.
    pub(super) fn open(self, sealing: &SealingKey) -> Result<KeptMail, Fault> {
        let text = sealing.open(PURPOSE, &self.sealed).doing("open a letter: was the sealing key changed?")?;
        let letter: Letter = serde_json::from_slice(&text).doing("read a letter")?;
        let language: Language = self.language.parse().doing("read the language of a letter")?;
        Ok(KeptMail { id: self.id, kind: self.kind, posted_at: self.created_at, letter: Letter { language, ..letter } })
    }
}

pub(super) async fn insert(
    unit: &mut Unit,
    id: MailId,
    language: Language,
    sealed: String,
    posting: Posting,
) -> Result<(), Fault> {
    let now = unit.now();
    unit.sql(
        "insert into mails (id, kind, about, language, sealed, expires_at, created_at) values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id)
    .bind(posting.kind)
    .bind(posting.about)
    .bind(language.tag())
    .bind(sealed)
    .bind(posting.expires_at)
    .bind(now)
    .run()
    .await?;
    Ok(())
}

/// The mail, if it still waits for a server.
pub(super) async fn waiting(on: &mut impl Sql, id: MailId) -> Result<Option<SealedMail>, Fault> {
    on.sql(
        "select id, kind, about, language, sealed, expires_at, created_at from mails
         where id = $1 and status = 'waiting' and sealed is not null",
    )
    .bind(id)
    .maybe()
    .await
}

pub(super) async fn kept_one(on: &mut impl Sql, id: MailId) -> Result<Option<SealedMail>, Fault> {
    on.sql(
        "select id, kind, about, language, sealed, expires_at, created_at from mails
         where id = $1 and sealed is not null",
    )
    .bind(id)
    .maybe()
    .await
}

pub(super) async fn kept(on: &mut impl Sql, limit: i64) -> Result<Vec<SealedMail>, Fault> {
    on.sql(
        "select id, kind, about, language, sealed, expires_at, created_at from mails
         where sealed is not null order by created_at desc, id desc limit $1",
    )
    .bind(limit)
    .all()
    .await
}

/// Writes down what became of a mail, and says whether that is news: what was sent stays sent.
pub(super) async fn settle(unit: &mut Unit, id: MailId, fate: &Fate) -> Result<bool, Fault> {
    let (status, answer) = match fate {
        Fate::Waiting => return Ok(false),
        Fate::Sent(_) => ("sent", None),
        Fate::Refused(words) => ("refused", Some(words.clone())),
        Fate::Expired => ("expired", None),
    };
    let now = unit.now();
    let rows = unit
        .sql("update mails set status = $2, answer = $3, settled_at = $4 where id = $1 and status in ('waiting', 'expired')")
        .bind(id)
        .bind(status)
        .bind(answer)
        .bind(now)
        .run()
        .await?;
    Ok(rows == 1)
}

/// Forgets what a mail said.
pub(super) async fn wipe(unit: &mut Unit, id: MailId) -> Result<(), Fault> {
    unit.sql("update mails set sealed = null where id = $1").bind(id).run().await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Standing {
    status: String,
    answer: Option<String>,
    expires_at: Timestamp,
    settled_at: Option<Timestamp>,
}

/// What became of the newest mail about `about`; `None` when there was none, or when it was swept.
///
/// # Errors
/// When the database does not answer.
pub async fn fate_of(on: &mut impl Sql, about: &str) -> Result<Option<Fate>, Fault> {
    let now = on.now();
    let standing: Option<Standing> = on
        .sql(
            "select status, answer, expires_at, settled_at from mails where about = $1
             order by id desc limit 1",
        )
        .bind(about.to_owned())
        .maybe()
        .await?;
    Ok(standing.map(|mail| match (mail.status.as_str(), mail.settled_at) {
        ("sent", Some(at)) => Fate::Sent(at),
        ("refused", _) => Fate::Refused(mail.answer.unwrap_or_default()),
        ("waiting", _) if mail.expires_at > now => Fate::Waiting,
        _ => Fate::Expired,
    }))
}

/// How many mails wait for a server, and since when the oldest of them.
///
/// # Errors
/// When the database does not answer.
pub async fn queue(on: &mut impl Sql) -> Result<(i64, Option<Timestamp>), Fault> {
    let found = on.sql("select count(*), min(created_at) from mails where status = 'waiting' and sealed is not null");
    Ok(found.maybe().await?.unwrap_or_default())
}

/// Settles mails that expired while they waited, and forgets those that are older than 30 days.
/// Returns how many rows it touched.
///
/// # Errors
/// When the database does not answer.
pub async fn sweep(unit: &mut Unit) -> Result<u64, Fault> {
    let now = unit.now();
    let expired = unit
        .sql("update mails set status = 'expired', sealed = null, settled_at = $1 where status = 'waiting' and expires_at <= $1")
        .bind(now)
        .run()
        .await?;
    let forgotten = unit.sql("delete from mails where created_at < $1").bind(now - KEPT_FOR).run().await?;
    Ok(expired + forgotten)
}
