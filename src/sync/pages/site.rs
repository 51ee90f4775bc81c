//! One site, as one organization stands to it. `GET|POST /org/sites/{id}`

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};

use super::{
    access::path_of,
    press, readiness,
    stands::{self, SiteLine},
    store::people::{self, PersonRow},
    timeline::{self, Happening},
};
use crate::accounts::Accounts;
use crate::kernel::{Leaf, SiteId};
use crate::organizations::{self, Place, extract::Staff};
use crate::platform::web::{Form, Page, PageError, Routes, Shell, see_other_with};
use crate::sites::SiteError;

/// The pages of this part.
pub(super) fn routes(accounts: Accounts) -> Routes {
    Routes::new().get("/org/sites/{id}", show).post("/org/sites/{id}", submit).with_state(accounts)
}

#[derive(Template)]
#[template(path = "sync/site.html")]
struct SitePage {
    shell: Shell,
    place: Place,
    line: SiteLine,
    people: Vec<PersonRow>,
    page: i64,
    has_more: bool,
    address: String,
    happenings: Vec<Happening>,
    who_can: String,
}

impl SitePage {
    fn administers(&self) -> bool {
        self.place.role.administers()
    }

    /// Whether an approval is left to ask for beside the button that syncs.
    fn can_ask(&self) -> bool {
        matches!(self.line.stands, stands::Stands::Linked | stands::Stands::NotLinked)
            && !self.line.require_approval
            && self.line.requested_at.is_none()
    }

    /// Whether there is a link whose end would close anything.
    fn can_unlink(&self) -> bool {
        self.line.stands == stands::Stands::Linked
    }

    fn readiness(&self, person: &PersonRow) -> readiness::Readiness {
        person.copy.readiness()
    }
}

#[derive(serde::Deserialize)]
struct Asked {
    #[serde(default)]
    page: String,
}

/// The site with this id, as the organization stands to it.
pub(super) async fn line(accounts: &Accounts, staff: &Staff, id: &str) -> Result<SiteLine, PageError> {
    let id: SiteId = id.parse().map_err(|_| PageError::not_found())?;
    let line = stands::at(&mut accounts.db.read().await?, staff.place.organization, id).await?;
    line.ok_or_else(PageError::not_found)
}

/// The shell of a page below the tab of the site's family.
pub(super) fn shell(accounts: &Accounts, staff: &Staff, line: &SiteLine) -> Shell {
    let mut shell = staff.shell(accounts);
    path_of(line.family).clone_into(&mut shell.path);
    shell
}

async fn show(
    State(accounts): State<Accounts>,
    staff: Staff,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let line = line(&accounts, &staff, &id).await?;
    let shell = shell(&accounts, &staff, &line);
    let (organization, page) = (staff.place.organization, asked.page.parse::<i64>().unwrap_or(1).clamp(1, 2000));
    // Who else is in the organization is for those who administer it; everybody sees their own copy.
    let is_for_all = staff.place.role.administers();
    let only = (!is_for_all).then_some(staff.place.account);
    let mut reader = accounts.db.read().await?;
    let Leaf { rows: people, has_more } = people::at_site(&mut reader, (organization, line.id), only, page).await?;
    let happenings = match is_for_all {
        true => timeline::of_site(&mut reader, organization, &line, shell.t).await?,
        false => Vec::new(),
    };
    let deciders = organizations::deciders(&mut reader, organization).await?;
    drop(reader);
    let who_can = deciders.into_iter().map(|(name, _)| name).take(3).collect::<Vec<_>>().join(", ");
    let address = format!("/org/sites/{}?page=", line.id);
    let page = SitePage {
        shell: shell.clone(),
        place: staff.place,
        line,
        people,
        page,
        has_more,
        address,
        happenings,
        who_can,
    };
    Ok(Page::new(&shell, page).into_response())
}

async fn submit(
    State(accounts): State<Accounts>,
    staff: Staff,
    Path(id): Path<String>,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let (by, t) = (staff.administrator()?, staff.words(&accounts));
    let site = line(&accounts, &staff, &id).await?.id;
    if fields.get("act") == Some("request") {
        let mut unit = accounts.db.write().await?;
        by.hold_as_it_is(&mut unit).await?;
        match press::ask(&mut unit, by, site).await {
            Err(SiteError::Fault(fault)) => return Err(fault.into()),
            Err(_) => drop(unit),
            Ok(()) => unit.commit().await?,
        }
        let after = line(&accounts, &staff, &id).await?;
        let notice = match after.requested_at {
            Some(_) => t.sync_was_asked(&after.name),
            None => after.result(t),
        };
        return Ok(see_other_with(&accounts.kit, &format!("/org/sites/{site}"), &notice));
    }
    press::press(&accounts, by, &[site]).await?;
    let notice = line(&accounts, &staff, &id).await?.result(t);
    Ok(see_other_with(&accounts.kit, &format!("/org/sites/{site}"), &notice))
}
