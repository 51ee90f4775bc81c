//! What people see of sites: which there are, how their organization stands to each, where who is
//! ready, and what has become of somebody's end.

mod access;
mod activity;
mod ending;
mod happened;
mod press;
mod readiness;
mod ready;
mod site;
mod stands;
mod store;
mod timeline;
mod unlink;

use crate::accounts::Accounts;
use crate::platform::web::Routes;

/// The pages.
pub fn routes(accounts: Accounts) -> Routes {
    Routes::new()
        .merge(access::routes(accounts.clone()))
        .merge(site::routes(accounts.clone()))
        .merge(unlink::routes(accounts.clone()))
        .merge(ready::routes(accounts.clone()))
        .merge(ending::routes(accounts.clone()))
        .merge(activity::routes(accounts))
}
