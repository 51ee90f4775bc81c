//! What is done around every request: a reference, a span, a measurement.

use axum::{
    extract::{MatchedPath, Request, State},
    http::HeaderName,
    middleware::Next,
    response::Response,
};
use tracing::Instrument as _;

use super::{
    metrics::{Asked, Metrics},
    request_id::Reference,
    stopwatch::Stopwatch,
};
use crate::kernel::Entropy;

/// The header with the reference.
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What [`observe`] needs.
#[derive(Clone)]
pub struct Observer {
    /// Where references come from.
    pub entropy: Entropy,
    /// Where measurements go.
    pub metrics: Metrics,
}

/// The outermost layer of the router, `from_fn_with_state(observer, observe)`.
///
/// The request gets a [`Reference`] as an extension, the answer gets it as `x-request-id`, and
/// all that is logged meanwhile bears it. Neither path nor query is logged: they may hold the
/// secret of a link or a code.
pub async fn observe(State(observer): State<Observer>, mut request: Request, next: Next) -> Response {
    let watch = Stopwatch::start();
    let reference = Reference::new(&observer.entropy);
    request.extensions_mut().insert(reference);
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let span = tracing::info_span!("request", %reference, route);
    let asked = Asked { route, method: request.method().clone() };
    let mut response = next.run(request).instrument(span).await;
    response.headers_mut().insert(X_REQUEST_ID, reference.header());
    observer.metrics.answered(asked, response.status().as_u16(), watch.elapsed());
    response
}

#[cfg(test)]
mod tests {
    use axum::{Extension, Router, body::Body, middleware::from_fn_with_state, routing::get};
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;

    async fn ask(router: &Router, path: &str) -> (Response<()>, String) {
        let request = Request::get(path).header("x-request-id", "EVE").body(Body::empty()).unwrap();
        let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        (Response::from_parts(parts, ()), String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn a_request_bears_its_reference_and_is_counted_by_its_route() {
        let observer = Observer { entropy: Entropy::seeded(1), metrics: Metrics::new() };
        let router = Router::new()
            .route(
                "/link/{secret}",
                get(|Extension(reference): Extension<Reference>| async move { reference.to_string() }),
            )
            .layer(from_fn_with_state(observer.clone(), observe));
        let (response, body) = ask(&router, "/link/canary").await;
        assert_eq!(response.headers()["x-request-id"], body.as_str());
        let (other, _) = ask(&router, "/nowhere/canary").await;
        assert_ne!(other.headers()["x-request-id"], body.as_str());
        let text = observer.metrics.render().unwrap();
        assert!(text.contains("route=\"/link/{secret}\",method=\"GET\",status=\"2xx\"} 1"), "{text}");
        assert!(text.contains("route=\"none\",method=\"GET\",status=\"4xx\"} 1"), "{text}");
        assert!(!text.contains("canary"), "{text}");
    }
}
