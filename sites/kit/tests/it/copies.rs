//! The rules of a receiver, one sentence a test. The letters are those of the wire contract.

use reqwest::Method;
use serde_json::{Value, json};

use crate::provider::SUB;
use crate::scim::{GROUP_EXTENSION, Pusher, USER_EXTENSION, group, user};
use crate::world::World;

async fn world() -> (World, Pusher) {
    let world = World::new().await;
    let pusher = Pusher::new(&world.provider, &world.site);
    (world, pusher)
}

fn with(mut resource: Value, member: &str, value: Value) -> Value {
    resource[member] = value;
    resource
}

#[tokio::test]
async fn a_person_is_created_changed_and_read_back() {
    let (_world, connex) = world().await;
    assert_eq!(connex.post("/Groups", &group("org_1", 1)).await.status, 201);
    let created = connex.post("/Users", &user("p1", 1)).await;
    assert_eq!(created.status, 201, "{created:?}");
    assert_eq!(created.body["meta"]["location"], format!("{}{}", connex.base, created.path()));
    assert_eq!(created.body["meta"]["version"], created.etag);
    let changed = connex.put(&created.path(), &with(user("p1", 2), "displayName", json!("ignored"))).await;
    assert_eq!((changed.status, changed.id()), (200, created.id()));
    let read = connex.get(&created.path()).await;
    assert_eq!(read.body, changed.body);
    assert_eq!(read.body[USER_EXTENSION]["rev"], 2);
    assert_ne!(read.etag, created.etag);
}

#[tokio::test]
async fn a_an_old_revision_changes_nothing() {
    let (_world, connex) = world().await;
    let created = connex.post("/Users", &user("p1", 5)).await;
    for rev in [5, 4, 1] {
        let stale = with(user("p1", rev), "userName", json!("somebody-else"));
        let told = connex.put(&created.path(), &stale).await;
        assert_eq!((told.status, &told.body), (200, &created.body), "rev {rev}");
        assert_eq!(connex.post("/Users", &stale).await.body, created.body, "rev {rev}");
        let operations = json!([{ "op": "replace", "value": { "active": false, (USER_EXTENSION): { "rev": rev } } }]);
        assert_eq!(connex.patch(&created.path(), operations).await.body, created.body, "rev {rev}");
    }
}

#[tokio::test]
async fn b_a_create_can_be_repeated() {
    let (_world, connex) = world().await;
    let first = connex.post("/Users", &user("p1", 1)).await;
    let again = connex.post("/Users", &user("p1", 1)).await;
    let newer = connex.post("/Users", &user("p1", 2)).await;
    assert_eq!((first.status, again.status, newer.status), (201, 200, 200));
    assert_eq!((again.id(), newer.id()), (first.id(), first.id()));
    assert_eq!(connex.get("/Users").await.body["totalResults"], 1);
}

#[tokio::test]
async fn c_a_user_id_belongs_to_one_person_and_an_address_to_many() {
    let (_world, connex) = world().await;
    connex.post("/Users", &user("p1", 1)).await;
    let same_address = connex.post("/Users", &user("p2", 1)).await;
    assert_eq!(same_address.status, 201);
    let taken = connex.post("/Users", &with(user("p3", 1), "userName", json!("USER-P1"))).await;
    assert_eq!((taken.status, &taken.body["scimType"]), (409, &json!("uniqueness")));
    let renamed = connex.put(&same_address.path(), &with(user("p2", 2), "userName", json!("user-p1"))).await;
    assert_eq!((renamed.status, &renamed.body["scimType"]), (409, &json!("uniqueness")));
}

#[tokio::test]
async fn d_a_person_who_is_inactive_is_out_at_once() {
    let (world, connex) = world().await;
    let dana = connex.post("/Users", &user(SUB, 12)).await;
    for operation in ["put", "patch", "delete"] {
        world.sign_in().await;
        assert!(world.is_signed_in().await, "before {operation}");
        match operation {
            "put" => {
                connex.put(&dana.path(), &with(user(SUB, 13), "active", json!(false))).await;
                assert!(!world.is_signed_in().await);
                assert_eq!(world.sign_in().await.status, 403, "an inactive copy as new as the token lets nobody in");
                connex.put(&dana.path(), &user(SUB, 14)).await;
            }
            "patch" => {
                connex.patch(&dana.path(), json!([{ "op": "Replace", "path": "active", "value": "False" }])).await;
                assert!(!world.is_signed_in().await);
                connex.patch(&dana.path(), json!([{ "op": "replace", "path": "active", "value": true }])).await;
            }
            _ => assert_eq!(connex.delete(&dana.path()).await.status, 204),
        }
        assert!(!world.is_signed_in().await, "after {operation}");
    }
}

#[tokio::test]
async fn d_a_deleted_person_is_hidden_until_a_newer_revision() {
    let (_world, connex) = world().await;
    let first = connex.post("/Users", &user("p1", 3)).await;
    assert_eq!(connex.delete(&first.path()).await.status, 204);
    assert_eq!(connex.get(&first.path()).await.status, 404);
    assert_eq!(connex.delete(&first.path()).await.status, 404);
    assert_eq!(connex.get("/Users").await.body["totalResults"], 0);
    assert_eq!(connex.post("/Users", &user("p1", 3)).await.status, 409, "a create that comes late brings nobody back");
    let back = connex.post("/Users", &user("p1", 4)).await;
    assert_eq!((back.status, back.id()), (201, first.id()));
    let name_is_free = connex.post("/Users", &with(user("p2", 1), "userName", json!("user-p2"))).await;
    assert_eq!(name_is_free.status, 201);
}

#[tokio::test]
async fn e_what_is_missing_is_cleared_and_what_is_unknown_is_passed_over() {
    let (_world, connex) = world().await;
    let created = connex.post("/Users", &with(user("p1", 1), "nickName", json!("Pri"))).await;
    assert_eq!(created.body.get("nickName"), None);
    let mut bare = user("p1", 2);
    for member in ["phoneNumbers", "emails", "name"] {
        bare.as_object_mut().unwrap().remove(member);
    }
    bare[USER_EXTENSION] = json!({ "rev": 2 });
    let told = connex.put(&created.path(), &bare).await;
    for member in ["phoneNumbers", "emails", "name"] {
        assert_eq!(told.body.get(member), None, "{member}");
    }
    assert_eq!(told.body[USER_EXTENSION], json!({ "rev": 2 }));
    assert_eq!(told.body["displayName"], "user-p1");
}

#[tokio::test]
async fn f_a_precondition_holds_or_nothing_is_done() {
    let (_world, connex) = world().await;
    let created = connex.post("/Users", &user("p1", 1)).await;
    let put = |etag: &str, rev| {
        let (etag, body) = (etag.to_owned(), user("p1", rev));
        let (connex, path) = (&connex, created.path());
        async move { connex.send(Method::PUT, &path, &[("if-match", &etag)], Some(&body)).await }
    };
    let changed = put(&created.etag, 2).await;
    assert_eq!(changed.status, 200);
    assert_eq!(put(&created.etag, 3).await.status, 412);
    assert_eq!(put(&created.etag, 2).await.status, 200, "a request that is repeated is no fault");
    assert_eq!(put("\"other\", W/\"more\"", 3).await.status, 412);
    assert_eq!(put("*", 3).await.status, 200);
    let stale = connex.send(Method::DELETE, &created.path(), &[("if-match", &created.etag)], None).await;
    assert_eq!((stale.status, stale.body["status"].as_str()), (412, Some("412")));
    let now = connex.get(&created.path()).await;
    let known = connex.send(Method::GET, &created.path(), &[("if-none-match", &now.etag)], None).await;
    assert_eq!(known.status, 304);
}

#[tokio::test]
async fn f_a_body_that_is_too_large_or_nonsense_is_refused_in_scims_form() {
    let (_world, connex) = world().await;
    let large = with(user("p1", 1), "nickName", json!("x".repeat(1 << 20)));
    assert_eq!(connex.post("/Users", &large).await.status, 413);
    for body in [
        json!([]),
        json!(7),
        json!({}),
        with(user("p1", 1), "userName", json!(7)),
        with(user("p1", 1), "userName", json!("nul\0")),
        with(user("p1", 1), "userName", json!("x".repeat(2000))),
        with(user("p1", 1), "active", json!("perhaps")),
        with(user("p1", 1), "emails", json!("a@b.example")),
        with(user("p1", 1), USER_EXTENSION, json!({ "rev": -1 })),
        with(user("p1", 1), USER_EXTENSION, json!({ "rev": "1" })),
    ] {
        let told = connex.post("/Users", &body).await;
        assert_eq!(told.status, 400, "{body}");
        assert_eq!(told.body["schemas"][0], "urn:ietf:params:scim:api:messages:2.0:Error");
    }
    let form = connex.send(Method::POST, "/Users", &[("content-type", "text/plain")], None).await;
    assert_eq!(form.status, 415);
    assert_eq!(connex.get("/Users").await.body["totalResults"], 0);
}

#[tokio::test]
async fn g_filters_pages_and_chosen_attributes() {
    let (_world, connex) = world().await;
    assert_eq!(connex.put(&format!("{}/unknown", "/Users"), &user("p1", 1)).await.status, 404);
    for n in 0..12 {
        connex.post("/Users", &user(&format!("p{n}"), 1)).await;
    }
    for (filter, count) in [
        ("externalId%20eq%20%22p3%22", 1),
        ("externalId%20eq%20%22P3%22", 0),
        ("userName%20eq%20%22USER-p3%22", 1),
        ("userName%20sw%20%22user-p1%22%20and%20active%20eq%20true", 3),
        ("emails%5Bvalue%20ew%20%22example%22%5D", 12),
    ] {
        assert_eq!(connex.get(&format!("/Users?filter={filter}")).await.body["totalResults"], count, "{filter}");
    }
    assert_eq!(connex.get("/Users?filter=((((").await.body["scimType"], "invalidFilter");
    let page = connex.get("/Users?startIndex=11&count=5&attributes=userName").await.body;
    assert_eq!(
        (&page["totalResults"], &page["itemsPerPage"], &page["startIndex"]),
        (&json!(12), &json!(2), &json!(11))
    );
    assert_eq!(page["Resources"][0].as_object().unwrap().len(), 3, "schemas, id and userName: {page}");
    assert_eq!(connex.get("/Users?count=0").await.body["Resources"], json!([]));
    let without = connex.get("/Users?count=1&excludedAttributes=emails,name.givenName").await.body;
    assert_eq!(
        (without["Resources"][0].get("emails"), &without["Resources"][0]["name"]),
        (None, &json!({ "familyName": "Raman" }))
    );
}

/// Pieces of filters, put together without sense.
fn strange(seed: u64) -> String {
    const PIECES: [&str; 22] = [
        "userName",
        "emails",
        "externalId",
        "[",
        "]",
        "(",
        ")",
        " eq ",
        " co ",
        " and ",
        " or ",
        "not ",
        "\"",
        "\\",
        "'",
        "--",
        "\0",
        "\u{202e}",
        "\"9999-12-31T23:59:59Z\"",
        "true",
        "1e999",
        " pr",
    ];
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(12_345);
    let mut text = String::new();
    for _ in 0..(3 + seed % 12) {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        text.push_str(PIECES[usize::try_from(state >> 33).unwrap() % PIECES.len()]);
    }
    text
}

#[tokio::test]
async fn g_two_hundred_strange_filters_break_nothing() {
    let (_world, connex) = world().await;
    connex.post("/Users", &user("p1", 1)).await;
    let mut refused = 0;
    for seed in 0..200 {
        let filter: String = url::form_urlencoded::byte_serialize(strange(seed).as_bytes()).collect();
        for folder in ["Users", "Groups"] {
            let told = connex.get(&format!("/{folder}?filter={filter}")).await;
            assert!(matches!(told.status, 200 | 400), "{:?}: {} {}", strange(seed), told.status, told.body);
            refused += usize::from(told.status == 400);
        }
    }
    assert!(refused > 300, "nonsense is refused, and not passed over: {refused}");
    assert_eq!(connex.get("/Users").await.body["totalResults"], 1);
}

#[tokio::test]
async fn g_a_patch_adds_replaces_and_removes_by_path() {
    let (_world, connex) = world().await;
    let person = connex.post("/Users", &user("p1", 1)).await.path();
    let told = connex
        .patch(
            &person,
            json!([
                { "op": "replace", "path": "name.givenName", "value": "Pri" },
                { "op": "remove", "path": "phoneNumbers" },
                { "op": "replace", "path": "emails[type eq \"work\"].value", "value": "new@northline.example" },
                { "op": "add", "path": format!("{USER_EXTENSION}:role"), "value": "administrator" },
            ]),
        )
        .await;
    assert_eq!(told.status, 200, "{told:?}");
    assert_eq!(told.body["name"], json!({ "givenName": "Pri", "familyName": "Raman" }));
    assert_eq!(
        (told.body.get("phoneNumbers"), &told.body["emails"][0]["value"]),
        (None, &json!("new@northline.example"))
    );
    assert_eq!(
        (&told.body[USER_EXTENSION]["role"], &told.body[USER_EXTENSION]["rev"]),
        (&json!("administrator"), &json!(1))
    );
    for (operations, scim_type) in [
        (json!([{ "op": "replace", "path": "id", "value": "x" }]), "mutability"),
        (json!([{ "op": "replace", "path": "a[", "value": "x" }]), "invalidPath"),
        (json!([{ "op": "remove" }]), "noTarget"),
        (json!([{ "op": "replace", "path": "emails[type eq \"home\"].value", "value": "x" }]), "noTarget"),
        (json!([{ "op": "remove", "path": "userName" }]), "invalidValue"),
        (json!([]), "invalidSyntax"),
    ] {
        let told = connex.patch(&person, operations).await;
        assert_eq!((told.status, &told.body["scimType"]), (400, &json!(scim_type)));
    }
}

#[tokio::test]
async fn an_organization_is_kept_like_a_person() {
    let (_world, connex) = world().await;
    let created = connex.post("/Groups", &group("org_1", 1)).await;
    assert_eq!(created.status, 201);
    let mut changed = group("org_1", 2);
    changed[GROUP_EXTENSION]["status"] = json!("suspended");
    changed[GROUP_EXTENSION]["roles"] = json!(["consultant", "bidder"]);
    changed["members"] = json!([{ "value": "x" }]);
    let told = connex.put(&created.path(), &changed).await;
    assert_eq!(told.body[GROUP_EXTENSION]["roles"], json!(["consultant", "bidder"]));
    assert_eq!((told.body.get("members"), &told.body[GROUP_EXTENSION]["status"]), (None, &json!("suspended")));
}
