//! Copies at the sites: what each should hold, how it gets there, and the proof that it does.
//!
//! A site's copy of a person or an organization is never a message that was sent once. The ledger
//! ([`ledger`]) says what the site *should* hold and what it *confirmed*; whoever delivers sends the
//! state of now until the two agree. So nothing is lost, nothing arrives out of order, and whether a
//! site is right is a question that a query answers.

pub mod api;
pub mod control;
pub mod copy;
pub mod delivery;
pub mod ledger;
pub mod pages;
pub mod reconcile;
pub mod status;

mod cursor;
mod facts;
mod feed;
mod known_as;
mod scim;

use crate::platform::web::Routes;
use delivery::Courier;

/// Where sites ask: what they hold, what changed, and what their agencies decide.
pub fn routes(courier: Courier) -> Routes {
    let provider = courier.provider.clone();
    Routes::new().merge(scim::routes(provider.clone())).merge(feed::routes(provider)).merge(api::routes(courier))
}
