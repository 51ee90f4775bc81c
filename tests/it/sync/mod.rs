//! Copies at the sites: the ledger, deliveries, comparisons.

mod clock;
mod comparing;
mod delivery;
mod ends;
mod hanging;
mod ledger;
mod limits;
mod misbehaving;
mod nodes;
mod outage;
mod world;
