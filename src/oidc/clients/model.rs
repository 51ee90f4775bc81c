//! What a client is.

use std::sync::Arc;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use url::Url;

use crate::kernel::{Digest, SiteId, Timestamp};
use crate::platform::web::Kit;
use crate::protocol::oauth::client_metadata::{CheckedMetadata, SubjectType};

/// The kind of the secret that a client authenticates with.
pub struct ClientSecret;

/// Whether a client may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientStatus {
    /// It may.
    Active,
    /// Nothing is issued to it or honoured of it.
    Disabled,
}

impl ClientStatus {
    /// As the column has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }
}

/// An active client.
#[derive(Debug, Clone)]
pub struct Client {
    /// Its `client_id`.
    pub id: String,
    /// The site that it is the registration of, if it is one.
    pub site: Option<SiteId>,
    /// What it was registered with.
    pub metadata: Arc<CheckedMetadata>,
    pub(super) secrets: Secrets,
    pub(super) updated_at: Timestamp,
}

/// The digests of a client's secrets: the present one, and for a while the one before.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Secrets {
    pub(super) present: Option<Digest<ClientSecret>>,
    pub(super) former: Option<(Digest<ClientSecret>, Timestamp)>,
}

impl Secrets {
    /// Whether `given` is one of them at `now`; digests are compared in constant time.
    pub(super) fn accept(&self, given: &str, now: Timestamp) -> bool {
        let digest = Digest::of(given);
        let is_present = self.present == Some(digest);
        let is_former = self.former.is_some_and(|(former, until)| former == digest && now < until);
        is_present || is_former
    }
}

impl Client {
    /// What people call it: its name, or its id.
    #[must_use]
    pub fn name(&self) -> &str {
        self.metadata.client_name.as_ref().map_or(self.id.as_str(), |name| name.as_str())
    }

    /// Where a person starts again.
    #[must_use]
    pub fn home(&self) -> Option<&str> {
        self.metadata.initiate_login_uri.as_deref().or(self.metadata.client_uri.as_deref())
    }

    /// The `sub` of a person at this client: public for sites, which have to reconcile with each
    /// other; derived from the client's sector for those that asked for `pairwise` (Core §8.1).
    #[must_use]
    pub fn subject(&self, kit: &Kit, public: &str) -> String {
        if self.metadata.subject_type == SubjectType::Public {
            return public.to_owned();
        }
        let mut data = self.sector().into_bytes();
        data.push(0);
        data.extend_from_slice(public.as_bytes());
        BASE64_URL_SAFE_NO_PAD.encode(kit.sealing().derive("pairwise", &data).split_at(24).0)
    }

    /// The host that pairwise subjects belong to.
    fn sector(&self) -> String {
        let first = self.metadata.redirect_uris.first().map(|uri| uri.as_str());
        let address = self.metadata.sector_identifier_uri.as_deref().or(first).unwrap_or_default();
        Url::parse(address).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_else(|| self.id.clone())
    }

    /// Whether it is a protected resource of the operator's: it gets tokens only for itself and
    /// sends nobody to us. Such a client may introspect every token of the installation.
    #[must_use]
    pub fn is_protected_resource(&self) -> bool {
        self.site.is_none() && self.metadata.redirect_uris.is_empty()
    }
}
