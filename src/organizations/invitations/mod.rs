//! Invitations: an organization asks the owner of an address to join it.
//!
//! Nothing is revealed by inviting: whether the address has an account or not, its owner gets the same
//! letter with a link, and joins by an act of their own.

pub mod pages;

mod model;
mod paste;
mod service;
mod store;

pub use model::{AcceptError, ByToken, Invitation, InviteError, NewInvitation, ResendError, Waiting};
pub use paste::{LineProblem, PastedLine, read_paste};
pub use service::{accept, by_token, decline, invite, invite_all, resend, sweep, withdraw};
pub use store::{of_organization, waiting_for};

pub(super) use service::withdraw_all;
