//! What only a browser knows: contrast, sizes, what scrolls. One browser in the light, one in the dark.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{gallery, tools};
use crate::support::{browser::Browser, gallery::Picture};

/// A desk, and the narrowest telephone.
const WIDTHS: [u32; 2] = [1280, 320];

/// Loads axe-core into the page and asks what is wrong with it: by its rules, by its width, and by
/// the size of what is pressed or typed into, 44 pixels high and wide at least.
const LOOK: &str = r"
const [source, rules, done] = arguments;
const outline = (element) => element.outerHTML.slice(0, 90);
const isSmall = (element) => {
    const box = element.getBoundingClientRect();
    return box.width < 44 || box.height < 43.99;
};
const told = (node) => `${node.target.join(' ')} ${(node.any[0] ?? node.all[0] ?? node.none[0])?.message ?? ''}`;
const pressed = 'button, .btn, select, textarea, input:not([type=hidden], [type=radio], [type=checkbox], .vh)';
const look = async () => {
    const ran = await axe.run(document, { runOnly: rules, resultTypes: ['violations'] });
    return {
        findings: ran.violations.map((rule) => `${rule.id}: ${rule.help}: ${rule.nodes.slice(0, 3).map(told).join('; ')}`),
        rules: ran.passes.length,
        sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        small: [...document.querySelectorAll(pressed)].filter(isSmall).map(outline),
    };
};
const fail = (why) => done({ findings: [String(why)], rules: 0, sideways: 0, small: [] });
const script = document.createElement('script');
script.src = source;
script.onload = () => look().then(done, fail);
script.onerror = () => fail('axe-core is not there');
if (window.axe) script.onload(); else document.head.append(script);
";

/// All rules for pages, and those for mails, which have no landmarks.
fn all_rules(is_mail: bool) -> Value {
    let mut tags = vec!["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
    if !is_mail {
        tags.push("best-practice");
    }
    json!({ "type": "tag", "values": tags })
}

/// The rules that look at colors.
fn rules_of_color() -> Value {
    json!({ "type": "rule", "values": ["color-contrast", "link-in-text-block"] })
}

/// What a browser found.
#[derive(Debug, Deserialize)]
struct Seen {
    findings: Vec<String>,
    rules: u32,
    sideways: i32,
    small: Vec<String>,
}

async fn look(browser: &Browser, rules: &Value) -> Seen {
    let seen = browser.client().execute_async(LOOK, vec![json!(tools::axe()), rules.clone()]).await.unwrap();
    serde_json::from_value(seen).unwrap()
}

fn complaints(picture: &Picture, width: u32, seen: Seen) -> Vec<String> {
    let is_mail = picture.is_mail();
    let mut found = seen.findings;
    if seen.rules == 0 && found.is_empty() {
        found.push("axe-core did not look".to_owned());
    }
    if seen.sideways > 0 {
        found.push(format!("scrolls sideways by {} pixels", seen.sideways));
    }
    found.extend(seen.small.into_iter().filter(|_| !is_mail).map(|element| format!("is small: {element}")));
    found.into_iter().map(|complaint| format!("{} at {width}: {complaint}", picture.name)).collect()
}

/// Looks at every page, wide and narrow, on a device that prefers `scheme`.
async fn audit(scheme: &str, rules: impl Fn(bool) -> Value) {
    let gallery = gallery().await;
    let browser = Browser::start(true).await;
    browser.prefer(scheme).await;
    let mut found = Vec::new();
    for picture in &gallery.pictures {
        browser.goto(&picture.url()).await;
        for width in WIDTHS {
            browser.resize(width).await;
            found.extend(complaints(picture, width, look(&browser, &rules(picture.is_mail())).await));
        }
    }
    assert!(found.is_empty(), "{scheme}, {} findings:\n{}", found.len(), found.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e22_axe_finds_nothing_in_the_light() {
    audit("light", all_rules).await;
}

/// In the dark the pages are the same, in other colors.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e22_axe_finds_nothing_in_the_dark() {
    audit("dark", |_| rules_of_color()).await;
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
        browser.goto(&format!("file://{}", file.display())).await;
        let seen = look(&browser, &all_rules(false)).await;
        let has = |rule: &str| seen.findings.iter().any(|finding| finding.starts_with(rule));
        assert!(has("label:"), "{seen:?}");
        assert_eq!(has("color-contrast:"), is_pale, "{scheme}: {seen:?}");
        assert!(seen.sideways > 500 && seen.small.len() == 2, "{seen:?}");
    }
}
