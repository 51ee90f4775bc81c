//! Reading a list page by page: by index, and by cursor (RFC 9865).

use connex::kernel::Lifetime;
use serde_json::{Value, json};

use super::world::{Site, World, filtered};
use crate::support::{app::TestApp, http::Page, never_a_5xx_on_both_engines};

never_a_5xx_on_both_engines! {
    pages_by_index_hold_everybody_once
    pages_by_cursor_hold_everybody_once
    a_cursor_reads_a_filtered_list
    a_cursor_belongs_to_its_client_and_its_query
    a_cursor_ends
    what_is_no_page_is_refused
}

const PEOPLE: &str = "/scim/v2/Users";

async fn pages_by_index_hold_everybody_once(app: TestApp) {
    let world = World::new(app).await;
    world.crowd(5).await;
    let mut seen = Vec::new();
    for start in [1, 4, 7, 10] {
        let page = world.ask(&world.birch, &format!("{PEOPLE}?startIndex={start}&count=3")).await.json();
        assert_eq!((&page["totalResults"], &page["startIndex"]), (&json!(7), &json!(start)));
        let resources = page["Resources"].as_array().unwrap();
        assert_eq!(page["itemsPerPage"], resources.len());
        seen.extend(resources.iter().map(|one| one["userName"].to_string()));
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 7);
    let none = world.ask(&world.birch, &format!("{PEOPLE}?count=0")).await.json();
    assert_eq!((&none["totalResults"], &none["Resources"]), (&json!(7), &json!([])));
}

/// Reads a list to its end.
async fn follow(world: &World, site: &Site, path: &str) -> Vec<String> {
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    for _ in 0..20 {
        let page = world.ask(site, &format!("{path}&count=2&cursor={cursor}")).await.json();
        let resources = page["Resources"].as_array().unwrap();
        assert!(resources.len() <= 2);
        seen.extend(resources.iter().map(|one| one["userName"].as_str().unwrap().to_owned()));
        match page.get("nextCursor") {
            Some(next) => cursor = next.as_str().unwrap().to_owned(),
            None => {
                seen.sort();
                return seen;
            }
        }
    }
    panic!("twenty pages, and no end: {seen:?}")
}

async fn pages_by_cursor_hold_everybody_once(app: TestApp) {
    let world = World::new(app).await;
    world.crowd(4).await;
    let all = ["crowd0", "crowd1", "crowd2", "crowd3", "dana", "luis"];
    assert_eq!(follow(&world, &world.birch, &format!("{PEOPLE}?attributes=userName")).await, all);
    let first = world.ask(&world.birch, &format!("{PEOPLE}?cursor&count=2")).await.json();
    assert_eq!((first["totalResults"].as_i64(), first.get("startIndex")), (Some(6), None));
}

async fn a_cursor_reads_a_filtered_list(app: TestApp) {
    let world = World::new(app).await;
    world.crowd(5).await;
    let path = filtered(PEOPLE, r#"userName sw "crowd""#);
    assert_eq!(follow(&world, &world.birch, &path).await, ["crowd0", "crowd1", "crowd2", "crowd3", "crowd4"]);
    let since = filtered(PEOPLE, r#"meta.lastModified gt "2020-01-01T00:00:00Z""#);
    assert_eq!(follow(&world, &world.birch, &since).await.len(), 7);
}

async fn first_cursor(world: &World, site: &Site, path: &str) -> String {
    let page = world.ask(site, path).await.json();
    page["nextCursor"].as_str().unwrap_or_else(|| panic!("{page}")).to_owned()
}

fn refusal(page: &Page) -> (u16, Value, Value) {
    let said = page.json();
    (page.status.as_u16(), said["scimType"].clone(), said["detail"].clone())
}

async fn a_cursor_belongs_to_its_client_and_its_query(app: TestApp) {
    let world = World::new(app).await;
    world.crowd(2).await;
    let ours = first_cursor(&world, &world.birch, &format!("{PEOPLE}?cursor=&count=1")).await;
    let made_up = refusal(&world.ask(&world.birch, &format!("{PEOPLE}?cursor=made-up")).await);
    assert_eq!((made_up.0, &made_up.1), (400, &json!("invalidCursor")));
    let elsewhere = world.ask(&world.marlow, &format!("{PEOPLE}?cursor={ours}")).await;
    assert_eq!(refusal(&elsewhere), made_up, "another client's cursor is as unknown as none");
    let other_query = format!("{}&cursor={ours}", filtered(PEOPLE, "active eq true"));
    assert_eq!(refusal(&world.ask(&world.birch, &other_query).await), made_up);
    assert_eq!(refusal(&world.ask(&world.birch, &format!("/scim/v2/Groups?cursor={ours}")).await), made_up);
    world.app.advance(Lifetime::hours(2));
    let late = world.ask(&world.marlow, &format!("{PEOPLE}?cursor={ours}")).await;
    assert_eq!(refusal(&late), made_up, "not even that it was one");
}

async fn a_cursor_ends(app: TestApp) {
    let world = World::new(app).await;
    world.crowd(2).await;
    let cursor = first_cursor(&world, &world.birch, &format!("{PEOPLE}?cursor=&count=1")).await;
    world.app.advance(Lifetime::minutes(59));
    assert_eq!(world.ask(&world.birch, &format!("{PEOPLE}?cursor={cursor}")).await.status, 200);
    world.app.advance(Lifetime::minutes(1));
    let page = world.ask(&world.birch, &format!("{PEOPLE}?cursor={cursor}")).await;
    assert_eq!((page.status.as_u16(), &page.json()["scimType"]), (400, &json!("expiredCursor")));
}

async fn what_is_no_page_is_refused(app: TestApp) {
    let world = World::new(app).await;
    for (query, kind) in [
        ("count=many", "invalidCount"),
        ("startIndex=first", "invalidValue"),
        ("startIndex=1&cursor=x", "invalidValue"),
        ("sortBy=userName", "invalidValue"),
        ("count=1&count=2", "invalidValue"),
        ("cursor=%00", "invalidValue"),
    ] {
        let page = world.ask(&world.birch, &format!("{PEOPLE}?{query}")).await;
        assert_eq!((page.status.as_u16(), &page.json()["scimType"]), (400, &json!(kind)), "{query}");
    }
    let far = world.ask(&world.birch, &format!("{PEOPLE}?startIndex=9223372036854775807&count=9999")).await;
    assert_eq!((far.status.as_u16(), &far.json()["Resources"]), (200, &json!([])));
}
