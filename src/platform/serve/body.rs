//! Bodies: those of requests must come fast enough, those of answers keep the request in flight.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use super::{Limits, pace::InFlight};

/// The body of a request, which fails when it comes too slowly.
pub(super) struct Paced {
    body: Incoming,
    stall: Duration,
    bytes_per_second: u32,
    began_at: Instant,
    bytes: u64,
    /// Set while the body waits for more.
    waiting: Option<Pin<Box<Sleep>>>,
    was_slow: Arc<AtomicBool>,
}

impl Paced {
    /// Guards `body`; sets `was_slow` when it fails.
    pub(super) fn new(body: Incoming, limits: &Limits, was_slow: Arc<AtomicBool>) -> Self {
        let (stall, bytes_per_second) = (limits.stall, limits.body_bytes_per_second.max(1));
        Self { body, stall, bytes_per_second, began_at: Instant::now(), bytes: 0, waiting: None, was_slow }
    }

    /// When the next piece has to be here: `stall` from now, and early enough for the whole to
    /// keep its average.
    fn deadline(&self) -> Instant {
        let earned = Duration::from_secs(self.bytes / u64::from(self.bytes_per_second));
        let average = self.began_at + self.stall + earned;
        average.min(Instant::now() + self.stall)
    }
}

impl HttpBody for Paced {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) {
            this.waiting = None;
            if let Some(Ok(frame)) = &frame {
                let length = frame.data_ref().map_or(0, Bytes::len);
                this.bytes = this.bytes.saturating_add(u64::try_from(length).unwrap_or_default());
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(axum::Error::new)));
        }
        let deadline = this.deadline();
        let waiting = this.waiting.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        std::task::ready!(waiting.as_mut().poll(cx));
        this.was_slow.store(true, Ordering::Relaxed);
        let error = io::Error::new(io::ErrorKind::TimedOut, "the body came too slowly");
        Poll::Ready(Some(Err(axum::Error::new(error))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The body of an answer; the request is in flight until it is dropped.
pub(super) struct Answer {
    pub(super) body: Body,
    pub(super) _in_flight: InFlight,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
