//! The way on to the site that a person came from.

use crate::accounts::Accounts;
use crate::kernel::Fault;
use crate::platform::web::{ErrandSite, SealedErrand, errand::Opened};

/// A site that waits for the person.
pub(super) struct Onward {
    /// The site.
    pub(super) site: ErrandSite,
    /// Where its request goes on. What the person does with us takes longer than a request lives, so
    /// it lives anew from each step on.
    pub(super) path: String,
    /// The request, for a form.
    pub(super) errand: String,
}

impl Onward {
    /// The way on with a sealed request; `None` when there is none that could be read.
    ///
    /// # Errors
    /// When it cannot be sealed again, which is a defect.
    pub(super) fn of(accounts: &Accounts, sealed: Option<&str>) -> Result<Option<Self>, Fault> {
        let Some(sealed) = sealed else { return Ok(None) };
        let now = accounts.db.now();
        let errand = match SealedErrand::from_browser(sealed).open(&accounts.kit, now) {
            Opened::Good(errand) | Opened::Expired(errand) => errand.renewed(now),
            Opened::Unreadable => return Ok(None),
        };
        let sealed = errand.seal(&accounts.kit)?;
        let path = errand.resume_path(&sealed);
        Ok(Some(Self { site: errand.site, path, errand: sealed.as_str().to_owned() }))
    }
}

/// `path`, with the request of the site.
pub(super) fn with_errand(path: &str, onward: Option<&Onward>) -> String {
    match onward {
        Some(onward) => format!("{path}?errand={}", onward.errand),
        None => path.to_owned(),
    }
}
