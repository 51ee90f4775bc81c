//! Bad input ends in the error that the standards name: never in a 5xx, never in a redirect to a
//! place that nobody registered.

mod fuzz;
mod limits;
mod requests;
mod without_database;
