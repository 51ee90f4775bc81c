//! One connection: TLS, then HTTP/1.1 or HTTP/2, request after request.

use std::{
    convert::Infallible,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{
    Router,
    body::{Body, HttpBody},
    http::{HeaderValue, Request, Response, StatusCode, Version, header::CONNECTION},
};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use ipnet::IpNet;
use openssl::ssl::{Ssl, SslContext};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_openssl::SslStream;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::{
    ClientIp, Limits,
    body::{Answer, Paced},
    pace::{InFlight, Pace, Watched},
};

/// The other end of the connection, as a request extension: maybe a proxy, see [`ClientIp`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

/// What all connections share.
pub(super) struct Shared {
    pub(super) router: Router,
    pub(super) tls: Option<SslContext>,
    pub(super) trusted_proxies: Vec<IpNet>,
    pub(super) limits: Limits,
    pub(super) http: Builder<TokioExecutor>,
    pub(super) stop: CancellationToken,
}

/// The protocols, with their limits.
pub(super) fn http(limits: &Limits) -> Builder<TokioExecutor> {
    let mut http = Builder::new(TokioExecutor::new());
    // Headers are timed by `Pace`, since hyper's timer counts idle time as well.
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(None)
        .max_buf_size(usize::try_from(limits.header_bytes).unwrap_or(usize::MAX));
    http.http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(limits.ping)
        .keep_alive_timeout(limits.ping)
        .max_concurrent_streams(limits.streams)
        .max_header_list_size(limits.header_bytes);
    http
}

/// Serves a connection until either side ends it, or the other side is too slow.
pub(super) async fn serve(stream: TcpStream, peer: SocketAddr, shared: Arc<Shared>) {
    // Without this the last, small packet of an answer waits for the client's acknowledgement.
    drop(stream.set_nodelay(true));
    let pace = Arc::new(Pace::new(&shared.limits));
    let peer = SocketAddr::new(peer.ip().to_canonical(), peer.port());
    let talk = async {
        match &shared.tls {
            None => talk(stream, peer, &shared, &pace).await,
            Some(tls) => {
                if let Some(stream) = handshake(tls, stream).await {
                    talk(stream, peer, &shared, &pace).await;
                }
            }
        }
    };
    tokio::select! {
        () = talk => {}
        () = pace.expired() => tracing::debug!("closed a connection that was too slow"),
    }
}

/// The TLS handshake. Whatever fails is the other side's doing and is only worth a debug line.
async fn handshake(tls: &SslContext, stream: TcpStream) -> Option<SslStream<TcpStream>> {
    let mut stream = SslStream::new(Ssl::new(tls).ok()?, stream).ok()?;
    match Pin::new(&mut stream).accept().await {
        Ok(()) => Some(stream),
        Err(error) => {
            tracing::debug!(%error, "TLS handshake failed");
            None
        }
    }
}

async fn talk<S>(stream: S, peer: SocketAddr, shared: &Arc<Shared>, pace: &Arc<Pace>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let io = TokioIo::new(Watched::new(stream, Arc::clone(pace)));
    let service = service_fn(|request| {
        let in_flight = InFlight::begin(pace, request.version() == Version::HTTP_2);
        answer(request, peer, in_flight, Arc::clone(shared))
    });
    let mut connection = pin!(shared.http.serve_connection(io, service));
    let outcome = tokio::select! {
        outcome = connection.as_mut() => outcome,
        () = shared.stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = outcome {
        tracing::debug!(%error, "a connection ended in the middle");
    }
}

async fn answer(
    request: Request<Incoming>,
    peer: SocketAddr,
    in_flight: InFlight,
    shared: Arc<Shared>,
) -> Result<Response<Answer>, Infallible> {
    // HTTP/1 counts fields itself, HTTP/2 only their bytes.
    if request.headers().len() > shared.limits.header_fields {
        return Ok(refuse(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, in_flight));
    }
    let was_slow = Arc::new(AtomicBool::new(false));
    let mut request = request.map(|body| {
        if body.is_end_stream() {
            return Body::empty();
        }
        Body::new(Paced::new(body, &shared.limits, Arc::clone(&was_slow)))
    });
    let client = ClientIp::of(peer.ip(), request.headers(), &shared.trusted_proxies);
    request.extensions_mut().insert(Peer(peer));
    request.extensions_mut().insert(client);
    let Ok(response) = shared.router.clone().oneshot(request).await;
    if was_slow.load(Ordering::Relaxed) {
        return Ok(refuse(StatusCode::REQUEST_TIMEOUT, in_flight));
    }
    Ok(response.map(|body| Answer { body, _in_flight: in_flight }))
}

/// A bare answer, after which the connection ends.
fn refuse(status: StatusCode, in_flight: InFlight) -> Response<Answer> {
    let mut response = Response::new(Answer { body: Body::empty(), _in_flight: in_flight });
    *response.status_mut() = status;
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}
