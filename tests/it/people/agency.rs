//! The sample sites as their agencies run them, registered as the operator does.

use std::{net::SocketAddr, time::Duration};

use connex::{
    audit::Actor,
    kernel::{OrganizationId, SiteId},
    platform::store::Sql,
    sites::{self, Family},
};
use sample_oneoffice::Settings;
use serde_json::json;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_util::sync::CancellationToken;

use crate::support::app::TestApp;

/// A running site. It stops when dropped.
pub struct Agency {
    pub url: String,
    pub id: SiteId,
    kind: Family,
    settings: Settings,
    stop: CancellationToken,
}

/// A site that does not run. Its place is kept, and connections are refused there.
pub struct Down {
    id: SiteId,
    kind: Family,
    settings: Settings,
    address: SocketAddr,
    held: TcpSocket,
}

impl Drop for Agency {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Agency {
    pub async fn open(app: &TestApp, kind: Family, name: &str) -> Self {
        Self::open_with(app, kind, name, |_| {}).await
    }

    /// The same with other settings.
    pub async fn open_with(app: &TestApp, kind: Family, name: &str, change: impl FnOnce(&mut Settings)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (id, client) = app.site(kind, name, &url, false).await;
        let registration = json!({
            "kind": kind.as_str(), "site_id": id, "name": name, "url": url, "issuer": app.issuer,
            "client_id": client.id, "client_secret": client.secret,
        });
        let mut settings = Settings::from_json(&registration.to_string()).unwrap();
        settings.extra_ca_file = app.app.config.outbound.extra_ca_file.clone();
        change(&mut settings);
        Self::serve(id, kind, settings, listener)
    }

    fn serve(id: SiteId, kind: Family, settings: Settings, listener: TcpListener) -> Self {
        let (url, stop) = (format!("http://{}", listener.local_addr().unwrap()), CancellationToken::new());
        let (told, until) = (settings.clone(), stop.clone().cancelled_owned());
        match kind {
            Family::OneOffice => drop(tokio::spawn(sample_oneoffice::serve(told, listener, until))),
            Family::OneGov => drop(tokio::spawn(sample_onegov::serve(told, listener, until))),
        }
        Self { url, id, kind, settings, stop }
    }

    /// The site goes down.
    pub async fn goes_down(self) -> Down {
        let (id, kind, settings) = (self.id, self.kind, self.settings.clone());
        let address: SocketAddr = self.url.trim_start_matches("http://").parse().unwrap();
        drop(self);
        while TcpStream::connect(address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let held = TcpSocket::new_v4().unwrap();
        held.set_reuseaddr(true).unwrap();
        held.bind(address).unwrap();
        Down { id, kind, settings, address, held }
    }

    /// The agency approves an organization, by the word of the operator.
    pub async fn approves(&self, app: &TestApp, organization: OrganizationId) {
        let mut unit = app.app.db.write().await.unwrap();
        sites::approve(&mut unit, &Actor::Operator, self.id, organization, vec!["bidder".to_owned()]).await.unwrap();
        unit.commit().await.unwrap();
    }

    /// Waits until the site has confirmed all that it should hold, and was compared.
    pub async fn is_right(&self, app: &TestApp) {
        let owed = "select (select count(*) from sync_items
                            where site_id = $1 and (state <> 'ok' or acked_rev <> want_rev))
                         + (select count(*) from sync_sites where site_id = $1 and compare_at <= $2)";
        app.until("the site is right", async || {
            let mut reader = app.app.db.read().await.unwrap();
            let count: Option<i64> = reader.sql(owed).bind(self.id).bind(app.now()).scalar().await.unwrap();
            count == Some(0)
        })
        .await;
    }

    /// Has the site compared with what it should hold, as happens by itself every hour. The clock stays: a sample site
    /// lives in the system's time, and takes nothing that was signed an hour ahead of it.
    pub async fn hour_of_comparing(&self, app: &TestApp) {
        app.change("update sync_sites set compare_at = 0").await;
        self.is_right(app).await;
    }
}

impl Down {
    /// The site is there again, at its place.
    pub async fn comes_back(self) -> Agency {
        drop(self.held);
        let listener = TcpListener::bind(self.address).await.unwrap();
        Agency::serve(self.id, self.kind, self.settings, listener)
    }
}
