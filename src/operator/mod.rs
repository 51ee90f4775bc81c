//! What the operator does: at the command line now, on pages later.

pub mod cli;
