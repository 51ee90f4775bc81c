//! Organizations and sites as people meet them: Sync, approvals, first visits, ends; and what a site
//! never learns of others.
//!
//! That has nine rules (claims-and-sync 4.5). Each has its `rule_…` in `nothing_of_others.rs`, for pages, tokens and
//! errors; what holds it elsewhere:
//!
//! | Rule | Elsewhere |
//! | --- | --- |
//! | 1. nothing of another site is told | `scim/view.rs`: `a_list_counts_nothing_of_other_sites`; `site_api/feed.rs`: `what_happens_at_another_site_is_not_in_it` |
//! | 2. one audience | `sync/delivery.rs`: `every_request_carries_a_token_that_connex_signed_for_this_site_alone`; `site_api/tokens.rs`: `a_token_for_sites_has_one_audience_and_names_no_person` |
//! | 3. a `sid` for each client | `oidc/logout/back_channel.rs`: `every_site_of_the_session_is_told_by_its_own_sid` |
//! | 4. one subject in tokens and copies | `scim/view.rs`: `a_pairwise_site_knows_people_by_the_subjects_of_its_tokens` |
//! | 5. views, and the same refusal | `scim/view.rs`: `what_is_another_sites_looks_like_what_nobody_has`; `scim/pages.rs`: `a_cursor_belongs_to_its_client_and_its_query`; `site_api/writes.rs`: `a_site_speaks_of_its_own_people_only` |
//! | 6. nothing personal beyond the contract | `sync/delivery.rs`: `a_copy_that_counts_no_more_is_told_nothing_else`; `sync/ledger.rs`: `what_somebody_who_left_does_elsewhere_is_not_told` |
//! | 7. no assets, no credits | |
//! | 8. no trouble of other sites | `sites/ends.rs`: `other_sites_are_not_told_of_an_end_that_is_not_theirs` |
//! | 9. searches have limits | `sign_up/attacks.rs`: `searching_and_signing_up_have_limits`; `site_api/limits.rs`: `a_site_searches_sixty_times_a_minute`; `site_api/organizations.rs`: `a_search_of_all_tells_what_anybody_finds` |

mod activity;
mod approvals;
mod ends;
mod nothing_of_others;
mod sync;
mod visits;

use connex::{
    accounts,
    audit::Actor,
    kernel::{MembershipId, OrganizationId, SiteId},
    organizations::{self, Place, Role},
    platform::store::{Sql, Unit},
    sites::{
        Family,
        approvals::{self as words, Approval, By, Said, Terms},
    },
};

use crate::support::{
    app::{Person, TestApp},
    client::TestClient,
    http::{Page, Visitor},
};

const EVERYTHING: &str = "openid profile email offline_access organization sites";

/// Northline: Dana founded it, Ellen administers, Marcus is a member; and Birch County, a OneOffice site.
struct Northline {
    app: TestApp,
    id: OrganizationId,
    dana: Person,
    ellen: Person,
    marcus: Person,
    birch: SiteId,
    client: TestClient,
}

impl Northline {
    async fn on(app: TestApp) -> Self {
        Self::at(app, "https://birch.example", false).await
    }

    /// The same, at a site that admits only people of approved organizations.
    async fn kept_out_of_birch(app: TestApp) -> Self {
        Self::at(app, "https://birch.example", true).await
    }

    /// The same, at a site that stands at `url`.
    async fn at(app: TestApp, url: &str, require_approval: bool) -> Self {
        let (birch, client) = app.site(Family::OneOffice, "Birch County", url, require_approval).await;
        let [dana, ellen, marcus] = [("dana", "Dana"), ("ellen", "Ellen"), ("marcus", "Marcus")];
        let (dana, ellen, marcus) = (named(&app, dana).await, named(&app, ellen).await, named(&app, marcus).await);
        let id = app.organization("Northline", &dana).await;
        app.add_to(id, &ellen, Role::Administrator).await;
        app.add_to(id, &marcus, Role::Member).await;
        Self { app, id, dana, ellen, marcus, birch, client }
    }

    async fn browser(&self, person: &Person) -> Visitor {
        let visitor = Visitor::new();
        let page = visitor.open(&self.app.at("/login")).await.page();
        let fields = [("username", person.username.as_str()), ("password", person.password.as_str())];
        assert!(visitor.press(&page, "button[type=submit]", &fields).await.page().has("#person"));
        visitor
    }

    async fn page(&self, visitor: &Visitor, path: &str) -> Page {
        visitor.open(&self.app.at(path)).await.page()
    }

    /// Presses Sync on the page of the site.
    async fn sync(&self, visitor: &Visitor) -> Page {
        let page = self.page(visitor, &self.birch_path()).await;
        visitor.press(&page, "#sync", &[]).await.page()
    }

    fn birch_path(&self) -> String {
        format!("/org/sites/{}", self.birch)
    }

    /// The agency says something.
    async fn says(&self, word: Says) -> Approval {
        let mut unit = self.app.app.db.write().await.unwrap();
        let approval = say(&mut unit, (self.birch, self.id), word).await.unwrap();
        unit.commit().await.unwrap();
        approval
    }

    async fn place(&self, person: &Person) -> Place {
        organizations::place_of(&mut self.app.app.db.read().await.unwrap(), person.id).await.unwrap().unwrap()
    }

    async fn membership(&self, person: &Person) -> MembershipId {
        let sql = "select id from memberships where organization_id = $1 and account_id = $2 order by id desc limit 1";
        let mut reader = self.app.app.db.read().await.unwrap();
        reader.sql(sql).bind(self.id).bind(person.id).scalar().await.unwrap().unwrap()
    }

    /// Removes somebody, as Dana does on their page. Where that leads.
    async fn remove(&self, person: &Person) -> Page {
        let dana = self.browser(&self.dana).await;
        let page = self.page(&dana, &format!("/org/users/{}/remove", self.membership(person).await)).await;
        dana.press(&page, "button[value=remove]", &[]).await.page()
    }

    /// What the site should hold of a person.
    async fn wanted(&self, person: &Person) -> Option<String> {
        wanted(&self.app, self.birch, person).await
    }

    /// Whether a person gets in at the site, without a question.
    async fn gets_in(&self, person: &Person) -> bool {
        let visitor = self.browser(person).await;
        let landing = visitor.open(&self.client.asks("openid").url()).await;
        match landing {
            crate::support::http::Landing::Outside(url) => url.as_str().contains("code="),
            crate::support::http::Landing::Page(page) => page.has("#allow"),
        }
    }
}

async fn wanted(app: &TestApp, site: SiteId, person: &Person) -> Option<String> {
    let sql = "select want from sync_items where site_id = $1 and resource_id = $2";
    app.app.db.read().await.unwrap().sql(sql).bind(site).bind(person.id).scalar().await.unwrap()
}

/// A person with a given name of their own.
async fn named(app: &TestApp, (username, given): (&str, &str)) -> Person {
    let person = app.person(username).await;
    let mut unit = app.app.db.write().await.unwrap();
    let name = (given.parse().unwrap(), "Whitfield".parse().unwrap());
    accounts::rename(&mut unit, &Actor::Operator, person.id, name).await.unwrap();
    unit.commit().await.unwrap();
    person
}

/// What an agency says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    Approved,
    Suspended,
    Denied,
    Revoked,
}

async fn say(unit: &mut Unit, at: (SiteId, OrganizationId), word: Says) -> Result<Approval, connex::sites::SiteError> {
    let (operator, said) = (Actor::Operator, Said { reason: Some("because".parse().unwrap()) });
    let by = By { clerk: Some("Gloria Reyes".parse().unwrap()), ..By::from(&operator) };
    match word {
        Says::Approved => {
            let terms = Terms { roles: vec!["bidder".into()], reason: said.reason, valid_until: None };
            words::approve_with(unit, by, at, terms).await
        }
        Says::Suspended => words::suspend(unit, by, at, said).await,
        Says::Denied => words::deny(unit, by, at, said).await,
        Says::Revoked => words::revoke(unit, by, at, said).await,
    }
}

/// Every site confirms everything, as whoever delivers would note it.
async fn confirm_everything(app: &TestApp) {
    app.change(
        "update sync_items set acked_rev = want_rev, acked_at = changed_at + 1, acked_active = (want = 'present'), state = 'ok'",
    )
    .await;
}
