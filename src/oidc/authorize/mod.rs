//! The authorization endpoint, in order (OIDC Core §3.1.2):
//!
//! ```text
//! request.rs   query | form | pushed | signed object  →  Asked            grammar only
//! trust.rs     client and redirect_uri                →  Trusted          else a page of ours
//! check.rs     one function a rule                    →  ValidRequest     else back to the client
//! decide.rs    pure: what happens next                →  Step
//! answer.rs    query, fragment, form_post; always with `iss`
//! ```
//!
//! What a person has to do on the way travels with them as a sealed errand; nothing is kept here.

mod answer;
mod check;
mod consent;
mod decide;
mod endpoint;
mod flow;
mod pages;
mod pushed;
mod refusal;
mod request;
mod request_object;
mod store;
mod travelling;
mod trust;

pub(super) use consent::in_words as consent_in_words;
pub(super) use endpoint::{authorize_get, authorize_post, cancel, resume};
pub(super) use pages::{allow, choose, show_consent, show_select};
pub(super) use pushed::push;
