//! The one gate: may this person, at this client, be given or served anything now?
//!
//! Every path that issues or honours something asks it: code, refresh, silent sign-in, userinfo,
//! introspection. What it finds out on the way is what tokens say, so the two cannot disagree.

mod store;

use crate::accounts::{Account, SignedIn};
use crate::kernel::{AccountId, Fault, SessionId, Timestamp};
use crate::organizations::{Place, Role};
use crate::platform::store::Sql;
use crate::protocol::oauth::Scope;
use crate::sites::{AgencysWord, Comer, Standing, Why};

use super::clients::Client;
use store::FactsRow;

/// What is known of a person at a client, after every check has passed.
#[derive(Debug, Clone)]
pub(super) struct Facts {
    /// The person.
    pub(super) account: Account,
    /// Their place in the active organization, if they have one.
    pub(super) place: Option<Place>,
    /// How that organization stands to the client's site, if the client is one.
    pub(super) standing: Option<Standing>,
    /// The revision that the client's site should hold of the person; 0 when it should hold nothing.
    pub(super) wanted_rev: i64,
    /// Whether their organization lets members open sites by signing in there.
    members_may_visit: bool,
    /// What the person has agreed to let the client know; nothing when they were never asked.
    pub(super) agreed: Scope,
    /// Whether the client has seen this session before.
    pub(super) has_visited: bool,
}

/// Why nothing may be given.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    /// The account may not be used, or the session was ended.
    #[error("the account or its session has ended")]
    Ended,
    /// The site was removed.
    #[error("the site was removed")]
    SiteRemoved,
    /// The site does not admit the person now.
    #[error("the site does not admit the person")]
    NotAdmitted(Box<Facts>, Why),
    /// What had opened the site to the person has ended; they may sign in there again.
    #[error("the person is not connected with the site any more")]
    NotConnected,
    /// Something broke: that is a refusal too.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Asks for a person who comes to sign in at the client, and whose session was looked up for this very request.
pub(super) async fn may_visit(on: &mut impl Sql, person: &SignedIn, client: &Client) -> Result<Facts, Refusal> {
    let facts = known(on, person.account.id(), person.session, client).await?;
    let Some(standing) = &facts.standing else { return Ok(facts) };
    match standing.refusal(facts.comer()) {
        Some(why) => Err(Refusal::NotAdmitted(Box::new(facts), why)),
        None => Ok(facts),
    }
}

/// Asks for a person to whom something was or is to be given in `session`.
///
/// A session that has run out by time is no obstacle: what outlives it (`offline_access`) was
/// agreed to. One that was ended by somebody is. At a site, what was given is good as long as the site
/// should hold a copy of the person that counts.
pub(super) async fn may_issue(
    on: &mut impl Sql,
    account: AccountId,
    session: SessionId,
    client: &Client,
) -> Result<Facts, Refusal> {
    let facts = known(on, account, session, client).await?;
    match &facts.standing {
        Some(standing) if !standing.counts() => Err(match standing.refusal(facts.comer()) {
            Some(why) => Refusal::NotAdmitted(Box::new(facts), why),
            None => Refusal::NotConnected,
        }),
        _ => Ok(facts),
    }
}

async fn known(on: &mut impl Sql, account: AccountId, session: SessionId, client: &Client) -> Result<Facts, Refusal> {
    let row = store::facts(on, account, session, client).await?.ok_or(Refusal::Ended)?;
    if row.session_ended_at.is_some() || !row.account.is_active() {
        return Err(Refusal::Ended);
    }
    let facts = facts(row, client, on.now())?;
    if client.site.is_some() && facts.standing.is_none() {
        return Err(Refusal::SiteRemoved);
    }
    Ok(facts)
}

impl Facts {
    /// Who comes, as far as admitting them goes.
    fn comer(&self) -> Comer {
        let administers = self.place.as_ref().is_none_or(|place| Role::administers(place.role));
        Comer { has_organization: self.place.is_some(), may_open: administers || self.members_may_visit }
    }
}

fn facts(row: FactsRow, client: &Client, now: Timestamp) -> Result<Facts, Fault> {
    let place = match (row.organization_id, row.organization_name, row.role, row.organization_rev) {
        (Some(organization), Some(name), Some(role), Some(rev)) => {
            Some(Place { account: row.account.id(), organization, name, role: role.parse()?, rev })
        }
        _ => None,
    };
    let standing = client.site.zip(row.require_approval).map(|(site, require_approval)| {
        let word = row.approval_status.map(|status| AgencysWord {
            status,
            roles: row.approval_roles.map(|roles| roles.0).unwrap_or_default(),
            requested_at: row.requested_at,
            approved_at: row.approved_at,
            valid_until: row.valid_until,
        });
        let (is_linked, is_visiting) = (row.links > 0, row.visits_of_site > 0);
        Standing { is_linked, is_visiting, ..Standing::new(site, require_approval, word, now) }
    });
    let agreed = row.agreed.and_then(|agreed| agreed.parse().ok()).unwrap_or_default();
    Ok(Facts {
        account: row.account,
        place,
        standing,
        wanted_rev: row.wanted_rev.unwrap_or_default(),
        members_may_visit: row.members_may_visit.unwrap_or(true),
        agreed,
        has_visited: row.visits > 0,
    })
}
