//! One site: its settings, its sessions, and the routes that every site has.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{from_fn_with_state, map_response_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::api::Token;
use crate::backchannel::{self, Replays};
use crate::cookie::Cookies;
use crate::copy::Copies;
use crate::page::{self, Guards, Pages, Problem};
use crate::provider::Provider;
use crate::session::Sessions;
use crate::settings::{BACKCHANNEL_PATH, CALLBACK_PATH, SCIM_PATH, Settings};
use crate::visit::{SESSION_COOKIE, Visit};
use crate::{form, scim, sign_in, sign_out};

/// No form of a site is larger.
const BODY_BYTES_MAX: usize = 32 * 1024;
/// When the site stops, answers under way have this long to end.
const DRAIN: Duration = Duration::from_secs(3);

/// A page does not wait longer to learn whether ConneX answers.
const PATIENCE: Duration = Duration::from_secs(2);

/// A running site.
pub struct Site {
    /// What the site was told.
    pub settings: Settings,
    pub(crate) provider: Provider,
    pub(crate) sessions: Sessions,
    pub(crate) replays: Replays,
    pub(crate) cookies: Cookies,
    pub(crate) guards: Guards,
    pub(crate) pages: Box<dyn Pages>,
    pub(crate) token: Token,
    /// What the site holds of ConneX's people and organizations.
    pub copies: Copies,
}

impl Site {
    /// Prepares a site, and opens its database. ConneX is not asked for anything yet.
    ///
    /// # Errors
    /// When the settings cannot be used, see [`Settings::check`], or the database cannot be opened.
    pub async fn open(settings: Settings, pages: impl Pages) -> anyhow::Result<Arc<Self>> {
        settings.check()?;
        let copies = Copies::open(settings.database.as_deref()).await?;
        Ok(Arc::new(Self {
            provider: Provider::open(&settings)?,
            sessions: Sessions::default(),
            replays: Replays::default(),
            cookies: Cookies::of(&settings),
            guards: Guards::of(&settings)?,
            pages: Box::new(pages),
            token: Token::default(),
            copies,
            settings,
        }))
    }

    /// A cookie of this site, by its short name.
    pub fn cookie<'h>(&self, headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
        self.cookies.get(headers, name)
    }

    /// Puts a cookie into the browser; `value` is base64url. With no seconds it is taken out.
    pub fn set_cookie(&self, response: &mut Response, name: &str, value: &str, seconds: i64) {
        self.cookies.set(response, name, value, seconds);
    }

    /// Ends the session that a browser has with ConneX's people at this site, because somebody else sits down there.
    pub fn leave(&self, headers: &HeaderMap) {
        if let Some(id) = self.cookies.get(headers, SESSION_COOKIE) {
            self.sessions.close(id);
        }
    }

    /// Whether ConneX answers, so that a page can say it before somebody is sent there.
    pub async fn connex_answers(&self) -> bool {
        tokio::time::timeout(PATIENCE, self.provider.metadata()).await.is_ok_and(|answer| answer.is_ok())
    }

    /// A problem in the site's dress.
    pub fn problem(&self, problem: &Problem) -> Response {
        problem.page(self)
    }

    /// Serves the site's own pages together with the routes that every site has, until `stop` is done.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn serve(
        self: Arc<Self>,
        pages: Router<Arc<Self>>,
        listener: TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> anyhow::Result<()> {
        tracing::info!(site = %self.settings.name, url = %self.settings.url, "ready");
        let (stopping, stopped) = oneshot::channel();
        let stop = async move {
            stop.await;
            _ = stopping.send(());
        };
        let server = axum::serve(listener, self.router(pages)).with_graceful_shutdown(stop);
        // A browser that keeps its connection open must not keep the site from stopping.
        let overdue = async move {
            _ = stopped.await;
            tokio::time::sleep(DRAIN).await;
        };
        tokio::select! {
            ended = server.into_future() => Ok(ended?),
            () = overdue => Ok(()),
        }
    }

    fn router(self: Arc<Self>, pages: Router<Arc<Self>>) -> Router {
        pages
            .layer(from_fn_with_state(self.clone(), form::own_forms))
            .route(sign_in::PATH, get(sign_in::begin).post(sign_in::begin))
            .route(CALLBACK_PATH, get(sign_in::finish))
            .route(BACKCHANNEL_PATH, post(backchannel::end))
            .route("/logout", post(sign_out::leave))
            .route("/site.css", get(stylesheet))
            .nest(SCIM_PATH, scim::routes(&self))
            .fallback(not_found)
            .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
            .layer(map_response_with_state(self.clone(), page::guard))
            .with_state(self)
    }
}

async fn stylesheet(State(site): State<Arc<Site>>) -> Response {
    let headers = [(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "public, max-age=300")];
    (headers, site.pages.stylesheet()).into_response()
}

async fn not_found(State(site): State<Arc<Site>>, visit: Visit) -> Response {
    Problem::new(StatusCode::NOT_FOUND, "There is no such page", "The address may be mistyped or out of date.")
        .page_for(&site, visit.session.as_deref())
}
