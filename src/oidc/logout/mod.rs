//! Signing out, here and at the sites: RP-initiated and back-channel logout.

mod deliver;
mod end_session;
mod pages;
mod store;

pub(super) use deliver::tell_client;
pub use deliver::{DELIVER, TELL_SITES, deliver, tell_sites};
pub(super) use end_session::{end_session_get, end_session_post};
pub(super) use pages::{question, sign_out};
pub(super) use store::{forget_old, forget_told};
