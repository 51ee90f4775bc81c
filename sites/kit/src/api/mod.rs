//! What the site asks ConneX for on its own account: copies that it lacks, how organizations stand, approvals, a resync.
//! ConneX shows a site nothing but that site's own view.

mod call;
mod model;

use serde_json::{Value, json};

pub use call::ApiError;
pub(crate) use call::Token;
pub use model::{Decision, OrganizationState, Organizations, Past, Planned, Resync, Txn, When};

use crate::copy::{Cause, Kind, PutBack, Refusal, Target, Wanted, Write};
use crate::scim;
use crate::site::Site;
use call::{Method, segment};

/// ConneX's interface for sites, as one site uses it.
#[derive(Clone, Copy)]
pub struct Connex<'s> {
    site: &'s Site,
}

impl Site {
    /// ConneX's interface for sites.
    pub fn connex(&self) -> Connex<'_> {
        Connex { site: self }
    }
}

impl Connex<'_> {
    /// The organizations whose name or city holds `text`: those that this agency knows, or all of ConneX.
    ///
    /// # Errors
    /// When ConneX does not answer or refuses.
    pub async fn organizations(&self, text: &str, is_everywhere: bool) -> Result<Organizations, ApiError> {
        let scope = if is_everywhere { "all" } else { "known" };
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("q", text)
            .append_pair("scope", scope)
            .append_pair("limit", "50")
            .finish();
        self.ask(Method::GET, &format!("/api/v1/organizations?{query}"), None).await
    }

    /// How one organization stands here, with its history.
    ///
    /// # Errors
    /// When ConneX does not answer, or does not show the organization.
    pub async fn organization(&self, id: &str) -> Result<OrganizationState, ApiError> {
        self.ask(Method::GET, &format!("/api/v1/organizations/{}", segment(id)), None).await
    }

    /// Approves, suspends, blocks or ends an organization at this site.
    ///
    /// # Errors
    /// When ConneX does not answer or refuses.
    pub async fn decide(&self, id: &str, decision: &Decision) -> Result<OrganizationState, ApiError> {
        let path = format!("/api/v1/organizations/{}/approval", segment(id));
        self.ask(Method::PUT, &path, Some(json!(decision))).await
    }

    /// Tells ConneX of this site's own *Disable User* or *Enable*, so that the organization can see it.
    ///
    /// # Errors
    /// When ConneX does not answer or refuses.
    pub async fn standing(&self, sub: &str, is_blocked: bool) -> Result<(), ApiError> {
        let path = format!("/api/v1/users/{}/standing", segment(sub));
        self.tell(Method::PUT, &path, json!({ "blocked": is_blocked })).await
    }

    /// Has ConneX compare an organization with this site's copy, and send what differs unless `is_rehearsal`.
    ///
    /// # Errors
    /// When ConneX does not answer or refuses.
    pub async fn resync(&self, id: &str, is_rehearsal: bool, is_confirmed: bool) -> Result<Resync, ApiError> {
        let path = format!("/sync/v1/orgs/{}/resync", segment(id));
        let mut body = json!({ "dry_run": is_rehearsal });
        if let (true, Some(members)) = (is_confirmed, body.as_object_mut()) {
            members.insert("confirm".to_owned(), true.into());
        }
        self.ask(Method::POST, &path, Some(body)).await
    }

    /// How far a resync or an approval has come.
    ///
    /// # Errors
    /// When ConneX does not answer, or does not know it.
    pub async fn txn(&self, txn: &str) -> Result<Txn, ApiError> {
        self.ask(Method::GET, &format!("/sync/v1/txns/{}", segment(txn)), None).await
    }

    /// Tells ConneX which changes made here it has put back.
    pub(crate) async fn put_backs(&self, txn: Option<&str>, items: &[PutBack]) -> Result<(), ApiError> {
        self.tell(Method::POST, "/api/v1/put-backs", json!({ "txn": txn, "items": items })).await
    }

    /// Fetches the copy of one person, with that of the organization, and writes both; false when ConneX does not show
    /// the person to this site.
    pub(crate) async fn pull(&self, sub: &str, cause: &Cause) -> Result<bool, ApiError> {
        let Some(person) = self.copy(Kind::User, sub).await? else { return Ok(false) };
        if let Some(organization) = person.facts.organization().map(str::to_owned)
            && let Some(group) = self.copy(Kind::Group, &organization).await?
        {
            self.write(Kind::Group, group, cause).await?;
        }
        self.write(Kind::User, person, cause).await?;
        Ok(true)
    }

    async fn copy(&self, kind: Kind, id: &str) -> Result<Option<Wanted>, ApiError> {
        let endpoint = match kind {
            Kind::User => "Users",
            Kind::Group => "Groups",
        };
        let resource: Value = match self.ask(Method::GET, &format!("/scim/v2/{endpoint}/{}", segment(id)), None).await {
            Ok(resource) => resource,
            Err(ApiError::Refused { status: 404, .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let wanted = scim::facts_of(kind, &resource).map_err(|error| ApiError::Garbled(error.detail().to_owned()))?;
        // An answer about somebody else must not be written over them.
        if wanted.facts.external_id() != Some(id) {
            return Err(ApiError::Garbled("the answer is about somebody else".to_owned()));
        }
        Ok(Some(wanted))
    }

    async fn write(&self, kind: Kind, wanted: Wanted, cause: &Cause) -> Result<(), ApiError> {
        let write = Write { kind, target: Target::New, cause, if_match: None };
        match self.site.copies.write(write, |_| Ok::<_, std::convert::Infallible>(wanted)).await {
            Ok(written) => {
                self.site.end_sessions(written.effect.ends_sessions_of.as_deref());
                Ok(())
            }
            Err(Refusal::Unfit(never)) => match never {},
            Err(refusal) => Err(ApiError::Garbled(refusal.to_string())),
        }
    }
}
