//! The OpenAPI document, held against the routes, and every example of it executed.

use connex::{
    app::policy::POLICY,
    kernel::TxnId,
    platform::{
        store::Sql,
        web::policy::{Need, SiteScope},
    },
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    scim::world::World,
    support::{app::TestApp, never_a_5xx_on_both_engines},
};

never_a_5xx_on_both_engines! {
    the_document_names_each_route_and_no_other
    each_example_does_what_the_document_says
}

const METHODS: [&str; 3] = ["get", "put", "post"];

async fn document(world: &World) -> Value {
    let page = world.app.get("/api/openapi.json").await;
    assert_eq!((page.status.as_u16(), page.header("content-type")), (200, "application/json"));
    page.json()
}

/// Each operation: its method, its path, what it says.
fn operations(document: &Value) -> Vec<(String, String, &Value)> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in METHODS {
            if let Some(operation) = item.get(method) {
                found.push((method.to_uppercase(), path.clone(), operation));
            }
        }
    }
    found.sort_by(|one, other| (&one.1, &one.0).cmp(&(&other.1, &other.0)));
    found
}

async fn the_document_names_each_route_and_no_other(app: TestApp) {
    let world = World::new(app).await;
    let document = document(&world).await;
    assert_eq!(document["openapi"], "3.1.0");
    let named: Vec<_> = operations(&document).into_iter().map(|(method, path, _)| (method, path)).collect();
    let mut routes: Vec<_> = POLICY
        .iter()
        .filter(|row| row.need == Need::Site(SiteScope::Sync))
        .map(|row| (row.method.to_string(), row.path.to_owned()))
        .collect();
    routes.sort_by(|one, other| (&one.1, &one.0).cmp(&(&other.1, &other.0)));
    assert_eq!(named, routes);
}

/// Whether `value` is what `schema` says: types, members, words of a closed set.
fn fits(document: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    if let Some(reference) = schema["$ref"].as_str() {
        return fits(document, document.pointer(reference.trim_start_matches('#')).unwrap(), value);
    }
    for one in schema["allOf"].as_array().into_iter().flatten() {
        fits(document, one, value)?;
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let allowed = match &schema["type"] {
        Value::String(one) => vec![one.as_str()],
        several => several.as_array().into_iter().flatten().filter_map(Value::as_str).collect(),
    };
    if !allowed.is_empty() && !allowed.contains(&kind) {
        return Err(format!("{value} is {kind}, not {allowed:?}"));
    }
    if schema["enum"].as_array().is_some_and(|words| !words.contains(value)) {
        return Err(format!("{value} is none of {}", schema["enum"]));
    }
    for name in schema["required"].as_array().into_iter().flatten() {
        value.get(name.as_str().unwrap()).ok_or_else(|| format!("{name} is missing in {value}"))?;
    }
    for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(member) = value.get(name) {
            fits(document, schema, member)?;
        }
    }
    value.as_array().into_iter().flatten().try_for_each(|element| fits(document, &schema["items"], element))
}

/// The document's example people, organization and cause, replaced by those of this world.
async fn ours(world: &World, text: &str) -> String {
    let org = world.northline.to_string();
    let sql = "select txn from sync_items where organization_id = $1 and site_id = $2";
    let mut reader = world.app.app.db.read().await.unwrap();
    let txn: TxnId = reader.sql(sql).bind(world.northline).bind(world.birch.id).scalar().await.unwrap().unwrap();
    let text = text.replace("org_01j9zk2m4q8r2x4t5n6p7r8s9t", &org);
    let text = text.replace("txn_01j9zk2m4q8r2x4t5n6p7r8s9t", &txn.to_string());
    text.replace("the-subject-of-dana", &world.sub(&world.dana).await)
}

async fn each_example_does_what_the_document_says(app: TestApp) {
    let (world, _scim) = World::answering(app).await;
    let document = document(&world).await;
    for (method, path, operation) in operations(&document) {
        let (mut path, mut query) = (path, url::form_urlencoded::Serializer::new(String::new()));
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let example = match &parameter["example"] {
                Value::String(text) => ours(&world, text).await,
                Value::Null => continue,
                other => other.to_string(),
            };
            match parameter["in"].as_str().unwrap() {
                "path" => path = path.replace(&format!("{{{}}}", parameter["name"].as_str().unwrap()), &example),
                "query" => {
                    query.append_pair(parameter["name"].as_str().unwrap(), &example);
                }
                _ => {}
            }
        }
        let body = &operation["requestBody"]["content"]["application/json"];
        let said: Value = serde_json::from_str(&ours(&world, &body["example"].to_string()).await).unwrap();
        if !said.is_null() {
            fits(&document, &body["schema"], &said).unwrap();
        }
        let (method, address): (Method, _) = (method.parse().unwrap(), format!("{path}?{}", query.finish()));
        let token = world.birch.token("sync").await;
        let page = world.bear(&token, method.clone(), &address, Some(&said).filter(|said| !said.is_null())).await;
        let told =
            operation["responses"].get(page.status.as_str()).unwrap_or_else(|| panic!("{address}: {}", page.body));
        assert!(page.status.is_success(), "{method} {address}: {}", page.body);
        let told = &told["content"]["application/json"];
        if !told.is_null() {
            fits(&document, &told["schema"], &page.json()).unwrap_or_else(|why| panic!("{method} {address}: {why}"));
            fits(&document, &told["schema"], &told["example"])
                .unwrap_or_else(|why| panic!("the example of {address}: {why}"));
        }
        let refused = world.bear("x", method, &address, None).await;
        fits(&document, &document["components"]["schemas"]["Problem"], &refused.json()).unwrap();
        assert_eq!(refused.json()["status"], json!(401));
    }
}
