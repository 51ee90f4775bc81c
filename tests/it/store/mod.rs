//! The database façade, and every function of every `store.rs`, on both engines.

mod accounts;
mod busy;
mod group_commit;
mod indexes;
mod ledger;
mod migrations;
mod provider;
mod search;
mod sites;
mod units;
