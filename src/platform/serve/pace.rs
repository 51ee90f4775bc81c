//! What a connection is doing, and until when it may go on doing it.
//!
//! Hyper has a time for headers, but it counts the idle time between two requests too; it has
//! none for the first byte, for the TLS handshake, or for answers that nobody reads.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, sleep_until},
};

use super::Limits;

/// The clock of one connection.
pub(super) struct Pace {
    header: Duration,
    stall: Duration,
    idle: Duration,
    state: Mutex<State>,
}

struct State {
    /// Requests whose answers are not finished.
    requests: usize,
    /// Since when a header is being read. At first that is so from the start.
    header_since: Option<Instant>,
    /// Since when there is no request.
    idle_since: Instant,
    /// Since when the other side takes nothing of an answer.
    stalled_since: Option<Instant>,
    /// With HTTP/2 bytes between requests are not the beginning of a header: pings come too.
    is_http2: bool,
}

impl Pace {
    /// A connection that was accepted now.
    pub(super) fn new(limits: &Limits) -> Self {
        let now = Instant::now();
        let state =
            State { requests: 0, header_since: Some(now), idle_since: now, stalled_since: None, is_http2: false };
        Self { header: limits.header, stall: limits.stall, idle: limits.idle, state: Mutex::new(state) }
    }

    /// Ends when the connection has waited too long for the other side.
    pub(super) async fn expired(&self) {
        loop {
            let (now, deadline) = (Instant::now(), self.deadline());
            if deadline.is_some_and(|deadline| deadline <= now) {
                return;
            }
            // A nearer deadline may come up meanwhile. To be woken for each would cost every
            // request something; to look now and then costs an idle connection nearly nothing.
            let next_look = now + self.header.min(self.stall).min(self.idle) / 2;
            sleep_until(deadline.map_or(next_look, |deadline| deadline.min(next_look))).await;
        }
    }

    fn deadline(&self) -> Option<Instant> {
        let state = self.state();
        let stalled = state.stalled_since.map(|since| since + self.stall);
        let waiting = match (state.requests, state.header_since) {
            (0, Some(since)) => Some(since + self.header),
            (0, None) => Some(state.idle_since + self.idle),
            _ => None,
        };
        stalled.into_iter().chain(waiting).min()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn bytes_came(&self) {
        let mut state = self.state();
        if state.requests == 0 && !state.is_http2 && state.header_since.is_none() {
            state.header_since = Some(Instant::now());
        }
    }

    fn stalled(&self, is_stalled: bool) {
        self.state().stalled_since = is_stalled.then(Instant::now);
    }
}

/// A request in flight, until its answer was sent or dropped.
pub(super) struct InFlight(Arc<Pace>);

impl InFlight {
    /// A header was read in full.
    pub(super) fn begin(pace: &Arc<Pace>, is_http2: bool) -> Self {
        let mut state = pace.state();
        state.requests += 1;
        state.header_since = None;
        state.is_http2 = is_http2;
        drop(state);
        Self(Arc::clone(pace))
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.requests = state.requests.saturating_sub(1);
        state.idle_since = Instant::now();
    }
}

/// A stream that tells the clock what happens on it.
pub(super) struct Watched<S> {
    stream: S,
    pace: Arc<Pace>,
    is_stalled: bool,
}

impl<S> Watched<S> {
    pub(super) const fn new(stream: S, pace: Arc<Pace>) -> Self {
        Self { stream, pace, is_stalled: false }
    }

    /// Notes whether a write waits for the other side.
    fn note<T>(&mut self, outcome: Poll<T>) -> Poll<T> {
        if outcome.is_pending() != self.is_stalled {
            self.is_stalled = outcome.is_pending();
            self.pace.stalled(self.is_stalled);
        }
        outcome
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        if buf.filled().len() > before {
            self.pace.bytes_came();
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<std::io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.note(outcome)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        let outcome = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.note(outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.note(outcome)
    }
}
