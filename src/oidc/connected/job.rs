//! What follows when somebody is to be out at sites: what the sites were given in their name is taken
//! back, and the sites are told to end their sessions.
//!
//! The gate refuses from the very commit on; this is for what a site holds itself, and for what would
//! be good again if the person came back.

use super::{
    service::end_at,
    store::{self, Access},
};
use crate::accounts;
use crate::audit::Woken;
use crate::kernel::{AccountId, AuditId, Fault, OrganizationId, SiteId, Timestamp};
use crate::oidc::{Provider, clients};
use crate::platform::{
    jobs::{LeasedJob, Outcome},
    store::Sql,
};

/// The job that facts wake by which somebody is out.
pub const END_ACCESS: &str = "oidc.end_access";

/// Who is out, and where.
#[derive(Debug, Clone, Copy)]
enum Out {
    /// One person, at one site or at all.
    Person(AccountId, Option<SiteId>),
    /// All people of an organization, at one site or at all.
    Organization(OrganizationId, Option<SiteId>),
    /// Everybody who has come to a site.
    Everybody(SiteId),
}

impl Out {
    /// Whom a fact puts out: its subject, or the person whom it names in an organization; of a site,
    /// everybody who has come there.
    fn of(woken: &Woken) -> Option<Self> {
        let detail = |key: &str| woken.detail.get(key).and_then(serde_json::Value::as_str);
        let site = detail("site").and_then(|id| id.parse().ok());
        if let Some(account) = detail("account").and_then(|id| id.parse().ok()) {
            return Some(Self::Person(account, site));
        }
        let subject = &woken.subject;
        let person = subject.parse().map(|account| Self::Person(account, site));
        let organization = || subject.parse().map(|organization| Self::Organization(organization, site));
        person.or_else(|_| organization()).or_else(|_| subject.parse().map(Self::Everybody)).ok()
    }
}

/// Ends what sites were given until the fact happened: whoever signs in afterwards has come anew.
pub async fn end_access(provider: &Provider, job: &LeasedJob) -> Outcome {
    let woken = serde_json::from_str::<Woken>(&job.payload).ok();
    // Jobs that facts wake are keyed by the entry of the audit trail.
    let fact = job.key.parse::<AuditId>().ok();
    let Some((out, fact)) = woken.as_ref().and_then(Out::of).zip(fact) else {
        return Outcome::GiveUp("the job does not say who is out".to_owned());
    };
    match end_until(provider, out, fact.made_at()).await {
        Ok(()) => Outcome::Done,
        Err(fault) => Outcome::Retry(fault.to_string()),
    }
}

async fn end_until(provider: &Provider, out: Out, until: Timestamp) -> Result<(), Fault> {
    loop {
        let left = left(&mut provider.db().read().await?, out, until).await?;
        if left.is_empty() {
            return Ok(());
        }
        // One unit for each hundred: an organization of thousands keeps nobody from writing.
        let mut unit = provider.db().write().await?;
        for Access { account_id, client_id } in left {
            let account = accounts::get(&mut unit, account_id).await?;
            let client = clients::load_also_disabled(provider, &mut unit, &client_id).await?;
            let (client, account) = client.zip(account).ok_or_else(|| Fault::new("find whose access ends"))?;
            end_at(provider, &mut unit, (&client, &account), until).await?;
        }
        unit.commit().await?;
    }
}

async fn left(on: &mut impl Sql, out: Out, until: Timestamp) -> Result<Vec<Access>, Fault> {
    match out {
        Out::Person(account, site) => store::of_account(on, account, site, until).await,
        Out::Organization(organization, site) => store::of_organization(on, organization, site, until).await,
        Out::Everybody(site) => store::of_site(on, site, until).await,
    }
}
