//! Trouble on purpose: a test holds a handle and says what goes wrong with the next requests of ConneX. It cannot be
//! reached over HTTP, and [`Settings::check`](crate::Settings::check) refuses it anywhere but on this machine.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;

/// A queue of mishaps that the site and a test share. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Trouble(Arc<Mutex<VecDeque<Mishap>>>);

/// What goes wrong with one request.
#[derive(Clone, Debug)]
pub struct Mishap {
    /// Waits so long first.
    pub delay: Duration,
    /// Whether the request is done before the answer is spoiled: a site that works, and an answer that is lost.
    pub is_done: bool,
    /// What is answered in place of the truth; `None` answers the truth.
    pub answer: Option<Answer>,
}

/// A spoiled answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers, such as `retry-after` or `location`.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// Its body.
    pub body: Vec<u8>,
}

impl Trouble {
    /// The next `count` requests meet this mishap.
    pub fn next(&self, count: usize, mishap: &Mishap) {
        self.queue(|queue| queue.extend(std::iter::repeat_n(mishap.clone(), count)));
    }

    /// All is well again.
    pub fn end(&self) {
        self.queue(VecDeque::clear);
    }

    /// How many mishaps have not happened yet.
    pub fn left(&self) -> usize {
        self.queue(|queue| queue.len())
    }

    pub(crate) fn take(&self) -> Option<Mishap> {
        self.queue(VecDeque::pop_front)
    }

    fn queue<T>(&self, change: impl FnOnce(&mut VecDeque<Mishap>) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Mishap {
    /// The request is not done, and this status is answered.
    pub fn status(status: StatusCode) -> Self {
        Self::answer(Answer { status, headers: Vec::new(), body: Vec::new() })
    }

    /// The request is not done, and this is answered.
    pub fn answer(answer: Answer) -> Self {
        Self { delay: Duration::ZERO, is_done: false, answer: Some(answer) }
    }

    /// The request is done late, and its true answer given.
    pub fn delay(delay: Duration) -> Self {
        Self { delay, is_done: true, answer: None }
    }

    /// The request is done all the same; only its answer is lost.
    pub fn once_done(self) -> Self {
        Self { is_done: true, ..self }
    }
}

impl From<Answer> for Response {
    fn from(answer: Answer) -> Self {
        let mut response = Self::new(Body::from(answer.body));
        *response.status_mut() = answer.status;
        response.headers_mut().extend(answer.headers);
        response
    }
}
