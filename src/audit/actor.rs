//! Who did it.

use std::fmt;

use crate::kernel::AccountId;

/// Whoever did what an entry says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A person, signed in.
    Person(AccountId),
    /// Somebody who has not proven who they are.
    Stranger,
    /// A client, by its `client_id`.
    Client(String),
    /// The operator, at the command line.
    Operator,
    /// The program itself: a schedule, a sweep.
    Program,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(account) => write!(f, "person:{account}"),
            Self::Stranger => f.write_str("stranger"),
            Self::Client(client) => write!(f, "client:{client}"),
            Self::Operator => f.write_str("operator"),
            Self::Program => f.write_str("program"),
        }
    }
}
