//! The kit that pages are made with.

pub mod assets;
pub mod cookie;
pub mod csrf;
pub mod errand;
pub mod face;
pub mod form;
pub mod headers;
pub mod here;
pub mod location;
pub mod notice;
pub mod page;
pub mod policy;
pub mod routes;

mod kit;

pub use cookie::Cookies;
pub use errand::{Errand, ErrandInAddress, ErrandSite, SealedErrand};
pub use face::{Asks, OAuthError, PageError, Problem, ScimError};
pub use form::{Body, Form};
pub use here::{Here, ShownOperator, ShownOrganization};
pub use kit::Kit;
pub use location::{see_other, to_site};
pub use notice::see_other_with;
pub use page::{Page, Shell};
pub use routes::{Route, Routes};
