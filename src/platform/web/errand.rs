//! Why a person is at one of our pages: the request of a site, sealed, carried by the page itself.
//!
//! Nothing is kept on the server and nothing in a cookie, so a request survives a second tab, a
//! cleared cookie and a restart, and may come back to any node.

use std::convert::Infallible;

use axum::{extract::FromRequestParts, http::request::Parts};
use serde::{Deserialize, Serialize};

use super::Kit;
use crate::kernel::{Fault, Lifetime, Timestamp};
use crate::protocol::{
    jose::{pack, unpack},
    oauth::Params,
};

const PURPOSE: &str = "errand";
/// How long a person may take.
const LIFE: Lifetime = Lifetime::minutes(15);

/// What a site asked for, and which site. A page holds an errand up to six times: what is not so is left out, and names
/// are short. The long ones are still read, of pages and letters that an older version of the program wrote.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Errand {
    /// The site, as its people know it.
    #[serde(rename = "s", alias = "site")]
    pub site: ErrandSite,
    /// Whom the site believes to be at the browser: fills the identifier.
    #[serde(rename = "h", alias = "hint", default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Why the person has to sign in although there is a session; `None` when there is none.
    #[serde(rename = "a", alias = "again", default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
    /// The path of ours below which `resume` goes on with it, and `cancel` gives it up.
    #[serde(rename = "p", alias = "path")]
    pub path: String,
    /// When the site asked.
    #[serde(rename = "b", alias = "began_at")]
    pub began_at: Timestamp,
    /// When the person came back with it, if they were away for it.
    #[serde(rename = "n", alias = "renewed_at", default, skip_serializing_if = "Option::is_none")]
    pub renewed_at: Option<Timestamp>,
    /// The request, for the slice that sealed it.
    #[serde(rename = "r", alias = "request")]
    pub request: serde_json::Value,
}

/// A site on one of our pages.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ErrandSite {
    /// Its name.
    #[serde(rename = "n", alias = "name")]
    pub name: String,
    /// Where to start again: the site's own address.
    #[serde(rename = "h", alias = "home", default, skip_serializing_if = "Option::is_none")]
    pub home: Option<String>,
    /// The origin to which the browser will be sent in the end, for `form-action`.
    #[serde(rename = "o", alias = "origin")]
    pub origin: String,
    /// `OneOffice`, `OneGov`, or nothing for other clients.
    #[serde(rename = "f", alias = "family", default, skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
}

/// An errand on its way through a browser.
#[derive(Debug, Clone)]
pub struct SealedErrand(String);

/// The errand in the address of a page, if there is one that could be one.
pub struct ErrandInAddress(pub Option<SealedErrand>);

impl<S: Send + Sync> FromRequestParts<S> for ErrandInAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(match Params::parse(parts.uri.query().unwrap_or_default().as_bytes()) {
            Ok(params) => params.get("errand").map(SealedErrand::from_browser),
            // An address that cannot be read holds an errand that cannot be read.
            Err(_) => Some(SealedErrand::from_browser("")),
        }))
    }
}

/// What became of a sealed errand.
#[derive(Debug)]
pub enum Opened {
    /// It is good.
    Good(Box<Errand>),
    /// The person took too long; the site is still known.
    Expired(Box<Errand>),
    /// It is not ours, or was cut.
    Unreadable,
}

impl Errand {
    /// Where the errand goes on.
    #[must_use]
    pub fn resume_path(&self, sealed: &SealedErrand) -> String {
        format!("{}/resume?errand={}", self.path, sealed.0)
    }

    /// Where it is given up.
    #[must_use]
    pub fn cancel_path(&self, sealed: &SealedErrand) -> String {
        format!("{}/cancel?errand={}", self.path, sealed.0)
    }

    /// The same errand, as if the site had asked now: for a person who comes back by mail, or who has
    /// made progress with us meanwhile.
    #[must_use]
    pub const fn renewed(mut self, now: Timestamp) -> Self {
        self.renewed_at = Some(now);
        self
    }

    /// Seals it, packed.
    ///
    /// # Errors
    /// When the seal fails, which is a defect.
    pub fn seal(&self, kit: &Kit) -> Result<SealedErrand, Fault> {
        let text = serde_json::to_vec(self).map_err(|cause| Fault::of("write an errand", cause))?;
        let packed = pack(&text).map_err(|cause| Fault::of("pack an errand", cause))?;
        let sealed = kit.sealing().seal(PURPOSE, &packed).map_err(|cause| Fault::of("seal an errand", cause))?;
        Ok(SealedErrand(sealed))
    }
}

impl SealedErrand {
    /// What came back from a browser.
    #[must_use]
    pub fn from_browser(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The text for a link or a hidden field: characters that need no escaping.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Breaks the seal.
    #[must_use]
    pub fn open(&self, kit: &Kit, now: Timestamp) -> Opened {
        let Ok(packed) = kit.sealing().open(PURPOSE, &self.0) else { return Opened::Unreadable };
        let Ok(text) = unpack(&packed) else { return Opened::Unreadable };
        match serde_json::from_slice::<Errand>(&text) {
            Ok(errand) if now.since(errand.renewed_at.unwrap_or(errand.began_at)) < LIFE => {
                Opened::Good(Box::new(errand))
            }
            Ok(errand) => Opened::Expired(Box::new(errand)),
            Err(_) => Opened::Unreadable,
        }
    }
}
