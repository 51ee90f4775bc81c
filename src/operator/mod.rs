//! What the operator does, at the command line and on pages; and what is tried of a site on behalf of
//! whoever builds it.

pub mod alarms;
pub mod cli;
pub mod registration;
pub mod role;
pub mod rp_check;
pub mod sites;
pub mod status;

mod dashboard;

use crate::accounts::Accounts;
use crate::platform::web::Routes;

/// The pages of the operator.
pub fn routes(accounts: Accounts) -> Routes {
    Routes::new()
        .merge(role::pages::routes(accounts.clone()))
        .merge(dashboard::routes(accounts.clone()))
        .merge(sites::routes(accounts))
}
