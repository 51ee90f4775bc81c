//! A site that only listens: it keeps what it gets, and answers as the test tells it to. It stands
//! for a back-channel logout endpoint, and for the canary that nobody may ever call.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use connex::platform::{config::Http, serve::Server};
use serde_json::Value;
use tokio::net::TcpSocket;
use tokio_util::sync::CancellationToken;

use super::{app::TestApp, tls};

/// How a receiver answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Manner {
    /// With this status.
    Answers(u16),
    /// With this document.
    Gives(Value),
    /// With 503, and the wish to be asked again after so many seconds.
    IsBusyFor(u32),
    /// With a redirect of this status to this address.
    SendsTo(u16, String),
    /// Not at all.
    Hangs,
}

/// One request as it came.
#[derive(Debug, Clone)]
pub struct Received {
    pub headers: HeaderMap,
    pub body: String,
}

impl Received {
    /// The body as a form.
    pub fn form(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(self.body.as_bytes()).into_owned().collect()
    }

    /// The logout token, which has to be the only parameter of a form.
    pub fn logout_token(&self) -> String {
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/x-www-form-urlencoded");
        match self.form().as_slice() {
            [(name, token)] if name == "logout_token" => token.clone(),
            other => panic!("not a single logout_token: {other:?}"),
        }
    }
}

/// A listening site. It stops when dropped.
pub struct Receiver {
    pub url: String,
    inside: Arc<Inside>,
    stop: CancellationToken,
}

struct Inside {
    manner: Mutex<Manner>,
    received: Mutex<Vec<Received>>,
}

/// An address that refuses connections, held so that nobody else gets it.
pub struct Down {
    pub url: String,
    address: SocketAddr,
    https: bool,
    folder: Arc<tempfile::TempDir>,
    _held: TcpSocket,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Receiver {
    /// A site that answers 200, over the scheme of `app`.
    pub async fn start(app: &TestApp) -> Self {
        let folder = app.folder.clone();
        Self::listen("127.0.0.1:0".parse().unwrap(), app.setting.https, folder).await
    }

    /// The same over https, whatever `app` speaks.
    pub async fn start_https(app: &TestApp) -> Self {
        Self::listen("127.0.0.1:0".parse().unwrap(), true, app.folder.clone()).await
    }

    async fn listen(listen: SocketAddr, https: bool, folder: Arc<tempfile::TempDir>) -> Self {
        let tls = https.then(|| tls::files(folder.path()));
        let http = Http { listen, metrics_listen: None, tls, trusted_proxies: Vec::new() };
        let server = Server::bind(&http).await.unwrap();
        let url = url_of(server.local_addr(), https);
        let inside = Arc::new(Inside { manner: Mutex::new(Manner::Answers(200)), received: Mutex::default() });
        let router = Router::new().fallback(answer).with_state(inside.clone());
        let stop = CancellationToken::new();
        tokio::spawn(server.run(router, stop.clone()));
        Self { url, inside, stop }
    }

    /// From now on it answers so.
    pub fn behave(&self, manner: Manner) {
        *self.inside.manner.lock().unwrap() = manner;
    }

    /// What came so far.
    pub fn received(&self) -> Vec<Received> {
        self.inside.received.lock().unwrap().clone()
    }

    /// Waits until `count` requests came, and gives them.
    pub async fn waits_for(&self, app: &TestApp, count: usize) -> Vec<Received> {
        app.until("a request at the receiver", async || self.received().len() >= count).await;
        let received = self.received();
        assert_eq!(received.len(), count);
        received
    }
}

impl Down {
    /// An address over the scheme of `app` at which nobody listens.
    pub fn hold(app: &TestApp) -> Self {
        let held = TcpSocket::new_v4().unwrap();
        held.set_reuseaddr(true).unwrap();
        held.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let (address, https) = (held.local_addr().unwrap(), app.setting.https);
        Self { url: url_of(address, https), address, https, folder: app.folder.clone(), _held: held }
    }

    /// The site comes back, at the same address.
    pub async fn comes_back(self) -> Receiver {
        Receiver::listen(self.address, self.https, self.folder.clone()).await
    }
}

fn url_of(address: SocketAddr, https: bool) -> String {
    format!("{}://{address}", if https { "https" } else { "http" })
}

async fn answer(State(inside): State<Arc<Inside>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    if uri.path().starts_with("/scim/") {
        // It takes no accounts, and what is said about them is not what its tests are about.
        return StatusCode::NOT_IMPLEMENTED.into_response();
    }
    let body = String::from_utf8_lossy(&body).into_owned();
    inside.received.lock().unwrap().push(Received { headers, body });
    let manner = inside.manner.lock().unwrap().clone();
    match manner {
        Manner::Answers(status) => StatusCode::from_u16(status).unwrap().into_response(),
        Manner::Gives(document) => Json(document).into_response(),
        Manner::IsBusyFor(seconds) => {
            (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, HeaderValue::from(seconds))]).into_response()
        }
        Manner::SendsTo(status, to) => {
            (StatusCode::from_u16(status).unwrap(), [(header::LOCATION, to)]).into_response()
        }
        Manner::Hangs => std::future::pending().await,
    }
}
