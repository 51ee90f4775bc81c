//! The one gate: may this person, at this client, be given or served anything now?
//!
//! Every path that issues or honours something asks it: code, refresh, silent sign-in, userinfo,
//! introspection. What it finds out on the way is what tokens say, so the two cannot disagree.

use super::clients::Client;
use crate::accounts::{self, Account, SignedIn};
use crate::kernel::{AccountId, Fault, SessionId};
use crate::organizations::{self, Place};
use crate::platform::store::Sql;
use crate::sites::{self, Standing};

/// What is known of a person at a client, after every check has passed.
#[derive(Debug, Clone)]
pub(super) struct Facts {
    /// The person.
    pub(super) account: Account,
    /// Their place in the active organization, if they have one.
    pub(super) place: Option<Place>,
    /// How that organization stands to the client's site, if the client is one.
    pub(super) standing: Option<Standing>,
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
    /// The site admits only people of approved organizations, and this is not one.
    #[error("the site has not approved the organization")]
    NotApproved(Box<Facts>),
    /// Something broke: that is a refusal too.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Asks for a person whose session was looked up for this very request.
pub(super) async fn may_visit(on: &mut impl Sql, person: &SignedIn, client: &Client) -> Result<Facts, Refusal> {
    look(on, person.account.clone(), client).await
}

/// Asks for a person to whom something was given earlier, in `session`.
pub(super) async fn may_issue(
    on: &mut impl Sql,
    account: AccountId,
    session: SessionId,
    client: &Client,
) -> Result<Facts, Refusal> {
    let account = accounts::standing(on, account, session).await?.ok_or(Refusal::Ended)?;
    look(on, account, client).await
}

async fn look(on: &mut impl Sql, account: Account, client: &Client) -> Result<Facts, Refusal> {
    let place = organizations::place_of(on, account.id()).await?;
    let Some(site) = client.site else { return Ok(Facts { account, place, standing: None }) };
    let organization = place.as_ref().map(|place| place.organization);
    let standing = sites::standing(on, site, organization).await?.ok_or(Refusal::SiteRemoved)?;
    let admitted = standing.admits();
    let facts = Facts { account, place, standing: Some(standing) };
    if admitted { Ok(facts) } else { Err(Refusal::NotApproved(Box::new(facts))) }
}
