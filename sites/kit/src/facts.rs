//! Who is signed in and what ConneX says: the list that both sites show in their own dress.

use askama::Template;

use crate::claims::{OrganizationRole, SiteFact};
use crate::session::Session;
use crate::settings::Settings;

/// A list for the middle of a page. Its ids (`person-name`, `organization`, `org-role`, `site-status`, `claims`) are
/// what tests look for.
#[derive(Template)]
#[template(path = "facts.html")]
pub struct Facts<'a> {
    session: &'a Session,
    site: Option<&'a SiteFact>,
}

impl<'a> Facts<'a> {
    /// The facts of one session at one site.
    pub fn of(session: &'a Session, settings: &Settings) -> Self {
        let sites = &session.connex.sites;
        let site = match &settings.site_id {
            Some(id) => sites.iter().find(|fact| fact.id == *id),
            None => sites.first(),
        };
        Self { session, site }
    }

    fn organization(&self) -> Option<&'a str> {
        let connex = &self.session.connex;
        connex
            .org_name
            .as_deref()
            .or_else(|| connex.organization.as_ref().map(|organization| organization.name.as_str()))
    }

    fn role(&self) -> &'static str {
        self.session.connex.org_role.as_deref().map_or("None", |role| OrganizationRole::parse(role).in_words())
    }

    fn is_founder(&self) -> bool {
        self.session.connex.organization.as_ref().is_some_and(|organization| organization.founder)
    }

    /// The status, what it means here, and how it looks. An unknown status admits nobody, like `none`.
    fn status(&self) -> (&'static str, &'static str, &'static str) {
        match self.site.map(|site| site.status.as_str()) {
            Some("approved") => ("approved", "The agency has approved your organization.", "ok"),
            Some("requested") => ("requested", "Your organization has asked; the agency has not answered yet.", "warn"),
            Some("suspended") => ("suspended", "The agency has suspended your organization.", "bad"),
            _ => ("none", "The agency has not said anything of your organization yet.", "plain"),
        }
    }

    fn roles(&self) -> String {
        self.site.map(|site| site.roles.join(", ")).unwrap_or_default()
    }

    fn rev(&self) -> Option<u64> {
        self.site.and_then(|site| site.rev)
    }

    fn means(&self) -> String {
        self.session.amr.join(", ")
    }
}
