//! What the site makes of changes that ConneX sends.

use reqwest::Method;
use serde_json::json;

use super::super::{
    bench::Bench,
    verdict::{Miss, ensure},
};

/// As when an answer was lost on its way.
pub(super) async fn create_twice(bench: &Bench) -> Result<(), Miss> {
    let copied = bench.send(bench.person("Ada")).await?;
    let again = bench.post(&copied.person).await?;
    let count = bench.count(&copied.person).await?;
    bench.tidy(std::slice::from_ref(&copied)).await;
    let is_same = again.id() == Some(&copied.id);
    ensure(is_same, || format!("The second POST answered the id {:?}, the first {:?}.", again.id(), copied.id))?;
    ensure(count == 1, || format!("A search by externalId lists {count} copies."))
}

/// Neither a whole person nor a part of one.
pub(super) async fn old_revision(bench: &Bench) -> Result<(), Miss> {
    let copied = bench.send(bench.person("Ada")).await?;
    let late = copied.person.changed(|person| {
        person.given_name = "Adelaide".to_owned();
        person.is_active = false;
    });
    let newer = copied.person.changed(|person| person.rev += 5);
    bench.put(&copied, &newer).await?;
    bench.put(&copied, &late).await?;
    let after_put = bench.reads(&copied, &newer).await;
    bench.patch(&copied, &late).await?;
    let after_patch = bench.reads(&copied, &newer).await;
    bench.tidy(&[copied]).await;
    let say = |how: &str| Miss::failed(format!("A {how} with an old `rev` changed the copy."));
    after_put.map_err(|_| say("PUT")).and(after_patch.map_err(|_| say("PATCH")))
}

pub(super) async fn change(bench: &Bench) -> Result<(), Miss> {
    let copied = bench.send(bench.person("Ada")).await?;
    let married = copied.person.changed(|person| {
        person.family_name = format!("{}-Lovelace", person.family_name);
        person.email = format!("new.{}", person.email);
        person.phone = Some("555-0142".to_owned());
    });
    let first = bench.reads(&copied, &copied.person).await;
    bench.put(&copied, &married).await?;
    let second = bench.reads(&copied, &married).await;
    let without_phone = married.changed(|person| person.phone = None);
    bench.put(&copied, &without_phone).await?;
    let third = bench.reads(&copied, &without_phone).await;
    bench.tidy(&[copied]).await;
    first.and(second).and(third)
}

/// For a moment both have the same address.
pub(super) async fn email_swap(bench: &Bench) -> Result<(), Miss> {
    let (ada, bea) = (bench.send(bench.person("Ada")).await?, bench.send(bench.person("Bea")).await?);
    let new_ada = ada.person.changed(|person| person.email.clone_from(&bea.person.email));
    let new_bea = bea.person.changed(|person| person.email.clone_from(&ada.person.email));
    let written = bench.put(&ada, &new_ada).await.and(bench.put(&bea, &new_bea).await);
    let read = bench.reads(&ada, &new_ada).await.and(bench.reads(&bea, &new_bea).await);
    bench.tidy(&[ada, bea]).await;
    written.and(read)
}

pub(super) async fn unknown_attributes(bench: &Bench) -> Result<(), Miss> {
    bench.send_organization().await?;
    let person = bench.person("Ada");
    let mut body = person.scim(bench.provider.organization());
    if let Some(members) = body.as_object_mut() {
        members.insert("nickName".to_owned(), json!("Ady"));
        members.insert("urn:example:params:scim:schemas:Shoes".to_owned(), json!({ "size": 39, "worn": [true, null] }));
    }
    let told = bench.scim(Method::POST, "Users", Some(body)).await?;
    ensure(told.is_good(), || format!("POST Users with unknown attributes answered status {}.", told.status))?;
    let found = bench.count(&person).await?;
    if let Some(id) = told.id() {
        bench.scim(Method::DELETE, &format!("Users/{id}"), None).await?;
    }
    ensure(found == 1, || "The person was not stored.".to_owned())
}
