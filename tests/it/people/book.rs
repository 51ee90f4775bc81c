//! The pictures of the guides in `docs/guides`: pages as they are, small.
//!
//! With `CONNEX_GUIDE_PICTURES` set they are written into `docs/guides/pictures`:
//! `CONNEX_GUIDE_PICTURES=1 tests/run.sh guide`.

use std::path::{Path, PathBuf};

use super::picture;
use crate::support::browser::Browser;

const WIDTH: u32 = 1000;
/// How large a picture is, compared with the page.
const SCALE: f64 = 0.7;
/// The most bytes of a picture: readers load a page of them.
const MOST_BYTES: u64 = 60 * 1024;

fn place(name: &str) -> PathBuf {
    match std::env::var_os("CONNEX_GUIDE_PICTURES") {
        Some(_) => Path::new("docs/guides/pictures").join(format!("{name}.png")),
        None => picture(&format!("guide-{name}")),
    }
}

/// Makes a browser show pages as the guides do.
pub async fn prepare(browser: &Browser) {
    browser.hide_scrollbars().await;
    browser.view((WIDTH, 700), 1.0).await;
}

/// Waits for a page and keeps its picture, as high as the page is.
pub async fn keep(browser: &Browser, selector: &str, name: &str) {
    keep_top(browser, selector, name, 900).await;
}

/// The same of a page whose top says enough.
pub async fn keep_top(browser: &Browser, selector: &str, name: &str, most_height: u64) {
    browser.wait_for(selector).await;
    browser.view((WIDTH, 300), 1.0).await;
    let height = "return document.documentElement.scrollHeight";
    let height = browser.client().execute(height, vec![]).await.unwrap().as_u64().unwrap();
    browser.view((WIDTH, u32::try_from(height.min(most_height)).unwrap()), SCALE).await;
    browser.client().execute("scrollTo(0, 0)", vec![]).await.unwrap();
    let path = place(name);
    browser.screenshot(&path).await;
    let bytes = std::fs::metadata(&path).unwrap().len();
    assert!(bytes < MOST_BYTES, "{} has {bytes} bytes", path.display());
    browser.view((WIDTH, 700), 1.0).await;
}
