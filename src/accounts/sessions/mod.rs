//! Sessions: a browser in which a person is signed in.

pub mod extract;

mod model;
mod service;
mod store;

pub use model::{OpenSession, SessionCookie, SessionEnd, SignedIn};
pub use service::{
    Opening, end, end_all, end_of, end_others, find, forget_over, note_sign_in, of, open_or_renew, touch,
};
