//! Copies at the sites: what each should hold, how it gets there, and the proof that it does.
//!
//! A site's copy of a person or an organization is never a message that was sent once. The ledger
//! ([`ledger`]) says what the site *should* hold and what it *confirmed*; whoever delivers sends the
//! state of now until the two agree. So nothing is lost, nothing arrives out of order, and whether a
//! site is right is a question that a query answers.

pub mod copy;
pub mod delivery;
pub mod ledger;
pub mod reconcile;
pub mod status;

mod facts;
