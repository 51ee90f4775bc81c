//! What the operator does, at the command line now and on pages later; and what is tried of a site
//! on behalf of whoever builds it.

pub mod cli;
pub mod rp_check;
