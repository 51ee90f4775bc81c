//! The pages of a sample OneOffice site as its own people use them: Gloria, who administers it, and its employees.

use connex::{kernel::OrganizationId, sites::Family};

use super::{
    agency::Agency,
    walk::{Manner, Walk},
};
use crate::support::app::TestApp;

/// The password of the employees with whom the demonstration begins.
const PASSWORD: &str = "maple canoe lantern harbor";

/// An agency with its employees and records.
pub async fn office(app: &TestApp) -> Agency {
    Agency::open_with(app, Family::OneOffice, "Birch County Road Commission", |settings| settings.demo = true).await
}

/// Logs an employee in with a password of the site, as far as the site lets them.
pub async fn log_in(walk: &mut Walk, url: &str, email: &str, password: &str) {
    walk.browser.goto(&format!("{url}/login")).await;
    walk.fill("email", email).await;
    walk.fill("password", password).await;
    walk.press("#employee-login").await;
}

/// Gloria at the site's Administration.
pub struct Gloria {
    pub walk: Walk,
    url: String,
}

impl Gloria {
    pub async fn logs_in(birch: &Agency, manner: Manner, story: &'static str) -> Self {
        let mut walk = Walk::begin_at(&birch.url, manner.in_english(), story).await;
        log_in(&mut walk, &birch.url, "gloria@birch.example", PASSWORD).await;
        walk.browser.wait_for("#who").await;
        walk.count_from_here();
        Self { walk, url: birch.url.clone() }
    }

    /// Opens a page of the site.
    pub async fn opens(&self, path: &str) {
        self.walk.browser.goto(&format!("{}{path}", self.url)).await;
    }

    /// Chooses a zone, and then a table of it.
    pub async fn chooses_the_table(&self, zone: &str, table: &str) {
        self.opens("/admin/records").await;
        for (name, label) in [("zone", zone), ("table", table)] {
            // The first click may only close the list of choices.
            crate::support::until("it is chosen", async || {
                self.walk.browser.select(&format!("#{name}"), label).await;
                self.walk.browser.click("form.filter button").await;
                self.walk.browser.url().await.contains(&format!("{name}={label}"))
            })
            .await;
        }
    }

    /// What the list of users says when it is searched for `text`.
    pub async fn finds(&self, text: &str) -> String {
        self.opens(&format!("/admin/records?zone=Core&table=User&q={text}")).await;
        self.walk.browser.text("main").await
    }

    /// Waits until the list of users says all of this of `text`.
    pub async fn until_the_list_says(&self, text: &str, words: &[&str]) {
        crate::support::until(&format!("the users say {words:?}"), async || {
            let list = self.finds(text).await;
            words.iter().all(|word| list.contains(word))
        })
        .await;
    }

    /// Opens the record of the only user who is found by `text`.
    pub async fn edits(&mut self, text: &str) {
        self.finds(text).await;
        self.walk.press("#users a[href^=\"/admin/users/\"]").await;
        self.walk.browser.wait_for("#save").await;
    }

    /// Finds an organization on the tab *ConneX Sync*, among those that stand at this site, and opens it.
    pub async fn opens_the_organization(&mut self, id: OrganizationId) {
        self.opens("/admin/sync").await;
        self.walk.browser.fill("#q", "north").await;
        self.walk.press("form.filter button").await;
        self.walk.press(&format!("a[href=\"/admin/sync/organizations/{id}\"]")).await;
        self.walk.browser.wait_for("#state").await;
    }

    /// Presses Resync on the page of the organization, and reads heading and list of the page that follows.
    pub async fn resyncs(&mut self, id: OrganizationId) -> (String, String) {
        self.opens_the_organization(id).await;
        self.walk.press("#resync").await;
        self.walk.browser.wait_for("#changes").await;
        (self.walk.browser.text("h1").await, self.walk.browser.text("#changes").await)
    }
}
