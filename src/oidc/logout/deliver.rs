//! Telling the sites that a session has ended (OpenID Connect Back-Channel Logout).
//!
//! The end of a session is a fact; it wakes [`tell_sites`], which notes one delivery for each site
//! that saw the session. The deliveries then go out side by side, each until its site confirms, or
//! until a day has passed and no session of that time can be alive.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use url::Url;

use super::store;
use crate::accounts::{self, Account};
use crate::audit::Woken;
use crate::kernel::{AccountId, DeliveryId, Fault, Lifetime, SessionId};
use crate::oidc::{
    Provider,
    clients::{self, Client},
    grants,
};
use crate::platform::{
    fetch::{Answer, FetchError},
    jobs::{self, LeasedJob, NewJob, Outcome},
    store::{Sql, Unit},
};
use crate::protocol::oidc::{
    LogoutTokenClaims,
    logout_token::{Ended, LOGOUT_TOKEN_TYP},
};

/// The job that a session's end wakes.
pub const TELL_SITES: &str = "oidc.tell_sites";
/// The job that tells one site.
pub const DELIVER: &str = "oidc.deliver_logout";
/// How long telling is worth while.
const WORTH_TELLING_FOR: Lifetime = Lifetime::hours(24);

/// What a delivery needs to know.
#[derive(Serialize, Deserialize)]
struct Delivery {
    id: DeliveryId,
    session: SessionId,
    client_id: String,
    subject: String,
}

/// Notes a delivery for each site that saw the session.
pub async fn tell_sites(provider: &Provider, job: &LeasedJob) -> Outcome {
    match note_deliveries(provider, job).await {
        Ok(()) => Outcome::Done,
        Err(fault) => Outcome::Retry(fault.to_string()),
    }
}

async fn note_deliveries(provider: &Provider, job: &LeasedJob) -> Result<(), Fault> {
    let read = |cause: serde_json::Error| Fault::of("read a job", cause);
    let woken: Woken = serde_json::from_str(&job.payload).map_err(read)?;
    let malformed = || Fault::new("read the subject of a job");
    let session: SessionId = woken.subject.parse().map_err(|_| malformed())?;
    let account: AccountId =
        woken.detail.get("account").and_then(|id| id.as_str()?.parse().ok()).ok_or_else(malformed)?;
    let mut unit = provider.db().write().await?;
    let Some(account) = accounts::get(&mut unit, account).await? else { return Ok(()) };
    for client_id in grants::may_be_told(&mut unit, session).await? {
        let Some(client) = clients::load(provider, &mut unit, &client_id).await? else { continue };
        tell_client(provider, &mut unit, &client, (session, &account)).await?;
    }
    unit.commit().await
}

/// Notes that a client has to be told that a person's session is over for it, if it wants to be.
pub(in crate::oidc) async fn tell_client(
    provider: &Provider,
    unit: &mut Unit,
    client: &Client,
    (session, account): (SessionId, &Account),
) -> Result<(), Fault> {
    if client.metadata.backchannel_logout_uri.is_none() {
        return Ok(());
    }
    let Some(id) = store::note(unit, session, &client.id).await? else { return Ok(()) };
    let subject = client.subject(provider.kit(), account.subject());
    let delivery = Delivery { id, session, client_id: client.id.clone(), subject };
    let payload = serde_json::to_string(&delivery).map_err(|cause| Fault::of("write a job", cause))?;
    let expires_at = Some(unit.now() + WORTH_TELLING_FOR);
    jobs::enqueue(unit, NewJob { kind: DELIVER, key: id.to_string(), payload, expires_at }).await
}

/// Tells one site.
pub async fn deliver(provider: &Provider, job: &LeasedJob) -> Outcome {
    let Ok(delivery) = serde_json::from_str::<Delivery>(&job.payload) else {
        return Outcome::GiveUp("the payload of the job cannot be read".to_owned());
    };
    match try_delivery(provider, &delivery).await {
        Ok(Tried::Told) => settled(provider, &delivery, "told").await,
        Ok(Tried::Gone) => settled(provider, &delivery, "given_up").await,
        Ok(Tried::Failed(after, why)) => match after {
            Some(after) => Outcome::RetryAfter(after, why),
            None => Outcome::Retry(why),
        },
        Err(fault) => Outcome::Retry(fault.to_string()),
    }
}

enum Tried {
    Told,
    Gone,
    Failed(Option<Lifetime>, String),
}

async fn settled(provider: &Provider, delivery: &Delivery, state: &'static str) -> Outcome {
    let settle = async {
        let mut unit = provider.db().write().await?;
        store::settle(&mut unit, delivery.id, state).await?;
        unit.commit().await
    };
    match settle.await {
        Ok(()) => Outcome::Done,
        Err(fault) => Outcome::Retry(fault.to_string()),
    }
}

async fn try_delivery(provider: &Provider, delivery: &Delivery) -> Result<Tried, Fault> {
    let mut reader = provider.db().read().await?;
    // The registration of a removed site is disabled in the unit that owes it this word.
    let client = clients::load_also_disabled(provider, &mut reader, &delivery.client_id).await?;
    drop(reader);
    let Some(client) = client else { return Ok(Tried::Gone) };
    let Some(address) = client.metadata.backchannel_logout_uri.as_deref().and_then(|uri| Url::parse(uri).ok()) else {
        return Ok(Tried::Gone);
    };
    // A fresh token for each try: it lives two minutes, and its `jti` may be used once.
    let token = logout_token(provider, &client, delivery)?;
    Ok(match provider.fetcher().post_form(&address, &[("logout_token", &token)]).await {
        Ok(Answer { status: 200..=299, .. }) => Tried::Told,
        Ok(answer) => Tried::Failed(
            answer.retry_after.map(|wait| wait.min(Lifetime::hours(1))),
            format!("the site answered {}", answer.status),
        ),
        Err(error @ FetchError::Forbidden(_)) => Tried::Failed(Some(Lifetime::hours(1)), error.to_string()),
        Err(error) => Tried::Failed(None, error.to_string()),
    })
}

fn logout_token(provider: &Provider, client: &Client, delivery: &Delivery) -> Result<String, Fault> {
    let jti = BASE64_URL_SAFE_NO_PAD.encode(provider.db().entropy().bytes::<18>());
    let sid = provider.sid(delivery.session, &client.id);
    let ended = Ended::Session { sub: &delivery.subject, sid: &sid };
    let claims = LogoutTokenClaims::new(provider.issuer(), &client.id, ended, &jti, provider.db().now());
    provider.keys().sign(client.metadata.id_token_signed_response_alg, Some(LOGOUT_TOKEN_TYP), &claims)
}
