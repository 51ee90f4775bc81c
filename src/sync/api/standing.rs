//! `PUT /api/v1/users/{sub}/standing`: the site's own Disable.

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{input::Written, not_found, once::Answer};
use crate::audit::Actor;
use crate::kernel::AccountId;
use crate::oidc::{Provider, SitePrincipal};
use crate::platform::web::Problem;
use crate::sites::blocks;
use crate::sync::{copy::Names, known_as, ledger::Kind};

/// What a site says of a person.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Standing {
    /// Whether it lets them in no more.
    blocked: bool,
}

pub(super) async fn put(
    State(provider): State<Provider>,
    SitePrincipal { site, client_id, .. }: SitePrincipal,
    Path(sub): Path<String>,
    written: Written<Standing>,
) -> Result<Response, Problem> {
    let names = Names::of(&provider, &mut provider.db().read().await?, site).await?;
    known_as::write_down(&provider, &names, site).await?;
    let mut unit = provider.db().write().await?;
    if let Some(first) = written.once.first_answer(&mut unit, site).await? {
        return Ok(first.into_response());
    }
    let found = known_as::look_up(&mut unit, site, Kind::User, &sub).await?.ok_or_else(not_found)?;
    let (account, actor) = (AccountId::from_uuid(found), Actor::Client(client_id));
    match written.said.blocked {
        true => blocks::block(&mut unit, &actor, site, account).await?,
        false => blocks::unblock(&mut unit, &actor, site, account).await?,
    };
    Ok(written.once.commit(unit, site, Answer(None)).await?.into_response())
}
