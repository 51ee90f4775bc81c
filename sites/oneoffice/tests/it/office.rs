//! One agency with its demonstration data, a provider in place of ConneX, and browsers.

use std::sync::Arc;

use reqwest::cookie::Jar;
use reqwest::redirect::Policy;
use sample_oneoffice::Settings;
use serde_json::json;
use tokio::net::TcpListener;
use url::Url;

use crate::provider::{CLIENT_ID, CLIENT_SECRET, Provider};
use crate::scim::{Pusher, group, user};

pub const PASSWORD: &str = "maple canoe lantern harbor";

pub struct Office {
    pub provider: Provider,
    pub connex: Pusher,
    pub url: Url,
}

/// A browser that follows wherever a page leads.
pub struct Browser {
    http: reqwest::Client,
    url: Url,
}

#[derive(Debug)]
pub struct Page {
    pub status: u16,
    pub path: String,
    pub html: String,
}

impl Office {
    pub async fn open() -> Self {
        let provider = Provider::start(listener().await).await;
        let listener = listener().await;
        let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let registration = json!({
            "site_id": "birch", "name": "Birch County", "kind": "oneoffice", "url": url, "issuer": provider.issuer,
            "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET,
        });
        let mut settings = Settings::from_json(&registration.to_string()).unwrap();
        settings.demo = true;
        tokio::spawn(sample_oneoffice::serve(settings, listener, std::future::pending()));
        let connex = Pusher::new(&provider, &url);
        Self { provider, connex, url }
    }

    /// An agency to which ConneX has sent Northline with Priya.
    pub async fn with_northline() -> Self {
        let office = Self::open().await;
        office.connex.post("/Groups", &group("org_1", 1)).await;
        office.connex.post("/Users", &user("priya", 1)).await;
        office
    }

    pub fn browser(&self) -> Browser {
        let http = reqwest::Client::builder().cookie_provider(Arc::new(Jar::default()));
        Browser { http: http.redirect(Policy::limited(10)).build().unwrap(), url: self.url.clone() }
    }

    /// Gloria, the administrator, logged in.
    pub async fn gloria(&self) -> Browser {
        let browser = self.browser();
        let page = browser.log_in("gloria@birch.example", PASSWORD).await;
        assert!(page.html.contains("Gloria Reyes"), "{page:?}");
        browser
    }
}

async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

impl Browser {
    pub async fn open(&self, path: &str) -> Page {
        Page::of(self.http.get(self.url.join(path).unwrap())).await
    }

    /// Presses a button of a page of this site.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Page {
        Page::of(self.http.post(self.url.join(path).unwrap()).header("sec-fetch-site", "same-origin").form(form)).await
    }

    /// Another site's page presses it.
    pub async fn post_from_elsewhere(&self, path: &str, form: &[(&str, &str)]) -> Page {
        Page::of(self.http.post(self.url.join(path).unwrap()).header("sec-fetch-site", "cross-site").form(form)).await
    }

    pub async fn log_in(&self, email: &str, password: &str) -> Page {
        self.post("/login/employee", &[("email", email), ("password", password)]).await
    }

    /// The address of the record of whoever is named so in the list of users.
    pub async fn record(&self, name: &str) -> String {
        let list = self.open("/admin/records?zone=Core&table=User").await.html;
        let row = list.split("<tr>").find(|row| row.contains(&format!(">{name}</th>"))).unwrap_or_default();
        row.split("<a href=\"/admin/users/")
            .nth(1)
            .map(|rest| format!("/admin/users/{}", rest.split('"').next().unwrap()))
            .unwrap_or_default()
    }
}

impl Page {
    async fn of(request: reqwest::RequestBuilder) -> Self {
        let answer = request.send().await.unwrap();
        let path = answer.url().path().to_owned();
        Self { status: answer.status().as_u16(), path, html: answer.text().await.unwrap() }
    }

    pub fn says(&self, text: &str) -> bool {
        self.html.contains(text)
    }
}
