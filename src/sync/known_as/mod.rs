//! What a site knows people by, written down where it can be looked up.
//!
//! A site that knows people by pairwise subjects (OpenID Connect Core §8.1) gets names that only a
//! program can derive, so the ledger leaves them open and they are filled in here, before the site is
//! told anything or asks for anything.

mod store;

use uuid::Uuid;

use super::copy::Names;
use crate::kernel::{Fault, OrganizationId, SiteId};
use crate::oidc::Provider;
use crate::platform::store::Sql;
use crate::sync::ledger::Kind;

/// How many names one unit fills in, so that nobody waits long for the writer.
const AT_ONCE: i64 = 500;

/// Fills in what is open. Costs one look when nothing is.
///
/// # Errors
/// When the database refuses it.
pub async fn write_down(provider: &Provider, names: &Names, site: SiteId) -> Result<(), Fault> {
    loop {
        let open = store::without_name(&mut provider.db().read().await?, site, AT_ONCE).await?;
        if open.is_empty() {
            return Ok(());
        }
        let mut unit = provider.db().write().await?;
        for (account, public) in &open {
            store::name(&mut unit, site, *account, names.of_person(public)).await?;
        }
        unit.commit().await?;
    }
}

/// What the site means by `external_id`; `None` when it was never to know of such a thing.
///
/// # Errors
/// When the database does not answer.
pub async fn look_up(on: &mut impl Sql, site: SiteId, kind: Kind, external_id: &str) -> Result<Option<Uuid>, Fault> {
    match kind {
        // PostgreSQL takes no such character, and no name of ours holds one.
        Kind::User if external_id.contains('\0') => Ok(None),
        Kind::User => store::by_name(on, site, external_id).await,
        Kind::Organization => match external_id.parse::<OrganizationId>() {
            Ok(id) => store::organization(on, site, id).await,
            Err(_) => Ok(None),
        },
    }
}
