//! The kit that pages are made with.

pub mod assets;
pub mod cookie;
pub mod csrf;
pub mod errand;
pub mod face;
pub mod form;
pub mod headers;
pub mod location;
pub mod page;

mod kit;

pub use cookie::Cookies;
pub use errand::{Errand, ErrandInAddress, ErrandSite, SealedErrand};
pub use face::{OAuthError, PageError, Problem};
pub use form::{Body, Form};
pub use kit::Kit;
pub use location::{see_other, to_site};
pub use page::{Page, Shell};
