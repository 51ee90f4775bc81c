//! The order of the layers, outermost first: reference and span, panics, faces, host, size, headers.

use std::{any::Any, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, Uri, header},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
};
use tower_http::{catch_panic::CatchPanicLayer, timeout::TimeoutLayer};

use super::{App, guard::guard, interface::Interface};
use crate::kernel::Fault;
use crate::platform::{
    telemetry::{Observer, observe},
    web::{
        PageError, Problem,
        face::{Asks, Easel, Logged, ScimError, draw_error_pages, name_the_reference},
        headers::for_every_answer,
    },
};

/// No form of ours is larger.
const MOST_OF_A_BODY: usize = 64 * 1024;
/// A handler that takes longer is given up, so that it holds nothing for ever.
const LONGEST_ANSWER: Duration = Duration::from_secs(30);

/// Puts the layers around `routes`.
pub(super) fn around(app: &App, routes: Router) -> Router {
    let routes = routes.method_not_allowed_fallback(not_allowed);
    let routes = routes.layer(from_fn_with_state(app.clone(), guard)).fallback(not_found);
    let headers: Headers = for_every_answer(app.config.issuer.is_https()).into();
    let easel = Easel { kit: app.accounts.kit.clone(), clock: app.db.clock().clone() };
    let observer = Observer { entropy: app.db.entropy().clone(), metrics: app.metrics.clone() };
    routes
        .layer(DefaultBodyLimit::max(MOST_OF_A_BODY))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, LONGEST_ANSWER))
        .layer(from_fn_with_state(Hosts::new(app.config.issuer.host()), only_our_host))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(easel, draw_error_pages))
        .layer(from_fn(name_the_reference))
        .layer(from_fn(log_faults))
        .layer(from_fn_with_state(headers, add_headers))
        .layer(from_fn_with_state(observer, observe))
}

type Headers = std::sync::Arc<[(HeaderName, HeaderValue)]>;

async fn add_headers(State(headers): State<Headers>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in headers.iter() {
        response.headers_mut().entry(name.clone()).or_insert_with(|| value.clone());
    }
    response
}

/// A fault is logged here and nowhere else, inside the request's span.
async fn log_faults(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if let Some(logged) = response.extensions().get::<Logged>() {
        tracing::error!(fault = ?logged.fault(), "{}", logged.fault());
    }
    response
}

/// Nothing is there: said in the face of whoever asks.
async fn not_found(uri: Uri) -> Response {
    match Interface::of(uri.path()) {
        Interface::Scim => ScimError::new(StatusCode::NOT_FOUND, "There is no such endpoint.").into_response(),
        Interface::Api => {
            Problem::new(StatusCode::NOT_FOUND, "not_found", "There is no such endpoint.").into_response()
        }
        Interface::Pages => PageError::not_found().into_response(),
    }
}

/// Something is there, but it is not written to: ConneX is the source of what sites hold. PATCH is refused
/// as every other method is, although RFC 7644 §3.5.2 has 501 for it: a 5xx would be counted as a defect.
async fn not_allowed(uri: Uri) -> Response {
    match Interface::of(uri.path()) {
        Interface::Scim => {
            let error = ScimError::new(StatusCode::METHOD_NOT_ALLOWED, READ_ONLY);
            error.asking(Asks::for_method("GET, HEAD")).into_response()
        }
        Interface::Api => {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "Not with this method.").into_response()
        }
        Interface::Pages => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    }
}

const READ_ONLY: &str = "ConneX is the source of these resources: they are changed there, and read here.";

/// A panic costs one request.
fn panicked(_: Box<dyn Any + Send>) -> Response {
    PageError::from(Fault::new("answer: the handler panicked")).into_response()
}

/// The host that we answer to.
#[derive(Clone)]
pub struct Hosts(std::sync::Arc<str>);

impl Hosts {
    /// The host of the issuer, with its port as a `Host` header shows it.
    #[must_use]
    pub fn new(host: &str) -> Self {
        Self(host.to_ascii_lowercase().into())
    }
}

/// Links and tokens speak of the configured issuer only; a request for another host is answered
/// 421, so that no cache or proxy can mix them. Health checks come by address and are let through.
async fn only_our_host(State(ours): State<Hosts>, request: Request, next: Next) -> Response {
    let is_health = matches!(request.uri().path(), "/livez" | "/readyz");
    let named = request.uri().authority().map(|authority| authority.as_str().to_owned());
    let named = named.or_else(|| Some(request.headers().get(header::HOST)?.to_str().ok()?.to_owned()));
    if is_health || named.is_some_and(|host| host.eq_ignore_ascii_case(&ours.0)) {
        return next.run(request).await;
    }
    Problem::new(StatusCode::MISDIRECTED_REQUEST, "unknown_host", "This server does not answer for that host.")
        .into_response()
}
