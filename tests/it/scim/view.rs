//! Each site sees its own: people and organizations of others are not there, in any answer.

use reqwest::Method;
use serde_json::json;

use super::world::{World, filtered};
use crate::support::{
    app::TestApp,
    http::{Page, read},
    never_a_5xx_on_both_engines,
};

never_a_5xx_on_both_engines! {
    a_site_reads_the_people_and_the_organization_that_it_should_hold
    what_is_another_sites_looks_like_what_nobody_has
    a_list_counts_nothing_of_other_sites
    a_known_version_is_not_sent_again
    only_what_is_asked_for_is_returned
    a_copy_that_counts_no_more_says_what_the_site_was_told
    nothing_is_written_here
    what_the_service_says_of_itself_is_true
    a_pairwise_site_knows_people_by_the_subjects_of_its_tokens
}

async fn a_site_reads_the_people_and_the_organization_that_it_should_hold(app: TestApp) {
    let world = World::new(app).await;
    let sub = world.sub(&world.dana).await;
    let page = world.ask(&world.birch, &format!("/scim/v2/Users/{sub}")).await;
    assert_eq!((page.status.as_u16(), page.header("content-type")), (200, "application/scim+json"));
    let dana = page.json();
    let extension = &dana["urn:connex:params:scim:schemas:extension:2.0:User"];
    assert_eq!((&dana["id"], &dana["externalId"], &dana["userName"]), (&json!(sub), &json!(sub), &json!("dana")));
    assert_eq!((&extension["role"], &extension["organization"]), (&json!("founder"), &json!(world.northline)));
    assert_eq!(dana["meta"]["location"], json!(world.app.at(&format!("/scim/v2/Users/{sub}"))));
    assert_eq!((page.header("etag"), &dana["meta"]["version"]), (r#"W/"1""#, &json!(r#"W/"1""#)));
    let group = world.ask(&world.birch, &format!("/scim/v2/Groups/{}", world.northline)).await.json();
    let extension = &group["urn:connex:params:scim:schemas:extension:2.0:Organization"];
    assert_eq!((&group["displayName"], &extension["status"]), (&json!("Northline Hauling LLC"), &json!("approved")));
    assert_eq!(extension["roles"], json!(["bidder"]));
}

/// What can be told from an answer, but for the reference of the request.
fn face(page: &Page) -> (u16, String, Vec<String>) {
    let mut names: Vec<String> = page.headers.keys().map(ToString::to_string).collect();
    names.sort();
    (page.status.as_u16(), page.body.clone(), names)
}

async fn what_is_another_sites_looks_like_what_nobody_has(app: TestApp) {
    let world = World::new(app).await;
    let omar = world.sub(&world.omar).await;
    for (kind, theirs, nobodys) in [
        ("Users", omar.clone(), "nobody-of-that-name-ever".to_owned()),
        ("Users", world.omar.id.to_string(), "%00".to_owned()),
        ("Groups", world.copperfield.to_string(), "org_01h2xcejqtf2nbrexx3vqjhp41".to_owned()),
        ("Groups", world.copperfield.to_string(), "no-id".to_owned()),
    ] {
        let theirs = world.ask(&world.birch, &format!("/scim/v2/{kind}/{theirs}")).await;
        let nobodys = world.ask(&world.birch, &format!("/scim/v2/{kind}/{nobodys}")).await;
        assert_eq!(face(&theirs), face(&nobodys));
        assert_eq!((theirs.status.as_u16(), &theirs.json()["status"]), (404, &json!("404")));
    }
    let hidden = filtered("/scim/v2/Users", &format!(r#"id eq "{omar}" or userName eq "omar""#));
    assert_eq!(world.listed(&world.birch, &hidden).await, Vec::<serde_json::Value>::new());
}

async fn a_list_counts_nothing_of_other_sites(app: TestApp) {
    let world = World::new(app).await;
    let before = world.ask(&world.birch, "/scim/v2/Users").await;
    assert_eq!(before.json()["totalResults"], 2);
    let stranger = world.app.person("priya").await;
    world.app.add_to(world.copperfield, &stranger, connex::organizations::Role::Member).await;
    assert_eq!(world.ask(&world.birch, "/scim/v2/Users").await.body, before.body);
    for filter in [
        r#"userName eq "omar""#,
        r#"emails co "omar""#,
        "active eq true",
        "meta.lastModified gt \"2020-01-01T00:00:00Z\"",
    ] {
        let page = world.ask(&world.birch, &filtered("/scim/v2/Users", filter)).await;
        assert!(!page.body.contains("omar") && !page.body.contains("priya"), "{filter}: {}", page.body);
    }
    assert_eq!(world.names(&world.marlow, "/scim/v2/Users").await, ["omar", "priya"]);
}

async fn a_known_version_is_not_sent_again(app: TestApp) {
    let world = World::new(app).await;
    let (path, token) = (format!("/scim/v2/Users/{}", world.sub(&world.luis).await), world.birch.token("scim").await);
    let ask = async |tag: &str| {
        let request = world.app.machine.get(world.app.at(&path)).bearer_auth(&token).header("if-none-match", tag);
        read(request).await
    };
    let page = ask(r#"W/"0""#).await;
    assert_eq!((page.status.as_u16(), page.header("etag")), (200, r#"W/"1""#));
    for tag in [r#"W/"1""#, r#""1""#, r#""0", W/"1""#, "*"] {
        let page = ask(tag).await;
        assert_eq!((page.status.as_u16(), page.body.as_str()), (304, ""), "{tag}");
    }
    world.rename(&world.luis, "Lucho").await;
    let page = ask(r#"W/"1""#).await;
    assert_eq!((page.status.as_u16(), page.header("etag")), (200, r#"W/"2""#));
}

async fn only_what_is_asked_for_is_returned(app: TestApp) {
    let world = World::new(app).await;
    let sub = world.sub(&world.dana).await;
    let page =
        world.ask(&world.birch, &format!("/scim/v2/Users/{sub}?attributes=userName,name.givenName")).await.json();
    assert_eq!(page["name"], json!({ "givenName": "Dana" }));
    assert!(page.get("emails").is_none() && page.get("meta").is_none() && page["id"] == json!(sub));
    let page = world.ask(&world.birch, "/scim/v2/Users?excludedAttributes=emails,meta").await.json();
    assert!(page["Resources"][0].get("emails").is_none() && page["Resources"][0].get("name").is_some());
    let both = world.ask(&world.birch, "/scim/v2/Users?attributes=id&excludedAttributes=id").await;
    assert_eq!((both.status.as_u16(), &both.json()["scimType"]), (400, &json!("invalidValue")));
}

async fn a_copy_that_counts_no_more_says_what_the_site_was_told(app: TestApp) {
    let world = World::new(app).await;
    let sub = world.sub(&world.luis).await;
    world.confirm_everything().await;
    world.app.change("update memberships set ended_at = 1 where role = 'member'").await;
    world.rename(&world.luis, "Elsewhere").await;
    let page = world.ask(&world.birch, &format!("/scim/v2/Users/{sub}")).await.json();
    assert_eq!((&page["active"], &page["name"]["givenName"]), (&json!(false), &json!("Dana")), "as it was told");
    assert!(!page.to_string().contains("Elsewhere"), "{page}");
}

async fn nothing_is_written_here(app: TestApp) {
    let world = World::new(app).await;
    let (sub, token) = (world.sub(&world.luis).await, world.birch.token("scim").await);
    let body = json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "mallory" });
    for (method, path, status) in [
        (Method::POST, "/scim/v2/Users".to_owned(), 405),
        (Method::PUT, format!("/scim/v2/Users/{sub}"), 405),
        (Method::PATCH, format!("/scim/v2/Users/{sub}"), 405),
        (Method::DELETE, format!("/scim/v2/Users/{sub}"), 405),
        (Method::POST, "/scim/v2/Groups".to_owned(), 405),
        (Method::POST, "/scim/v2/Bulk".to_owned(), 404),
        (Method::GET, "/scim/v2/Me".to_owned(), 404),
    ] {
        let page = world.bear(&token, method.clone(), &path, Some(&body)).await;
        let said = page.json();
        assert_eq!((page.status.as_u16(), &said["status"]), (status, &json!(status.to_string())), "{method} {path}");
        assert_eq!(said["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]));
    }
    assert_eq!(world.names(&world.birch, "/scim/v2/Users").await, ["dana", "luis"]);
}

async fn what_the_service_says_of_itself_is_true(app: TestApp) {
    let world = World::new(app).await;
    let config = world.ask(&world.birch, "/scim/v2/ServiceProviderConfig").await.json();
    assert_eq!((&config["patch"]["supported"], &config["sort"]["supported"]), (&json!(false), &json!(false)));
    assert_eq!(config["pagination"]["cursor"], true);
    let kinds = world.ask(&world.birch, "/scim/v2/ResourceTypes").await.json();
    let schemas = world.ask(&world.birch, "/scim/v2/Schemas").await.json();
    assert_eq!((&kinds["totalResults"], &schemas["totalResults"]), (&json!(2), &json!(4)));
    for one in kinds["Resources"].as_array().unwrap().iter().chain(schemas["Resources"].as_array().unwrap()) {
        let location = one["meta"]["location"].as_str().unwrap().strip_prefix(&world.app.issuer).unwrap();
        assert_eq!(world.ask(&world.birch, location).await.json(), *one);
    }
    let page = world.ask(&world.birch, &filtered("/scim/v2/Schemas", "id pr")).await;
    assert_eq!(page.status, 403);
    // Every attribute that a resource has stands in its schema.
    for path in ["/scim/v2/Users", "/scim/v2/Groups"] {
        for resource in world.listed(&world.birch, path).await {
            for schema in resource["schemas"].as_array().unwrap() {
                let described =
                    schemas["Resources"].as_array().unwrap().iter().find(|one| one["id"] == *schema).unwrap();
                let names: Vec<_> =
                    described["attributes"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
                let held = resource.get(schema.as_str().unwrap()).unwrap_or(&resource).as_object().unwrap();
                let common = ["id", "externalId", "schemas", "meta"];
                for name in held.keys().filter(|name| !common.contains(&name.as_str()) && !name.starts_with("urn:")) {
                    assert!(names.contains(&&json!(name)), "{path}: {name} is not in {schema}");
                }
            }
        }
    }
}

async fn a_pairwise_site_knows_people_by_the_subjects_of_its_tokens(app: TestApp) {
    let world = World::new(app).await;
    let public = world.sub(&world.dana).await;
    world.app.change("update sites set pairwise = true where name = 'Birch'").await;
    world.app.change("update clients set metadata = replace(metadata, '\"client_uri\"', '\"subject_type\":\"pairwise\",\"client_uri\"'), updated_at = updated_at + 1").await;
    world.app.change("update sync_items set external_id = null").await;
    let listed = world.listed(&world.birch, &filtered("/scim/v2/Users", r#"userName eq "dana""#)).await;
    let id = listed[0]["id"].as_str().unwrap();
    assert_ne!(id, public);
    assert_eq!(world.ask(&world.birch, &format!("/scim/v2/Users/{id}")).await.status, 200);
    assert_eq!(world.ask(&world.birch, &format!("/scim/v2/Users/{public}")).await.status, 404);
    let visitor = crate::support::http::Visitor::new();
    let tokens = world.birch.client.sign_in(&visitor, &world.dana, "openid").await;
    assert_eq!(tokens.id_token()["sub"], json!(id), "the subject of its tokens");
}
