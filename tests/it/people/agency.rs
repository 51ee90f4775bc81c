//! The sample sites as their agencies run them, registered as the operator does.

use connex::sites::Family;
use sample_oneoffice::Settings;
use serde_json::json;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::support::app::TestApp;

/// A running site. It stops when dropped.
pub struct Agency {
    pub url: String,
    pub id: connex::kernel::SiteId,
    serving: JoinHandle<anyhow::Result<()>>,
}

impl Drop for Agency {
    fn drop(&mut self) {
        self.serving.abort();
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
        let forever = std::future::pending();
        let serving = match kind {
            Family::OneOffice => tokio::spawn(sample_oneoffice::serve(settings, listener, forever)),
            Family::OneGov => tokio::spawn(sample_onegov::serve(settings, listener, forever)),
        };
        Self { url, id, serving }
    }
}
