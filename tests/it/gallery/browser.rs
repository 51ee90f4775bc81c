//! What only a browser knows: contrast, sizes, what scrolls. One browser for each way of looking.

use serde::Deserialize;
use serde_json::json;

use super::{gallery, tools};
use crate::support::{browser::Browser, gallery::Picture};

/// The rules of axe-core for pages, and for mails, which have no landmarks.
const PAGES: &[&str] = &["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const MAILS: &[&str] = &["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/// Loads axe-core into the page and asks what is wrong with it: by its rules, by its width, and by
/// the size of what is pressed or typed into, 44 pixels high and wide at least.
const LOOK: &str = r"
const [source, tags, done] = arguments;
const outline = (element) => element.outerHTML.slice(0, 90);
const isSmall = (element) => {
    const box = element.getBoundingClientRect();
    return box.width < 44 || box.height < 43.99;
};
const look = async () => {
    const ran = await axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] });
    const told = (node) => `${node.target.join(' ')} ${(node.any[0] ?? node.all[0] ?? node.none[0])?.message ?? ''}`;
    const pressed = 'button, .btn, select, textarea, input:not([type=hidden], [type=radio], [type=checkbox], .vh)';
    return {
        findings: ran.violations.map((rule) => `${rule.id}: ${rule.help}: ${rule.nodes.slice(0, 3).map(told).join('; ')}`),
        rules: ran.passes.length,
        sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        small: [...document.querySelectorAll(pressed)].filter(isSmall).map(outline),
    };
};
const script = document.createElement('script');
script.src = source;
script.onload = () => look().then(done, (error) => done({ findings: [String(error)], rules: 0, sideways: 0, small: [] }));
script.onerror = () => done({ findings: ['axe-core is not there'], rules: 0, sideways: 0, small: [] });
document.head.append(script);
";

/// What a browser found.
#[derive(Debug, Deserialize)]
struct Seen {
    findings: Vec<String>,
    rules: u32,
    sideways: i32,
    small: Vec<String>,
}

async fn look_at(browser: &Browser, address: &str, tags: &[&str]) -> Seen {
    browser.goto(address).await;
    let seen = browser.client().execute_async(LOOK, vec![json!(tools::axe()), json!(tags)]).await.unwrap();
    serde_json::from_value(seen).unwrap()
}

async fn complaints(browser: &Browser, picture: &Picture) -> Vec<String> {
    let is_mail = picture.is_mail();
    let seen = look_at(browser, &picture.url(), if is_mail { MAILS } else { PAGES }).await;
    assert!(seen.rules > 5 || !seen.findings.is_empty(), "{}: axe-core did not look", picture.name);
    let mut found = seen.findings;
    if seen.sideways > 0 {
        found.push(format!("scrolls sideways by {} pixels", seen.sideways));
    }
    found.extend(seen.small.into_iter().filter(|_| !is_mail).map(|element| format!("is small: {element}")));
    found.into_iter().map(|complaint| format!("{}: {complaint}", picture.name)).collect()
}

async fn audit(scheme: &str, width: u32) {
    let gallery = gallery().await;
    let browser = Browser::start(true).await;
    browser.resize(width).await;
    browser.prefer(scheme).await;
    let mut found = Vec::new();
    for picture in &gallery.pictures {
        found.extend(complaints(&browser, picture).await);
    }
    assert!(found.is_empty(), "{scheme}, {width} pixels, {} findings:\n{}", found.len(), found.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e22_axe_finds_nothing_at_a_desk_in_the_light() {
    audit("light", 1280).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e22_axe_finds_nothing_at_a_desk_in_the_dark() {
    audit("dark", 1280).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e22_axe_finds_nothing_on_a_telephone_in_the_light() {
    audit("light", 320).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e22_axe_finds_nothing_on_a_telephone_in_the_dark() {
    audit("dark", 320).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wrong.html");
    let wrong = "<!DOCTYPE html><html lang=en><meta name=viewport content='width=device-width'><title>x</title>
        <style>p { color: #eee; width: 900px } @media (prefers-color-scheme: dark) { p { color: #111 } }</style>
        <main><h1>x</h1><p>pale</p><input><button>x</button></main>";
    std::fs::write(&file, wrong).unwrap();
    let browser = Browser::start(true).await;
    browser.resize(320).await;
    for (scheme, is_pale) in [("light", true), ("dark", false)] {
        browser.prefer(scheme).await;
        let seen = look_at(&browser, &format!("file://{}", file.display()), PAGES).await;
        let has = |rule: &str| seen.findings.iter().any(|finding| finding.starts_with(rule));
        assert!(has("label:"), "{seen:?}");
        assert_eq!(has("color-contrast:"), is_pale, "{scheme}: {seen:?}");
        assert!(seen.sideways > 500 && seen.small.len() == 2, "{seen:?}");
    }
}
