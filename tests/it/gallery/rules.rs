//! What can be read off the pages without a browser.

use std::collections::BTreeMap;

use connex::app::policy::POLICY;

use super::gallery;
use crate::support::gallery::{Gallery, Picture, all};

/// The autofill tokens of screens' fields, by the name of the field.
const AUTOCOMPLETE: &[(&str, &[&str])] = &[
    ("username", &["username webauthn", "username"]),
    ("password", &["current-password", "new-password"]),
    ("current_password", &["current-password"]),
    ("email", &["email", "off"]),
    ("code", &["one-time-code"]),
    ("given_name", &["given-name", "off"]),
    ("family_name", &["family-name", "off"]),
    ("organization", &["organization", "off"]),
    ("name", &["organization"]),
    ("street", &["address-line1"]),
    ("city", &["address-level2"]),
    ("state", &["address-level1"]),
    ("postal_code", &["postal-code"]),
    ("phone", &["tel"]),
];

/// Routes that answer a GET with no page of ours.
const NO_PAGES: &[&str] = &[
    "/livez",
    "/readyz",
    "/favicon.ico",
    "/assets/{name}",
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
    "/jwks.json",
    "/userinfo",
    "/authorize",
    "/authorize/resume",
    "/authorize/cancel",
    "/end-session",
    "/account/export",
    "/org/activity.csv",
    "/scim/v2/ServiceProviderConfig",
    "/scim/v2/ResourceTypes",
    "/scim/v2/ResourceTypes/{id}",
    "/scim/v2/Schemas",
    "/scim/v2/Schemas/{id}",
    "/scim/v2/Users",
    "/scim/v2/Users/{id}",
    "/scim/v2/Groups",
    "/scim/v2/Groups/{id}",
    "/sync/v1/changes",
    "/sync/v1/txns/{txn}",
    "/api/v1/organizations",
    "/api/v1/organizations/{org}",
    "/api/openapi.json",
];

/// Pages that hold a script: it presses the button of a form whose only reader is the browser.
const WITH_SCRIPT: &[&str] = &["going-back"];

/// Pages that speak English to everybody: the browser presses the button before anybody reads it.
const IN_ENGLISH: &[&str] = &["going-back"];

/// Fails with every complaint, one a line.
fn assert_none(rule: &str, complaints: Vec<String>) {
    assert!(complaints.is_empty(), "{rule}:\n{}", complaints.join("\n"));
}

/// The pages of ours, mails left out.
fn pages(gallery: &Gallery) -> impl Iterator<Item = &Picture> {
    gallery.pictures.iter().filter(|picture| !picture.is_mail())
}

/// The route that a path belongs to.
fn route_of(path: &str) -> Option<&'static str> {
    let fits = |route: &str| {
        let (route, path): (Vec<_>, Vec<_>) = (route.split('/').collect(), path.split('/').collect());
        route.len() == path.len() && route.iter().zip(path).all(|(one, other)| one.starts_with('{') || *one == other)
    };
    // A route in so many words goes before one with a parameter.
    let exact = POLICY.iter().find(|row| row.path == path);
    exact.or_else(|| POLICY.iter().find(|row| fits(row.path))).map(|row| row.path)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_page_has_a_picture() {
    let gallery = gallery().await;
    let seen: Vec<_> = pages(gallery).filter(|picture| !picture.is_error_page()).collect();
    let lacking = POLICY
        .iter()
        .filter(|row| row.method == "GET" && !NO_PAGES.contains(&row.path))
        .filter(|row| seen.iter().all(|picture| route_of(picture.page.url.path()) != Some(row.path)));
    assert_none("a walk sees each page", lacking.map(|row| row.path.to_owned()).collect());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_page_has_one_heading_one_main_part_and_its_language() {
    let judge = |picture: &Picture| {
        let tag = picture.page.attribute("html", "lang");
        let counts = ["h1", "main#main", "a.skip[href='#main']", "header", "footer"].map(|one| picture.count(one));
        let speaks_english = IN_ENGLISH.iter().any(|name| picture.name.ends_with(name));
        let is_right = counts == [1; 5] && (tag == picture.language.tag() || speaks_english);
        (!is_right).then(|| format!("{}: {counts:?}, lang={tag}", picture.name))
    };
    assert_none("one of each", pages(gallery().await).filter_map(judge).collect());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_title_belongs_to_one_page_and_tells_of_errors() {
    let gallery = gallery().await;
    let mut complaints = Vec::new();
    let mut owners = BTreeMap::new();
    for picture in pages(gallery) {
        let title = picture.page.words("title");
        let (has_errors, says_so) = (picture.count("#errors") > 0, title.starts_with("Error: "));
        if has_errors != says_so || !title.ends_with(" – ConneX") {
            complaints.push(format!("{}: {title}", picture.name));
        }
        let owner = if picture.is_error_page() { Some("an error") } else { route_of(picture.page.url.path()) };
        let first = owners.entry((picture.language.tag(), title.clone())).or_insert((owner, &picture.name));
        // Steps of one way may answer at the address of the step before.
        let headings =
            |name: &String| gallery.pictures.iter().find(|one| one.name == *name).map(|one| one.page.words("h1"));
        if first.0 != owner && headings(first.1) != headings(&picture.name) {
            complaints.push(format!("{} and {}: {title}", first.1, picture.name));
        }
    }
    assert_none("titles", complaints);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_field_has_a_label_and_the_right_autofill() {
    let mut complaints = Vec::new();
    for picture in pages(gallery().await) {
        picture.ask(|document| {
            for field in all(document, "input:not([type=hidden]), select, textarea") {
                let (id, name) = (field.attr("id").unwrap_or_default(), field.attr("name").unwrap_or_default());
                let is_for_programs = field.attr("aria-hidden") == Some("true");
                if !is_for_programs && all(document, &format!("label[for='{id}']")).len() != 1 {
                    complaints.push(format!("{}: {name} has no label of its own", picture.name));
                }
                let is_typed = !["radio", "checkbox", "search"].contains(&field.attr("type").unwrap_or_default());
                let token = field.attr("autocomplete").unwrap_or_default();
                let expected = AUTOCOMPLETE.iter().find(|(field, _)| *field == name);
                if is_typed && expected.is_some_and(|(_, tokens)| !tokens.contains(&token)) {
                    complaints.push(format!("{}: {name} has autocomplete={token:?}", picture.name));
                }
                if field.attr("placeholder").is_some() {
                    complaints.push(format!("{}: {name} has a placeholder", picture.name));
                }
            }
            for secret in all(document, "form:has(input[autocomplete=new-password])") {
                if all(document, "form input[autocomplete=username]").is_empty() {
                    complaints.push(format!("{}: {:?} names no account", picture.name, secret.attr("action")));
                }
            }
        });
    }
    complaints.sort();
    complaints.dedup();
    assert_none("fields", complaints);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_error_is_told_on_top_and_at_its_field() {
    let mut complaints = Vec::new();
    for picture in pages(gallery().await) {
        picture.ask(|document| {
            for link in all(document, "#errors a[href^='#']") {
                let name = link.attr("href").unwrap().trim_start_matches('#');
                let at_the_field = format!("#{name}-e");
                let is_described = all(document, &format!("#{name}[aria-describedby~='{name}-e']")).len() == 1;
                if all(document, &at_the_field).is_empty() || !is_described {
                    complaints.push(format!("{}: {name}", picture.name));
                }
            }
            let summaries = all(document, "#errors[role=alert][tabindex='-1'][autofocus]").len();
            if summaries != all(document, "#errors").len() {
                complaints.push(format!("{}: the summary does not take the focus", picture.name));
            }
        });
    }
    assert_none("errors", complaints);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_runs_a_script() {
    let judge = |picture: &Picture| {
        let allowed = WITH_SCRIPT.iter().any(|name| picture.name.ends_with(name));
        (picture.count("script") > 0 && !allowed).then(|| picture.name.clone())
    };
    assert_none("pages work without JavaScript", pages(gallery().await).filter_map(judge).collect());
}
