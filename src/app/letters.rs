//! Sending a mail, and recording the fact when the server refuses it: the record of facts stands
//! above the engine that sends.

use super::App;
use crate::audit::{self, Actor, Fact};
use crate::kernel::Fault;
use crate::platform::{
    jobs::{LeasedJob, Outcome},
    mail::{self, Attempt, Fate, Settled},
};

/// How often a fate is written down again when the database is busy. A mail that was sent and is
/// not written down goes out twice.
const TRIES: usize = 3;

/// Sends the mail of a job.
pub(super) async fn send(app: &App, job: &LeasedJob) -> Outcome {
    let settled = match mail::attempt(&app.mail, &app.db, job).await {
        Ok(Attempt::Settled(settled)) => settled,
        Ok(Attempt::Later(why)) => return Outcome::Retry(why),
        Ok(Attempt::Nothing) => return Outcome::Done,
        Err(fault) => return failed(&fault),
    };
    for _ in 1..TRIES {
        if write_down(app, &settled).await.is_ok() {
            return Outcome::Done;
        }
    }
    match write_down(app, &settled).await {
        Ok(()) => Outcome::Done,
        Err(fault) => failed(&fault),
    }
}

fn failed(fault: &Fault) -> Outcome {
    tracing::error!(fault = ?fault, "a mail could not be handled");
    Outcome::Retry(fault.to_string())
}

async fn write_down(app: &App, settled: &Settled) -> Result<(), Fault> {
    let mut unit = app.db.write().await?;
    let is_news = mail::settle(&mut unit, &app.mail, settled).await?;
    if is_news && matches!(settled.fate, Fate::Refused(_)) {
        audit::record(&mut unit, &Actor::Program, refused(settled)).await?;
    }
    unit.commit().await
}

/// A mail server refused a mail for good. Its words stand with the mail: they may hold the address.
fn refused(mail: &Settled) -> Fact {
    let fact = Fact::new("mail.refused", &mail.id).with("kind", &mail.kind);
    match &mail.about {
        Some(about) => fact.with("about", about),
        None => fact,
    }
}
