//! `docs/integrating.md`, *Five minutes*, followed in its own words.

use sample_onegov::{Kind, Settings};
use tokio::net::TcpListener;

use super::free_ports;
use crate::support::{
    env_file::variables,
    http::{Landing, Page, Visitor},
    process::Node,
};

const GUIDE: &str = include_str!("../../../docs/integrating.md");

/// The section, one paragraph after the other.
fn section() -> &'static str {
    let start = GUIDE.split_once("## Five minutes").expect("the section").1;
    start.split_once("\n## ").expect("its end").0
}

/// What stands between backticks after `words`, in the words of the guide.
fn quoted_after(words: &str) -> &'static str {
    let rest = section().split_once(words).unwrap_or_else(|| panic!("{words:?} is not in the guide")).1;
    let (_, rest) = rest.split_once('`').expect("a backtick");
    rest.split_once('`').expect("another one").0
}

/// Goes on over all origins until there is a page.
async fn land(visitor: &Visitor, mut landing: Landing) -> Page {
    for _ in 0..8 {
        match landing {
            Landing::Page(page) => return page,
            Landing::Outside(url) => landing = visitor.open(url.as_str()).await,
        }
    }
    panic!("eight origins, and no page");
}

async fn sign_in(visitor: &Visitor, page: &Page, username: &str, password: &str) -> Page {
    let fields = [("username", username), ("password", password)];
    let landing = visitor.press(page, "button[type=submit]", &fields).await;
    land(visitor, landing).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_third_site_is_registered_and_greets_the_founder_in_the_words_of_the_guide() {
    let (folder, port) = (tempfile::tempdir().unwrap(), free_ports(8));
    let data = folder.path().join("demo");
    let node = Node::demo(&["--listen", &format!("127.0.0.1:{port}"), "--data", data.to_str().unwrap()]);
    let (connex, said) = (format!("http://127.0.0.1:{port}"), node.output());
    let (omar, dana) = (quoted_after("sign in as"), quoted_after("*Log in with ConneX*, sign in as"));
    let row = said.lines().find(|line| line.contains(omar)).expect("the operator is in the table");
    let password = row.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).nth(2).expect("a password");
    // The demo has the ports after its own; the site of the guide gets one that is free here.
    let listener = TcpListener::bind(("127.0.0.1", port + 7)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    assert!(quoted_after("the web address").starts_with("http://127.0.0.1:"));

    let visitor = Visitor::new();
    let page = land(&visitor, visitor.open(&format!("{connex}{}", quoted_after("Open"))).await).await;
    let form = sign_in(&visitor, &page, omar, password).await;
    let kind = quoted_after("choose").to_lowercase();
    let three = [("site_name", quoted_after("Enter the name")), ("url", &url), ("kind", &kind)];
    assert_eq!(form.words("button#register"), "Register site");
    let told = land(&visitor, visitor.press(&form, "button#register", &three).await).await;
    assert_eq!(told.words("#environment-h"), quoted_block("Copy the block"));

    let variables = variables(&told.text_of("pre#environment"));
    let settings = Settings::from_variables(Kind::OneGov, |name| variables.get(name).cloned()).unwrap();
    let serving = tokio::spawn(sample_onegov::serve(settings, listener, std::future::pending()));

    let visitor = Visitor::new();
    let home = land(&visitor, visitor.open(&url).await).await;
    assert_eq!(home.words("#login"), "Log in with ConneX");
    let to = home.url.join(&home.attribute("#login", "href")).unwrap();
    let page = land(&visitor, visitor.open(to.as_str()).await).await;
    let page = sign_in(&visitor, &page, dana, password).await;
    let greeted = land(&visitor, visitor.press(&page, "#allow", &[]).await).await;
    for words in ["The site says", "has told it:", "has told it: `Dana Whitfield`,", "the role there,"] {
        let expected = quoted_after(words);
        assert!(greeted.text().contains(expected), "{expected}: {}", greeted.text());
    }
    serving.abort();
    drop(node);
}

/// What stands in stars after `words`.
fn quoted_block(words: &str) -> &'static str {
    let rest = section().split_once(words).expect("the words").1;
    rest.split('*').nth(1).expect("a name in stars")
}
