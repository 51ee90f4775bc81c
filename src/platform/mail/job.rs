//! Sending one mail: at least once, and twice at most when a node dies between the server's word
//! and ours.

use std::time::Duration;

use tokio::time::timeout;

use super::{Fate, KeptMail, PostOffice, message::message, office::Way, server::Untaken, store};
use crate::kernel::{Doing, Fault, MailId};
use crate::platform::{
    jobs::LeasedJob,
    store::{Db, Sql, Unit},
};

/// The job that sends one mail. Its payload is the id of the mail.
pub const SEND: &str = "mail.send";
/// How long a mail waits for its turn at the server while it holds a worker.
const PATIENCE: Duration = Duration::from_secs(1);

/// What came of one try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// It is decided what becomes of the mail, and [`settle`] has to write it down.
    Settled(Settled),
    /// It has to be tried again. The text is for the log and holds no address.
    Later(String),
    /// There is nothing to do: the mail was settled before, or swept.
    Nothing,
}

/// A mail of which the end is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// The mail.
    pub id: MailId,
    /// What kind it is.
    pub kind: String,
    /// What it is about.
    pub about: Option<String>,
    /// What became of it.
    pub fate: Fate,
}

/// Tries to send the mail of a job. Nothing is written; no connection of the database is held
/// while the mail server is spoken to.
///
/// # Errors
/// When the database does not answer, or the letter cannot be opened.
pub async fn attempt(office: &PostOffice, db: &Db, job: &LeasedJob) -> Result<Attempt, Fault> {
    let id: MailId = serde_json::from_str(&job.payload).doing("read a job")?;
    let mut reader = db.read().await?;
    let (found, now) = (store::waiting(&mut reader, id).await?, reader.now());
    drop(reader);
    let Some(mail) = found else { return Ok(Attempt::Nothing) };
    let (kind, about) = (mail.kind.clone(), mail.about.clone());
    let settled = |fate| Ok(Attempt::Settled(Settled { id, kind, about, fate }));
    if mail.expires_at <= now {
        return settled(Fate::Expired);
    }
    match hand_over(office, mail.open(office.sealing())?).await? {
        Ok(()) => settled(Fate::Sent(db.now())),
        Err(Untaken::Refused(words)) => settled(Fate::Refused(words)),
        Err(Untaken::Later(why)) => Ok(Attempt::Later(why)),
        Err(Untaken::Misconfigured(why)) => {
            tracing::error!(mail = %id, why, "mail cannot leave: look at [mail] url and at the mail server");
            Ok(Attempt::Later(why))
        }
    }
}

async fn hand_over(office: &PostOffice, mail: KeptMail) -> Result<Result<(), Untaken>, Fault> {
    let Way::Server(server, from) = office.way() else { return Ok(Ok(())) };
    let outgoing = message(&mail, &office.render(&mail.letter)?, office.brand(), from)?;
    let Ok(Ok(_place)) = timeout(PATIENCE, office.places().acquire()).await else {
        return Ok(Err(Untaken::Later("the mail server is slow".to_owned())));
    };
    Ok(server.deliver(&outgoing).await)
}

/// Writes down what became of a mail, and says whether that is news. What it said is forgotten,
/// except in the outbox of a demo.
///
/// # Errors
/// When the database refuses it.
pub async fn settle(unit: &mut Unit, office: &PostOffice, settled: &Settled) -> Result<bool, Fault> {
    let is_news = store::settle(unit, settled.id, &settled.fate).await?;
    if !office.is_outbox() {
        store::wipe(unit, settled.id).await?;
    }
    Ok(is_news)
}
