//! What a copy means for the person: who is out, who is in, who is somebody else.

use reqwest::Method;

use super::super::{
    bench::Bench,
    copies::Copied,
    lie::Lie,
    push::filter,
    verdict::{Miss, ensure},
};

pub(super) async fn deactivate(bench: &Bench) -> Result<(), Miss> {
    let copied = bench.send(bench.person("Ada")).await?;
    let ended = put_out(bench, &copied).await;
    bench.tidy(&[copied]).await;
    ended
}

async fn put_out(bench: &Bench, copied: &Copied) -> Result<(), Miss> {
    let attempt = bench.signed_in(&copied.person, &bench.provider.fresh()).await?;
    let gone = copied.person.changed(|person| person.is_active = false);
    bench.patch(copied, &gone).await?;
    let is_in = bench.is_in(&attempt.browser, &copied.person).await?;
    ensure(!is_in, || "The person is still signed in.".to_owned())?;
    let again = bench.sign_in(&gone, Lie::None).await?;
    let is_in = bench.is_in(&again.browser, &gone).await?;
    ensure(!is_in, || "The person signed in again.".to_owned())
}

pub(super) async fn reactivate(bench: &Bench) -> Result<(), Miss> {
    let copied = bench.send(bench.person("Ada")).await?;
    let ended = let_in(bench, &copied).await;
    bench.tidy(&[copied]).await;
    ended
}

async fn let_in(bench: &Bench, copied: &Copied) -> Result<(), Miss> {
    bench.signed_in(&copied.person, &bench.provider.fresh()).await?;
    let gone = copied.person.changed(|person| person.is_active = false);
    bench.patch(copied, &gone).await?;
    let back = gone.changed(|person| person.is_active = true);
    bench.put(copied, &back).await?;
    let attempt = bench.sign_in(&back, Lie::None).await?;
    let is_in = bench.is_in(&attempt.browser, &back).await?;
    ensure(is_in, || format!("The person was refused: {}.", attempt.landed.shown()))
}

/// The change overtakes its delivery: the ID token knows of it, the copy does not.
pub(super) async fn stale_copy(bench: &Bench) -> Result<(), Miss> {
    let copied = bench.send(bench.person("Ada")).await?;
    let renamed = copied.person.changed(|person| person.given_name = "Adelaide".to_owned());
    let signed_in = bench.signed_in(&renamed, &bench.provider.fresh()).await.map(drop);
    let read = bench.reads(&copied, &renamed).await;
    bench.tidy(&[copied]).await;
    signed_in.and(read)
}

pub(super) async fn delete(bench: &Bench) -> Result<(), Miss> {
    let copied = bench.send(bench.person("Ada")).await?;
    let first = bench.delete(&copied).await?;
    ensure(first.is_good(), || format!("DELETE answered status {}.", first.status))?;
    let (read, count) = (bench.get(&copied).await?, bench.count(&copied.person).await?);
    ensure(read.status == 404, || format!("GET after DELETE answered status {}.", read.status))?;
    ensure(count == 0, || "The person is still listed.".to_owned())?;
    let second = bench.delete(&copied).await?;
    ensure(second.status == 404, || format!("A second DELETE answered status {}.", second.status))
}

/// Somebody at ConneX has the user name of somebody whom the site keeps by itself.
pub(super) async fn employee(bench: &Bench) -> Result<(), Miss> {
    bench.configuration()?;
    let Some(username) = &bench.options.employee else {
        return Err(Miss::not_applicable("Name an employee of the site with --employee to try this."));
    };
    let listed = async || {
        let told = bench.scim(Method::GET, &filter("Users", "userName", username), None).await?;
        Ok(told.resources().len())
    };
    let before = listed().await?;
    ensure(before == 0, || format!("The employee {username:?} is listed."))?;
    let mut namesake = bench.person("Ada");
    namesake.username.clone_from(username);
    let copied = bench.send(namesake).await?;
    let (with_namesake, read) = (listed().await?, bench.reads(&copied, &copied.person).await);
    bench.tidy(&[copied]).await;
    let after = listed().await?;
    read?;
    ensure(with_namesake == 1, || format!("With a namesake from ConneX {with_namesake} people are listed."))?;
    ensure(after == 0, || "After the namesake was deleted, somebody is still listed.".to_owned())
}
