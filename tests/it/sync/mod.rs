//! What sites hold of people and organizations, and how it stays right.

mod ledger;
