//! What many do at the same moment: on both engines, on one node and on three.

mod assertions;
mod codes;
mod keys;
mod nodes;
mod refreshes;

use std::future::Future;

use tokio::task::JoinSet;

use crate::support::http::Page;

/// Lets `count` of them go at once, and waits for all.
async fn at_once<F>(count: usize, go: impl Fn(usize) -> F) -> Vec<F::Output>
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    for n in 0..count {
        tasks.spawn(go(n));
    }
    tasks.join_all().await
}

/// The answers that succeeded; all others must be refusals with this status and error.
fn successes(answers: Vec<Page>, status: u16, error: &str) -> Vec<Page> {
    let (good, refused): (Vec<Page>, Vec<Page>) = answers.into_iter().partition(|answer| answer.status == 200);
    for answer in refused {
        assert_eq!((answer.status.as_u16(), answer.json()["error"].as_str()), (status, Some(error)), "{}", answer.body);
    }
    good
}
