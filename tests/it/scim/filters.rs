//! Filters, as sites send them.

use serde_json::json;

use super::world::{World, filtered};
use crate::support::{app::TestApp, never_a_5xx_on_both_engines};

never_a_5xx_on_both_engines! {
    a_filter_finds_what_it_describes
    what_changed_since_is_found_to_the_millisecond
    a_filter_that_cannot_be_served_is_refused_with_a_reason
    two_hundred_strange_filters_break_nothing
    a_search_by_post_is_the_same_search
}

async fn a_filter_finds_what_it_describes(app: TestApp) {
    let world = World::new(app).await;
    let sub = world.sub(&world.luis).await;
    let urn = "urn:connex:params:scim:schemas:extension:2.0:User";
    let (org, none): (_, &[&str]) = (world.northline, &[]);
    for (filter, found) in [
        (format!(r#"id eq "{sub}""#), &["luis"][..]),
        (format!(r#"externalId eq "{sub}" and active eq true"#), &["luis"]),
        (format!(r#"externalId eq "{sub}" and active eq false"#), none),
        (r#"userName eq "LUIS""#.to_owned(), &["luis"]),
        (r#"userName eq "luis@people.example""#.to_owned(), none),
        (r#"userName sw "d" or userName ew "s""#.to_owned(), &["dana", "luis"]),
        (r#"not (userName co "an")"#.to_owned(), &["luis"]),
        (r#"emails[value eq "luis@people.example" and primary eq true]"#.to_owned(), &["luis"]),
        (format!(r#"{urn}:role eq "founder""#), &["dana"]),
        (format!(r#"{urn}:organization eq "{org}" and {urn}:rev ge 1"#), &["dana", "luis"]),
        (format!(r#"{urn}:organization eq "{}""#, world.copperfield), none),
        (format!(r#"{urn}:organization eq "anything""#), none),
        ("phoneNumbers pr and name.familyName pr".to_owned(), &["dana", "luis"]),
    ] {
        assert_eq!(world.names(&world.birch, &filtered("/scim/v2/Users", &filter)).await, found, "{filter}");
    }
    let groups = filtered("/scim/v2/Groups", r#"displayName sw "northline""#);
    assert_eq!(world.listed(&world.birch, &groups).await.len(), 1);
}

async fn what_changed_since_is_found_to_the_millisecond(app: TestApp) {
    let world = World::new(app).await;
    let all = world.listed(&world.birch, "/scim/v2/Users").await;
    let last = all.iter().map(|one| one["meta"]["lastModified"].as_str().unwrap()).max().unwrap().to_owned();
    let later = filtered("/scim/v2/Users", &format!(r#"meta.lastModified gt "{last}""#));
    assert_eq!(world.names(&world.birch, &later).await, [""; 0]);
    world.app.advance(connex::kernel::Lifetime::millis(1));
    world.rename(&world.luis, "Lucho").await;
    assert_eq!(world.names(&world.birch, &later).await, ["luis"]);
    let then = filtered("/scim/v2/Users", &format!(r#"meta.lastModified ge "{last}""#));
    assert!(world.names(&world.birch, &then).await.contains(&"luis".to_owned()));
}

async fn a_filter_that_cannot_be_served_is_refused_with_a_reason(app: TestApp) {
    let world = World::new(app).await;
    for (filter, why) in [
        (r#"nickName eq "Dee""#, "nickName is no attribute here."),
        (r#"groups.value eq "x""#, "groups.value is no attribute here."),
        (r#"password eq "x""#, "password is no attribute here."),
        ("active gt true", "active is only equal or not equal."),
        (r#"userName eq "dana"#, "A text in quotes does not end."),
        ("userName", "An operator is expected after userName."),
    ] {
        let page = world.ask(&world.birch, &filtered("/scim/v2/Users", filter)).await;
        let said = page.json();
        assert_eq!((page.status.as_u16(), &said["scimType"]), (400, &json!("invalidFilter")), "{filter}");
        assert_eq!(said["detail"], json!(why), "{filter}");
    }
    let long = format!(r#"userName eq "{}""#, "x".repeat(3000));
    assert_eq!(world.ask(&world.birch, &filtered("/scim/v2/Users", &long)).await.status, 400);
}

/// Pieces of filters, put together without sense.
fn strange(seed: usize) -> String {
    const PIECES: [&str; 24] = [
        "userName",
        "emails",
        "[",
        "]",
        "(",
        ")",
        " eq ",
        " and ",
        " or ",
        "not ",
        "\"",
        "\\",
        "'",
        "--",
        "%00",
        "\0",
        "\u{202e}",
        "meta.lastModified gt ",
        "\"9999-12-31T23:59:59Z\"",
        "\"-999999-01-01T00:00:00Z\"",
        "true",
        "null",
        "1e999",
        " pr",
    ];
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(12_345);
    let mut text = String::new();
    for _ in 0..(3 + seed % 12) {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        text.push_str(PIECES[(state >> 33) % PIECES.len()]);
    }
    text
}

async fn two_hundred_strange_filters_break_nothing(app: TestApp) {
    let world = World::new(app).await;
    let token = world.birch.token("scim").await;
    for seed in 0..200 {
        for path in ["/scim/v2/Users", "/scim/v2/Groups"] {
            let page = world.bear(&token, reqwest::Method::GET, &filtered(path, &strange(seed)), None).await;
            assert!(matches!(page.status.as_u16(), 200 | 400), "{}: {} {}", strange(seed), page.status, page.body);
            assert!(!page.body.contains("omar") && !page.body.contains("Copperfield"), "{}", page.body);
        }
    }
    for filter in [r#"id eq "\u0000""#, r#"userName eq "\u0000""#, r#"meta.lastModified gt "9999-12-31T23:59:59Z""#] {
        assert_eq!(world.names(&world.birch, &filtered("/scim/v2/Users", filter)).await, [""; 0], "{filter}");
    }
}

async fn a_search_by_post_is_the_same_search(app: TestApp) {
    let world = World::new(app).await;
    let token = world.birch.token("scim").await;
    let post = async |body| world.bear(&token, reqwest::Method::POST, "/scim/v2/Users/.search", Some(&body)).await;
    let schemas = ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"];
    let page = post(json!({ "schemas": schemas, "filter": "userName eq \"luis\"", "attributes": ["userName"] })).await;
    let body = page.json();
    assert_eq!((page.status.as_u16(), &body["Resources"][0]["userName"]), (200, &json!("luis")));
    assert!(body["Resources"][0].get("emails").is_none());
    assert_eq!(post(json!({ "filter": "active pr" })).await.json()["scimType"], "invalidSyntax");
}
