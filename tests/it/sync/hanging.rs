//! Sites that take requests and do not answer: nobody else waits for them, and they come to full speed in steps.

use std::sync::Arc;

use connex::{
    kernel::{Lifetime, SiteId},
    organizations::Role,
};
use tokio::sync::Notify;

use super::world::{World, approve, is_compared, is_right, rename, site_at};
use crate::support::{
    app::{Person, TestApp},
    on_both_engines,
    scim_site::{Manner, ScimSite},
};

on_both_engines! {
    ten_sites_that_hang_hold_nothing_that_another_site_needs
    a_site_that_is_back_is_asked_first_and_then_told_one_two_and_four_at_a_time
}

const HANGING: usize = 10;
/// As many as one site is told at the same time.
const WIDTH: usize = 4;

/// Sites that hold Northline, and from now on every request.
async fn hanging(world: &World, until: &Arc<Notify>) -> Vec<ScimSite> {
    let mut sites = Vec::new();
    for _ in 0..HANGING {
        let scim = ScimSite::start().await;
        let site = site_at(&world.app, &scim).await;
        approve(&world.app, site, world.organization).await;
        is_right(&world.app, site).await;
        is_compared(&world.app, site).await;
        sites.push(scim);
    }
    sites.iter().for_each(|scim| scim.always(Some(Manner::Holds(until.clone()))));
    sites
}

async fn crowd(world: &World, count: usize) -> Vec<Person> {
    let mut people = Vec::new();
    for n in 0..count {
        let person = world.app.person(&format!("crowd{n}")).await;
        world.app.add_to(world.organization, &person, Role::Member).await;
        people.push(person);
    }
    people
}

async fn ten_sites_that_hang_hold_nothing_that_another_site_needs(app: TestApp) {
    let world = World::new(app).await;
    let people = crowd(&world, WIDTH).await;
    let until = Arc::new(Notify::new());
    let sites = hanging(&world, &until).await;
    let omar = world.app.person("omar").await;
    let copperfield = world.app.organization("Copperfield", &omar).await;
    approve(&world.app, world.site, copperfield).await;
    world.is_right().await;
    let before: Vec<_> = sites.iter().map(|scim| scim.writes().len()).collect();
    for person in &people {
        rename(&world.app, person.id, "Held").await;
    }
    let held = || sites.iter().zip(&before).map(|(scim, before)| scim.writes().len() - before).sum::<usize>();
    // More than the 32 places that sites share, were they all taken by these.
    world.app.until("every place is taken", async || held() >= 32).await;
    rename(&world.app, omar.id, "Prompt").await;
    world.is_right().await;
    let tried = "select count(*) from sync_sites where failures > 0 or trouble is not null";
    assert_eq!(world.app.count(tried).await, 0, "the ten have not even been given up on yet");
    assert!(held() >= 32);
    sites.iter().for_each(|scim| scim.always(None));
    until.notify_waiters();
    let all = "select count(*) from sync_items where state <> 'ok'";
    world.app.until("the ten are right, too", async || world.app.count(all).await == 0).await;
}

/// A site that answers, and somebody who is at that site alone.
struct Other {
    site: SiteId,
    omar: Person,
    _scim: ScimSite,
}

impl Other {
    async fn new(app: &TestApp) -> Self {
        let scim = ScimSite::start().await;
        let site = site_at(app, &scim).await;
        let omar = app.person("omar").await;
        let organization = app.organization("Copperfield", &omar).await;
        approve(app, site, organization).await;
        is_right(app, site).await;
        Self { site, omar, _scim: scim }
    }

    /// Waits until something that happens now is told here: whatever else was to be told was told meanwhile.
    async fn is_told(&self, app: &TestApp) {
        for name in ["First", "Second"] {
            rename(app, self.omar.id, name).await;
            is_right(app, self.site).await;
        }
    }
}

/// A site that was down while eight people changed.
async fn down(world: &World) {
    let people = crowd(world, 8).await;
    approve(&world.app, world.site, world.organization).await;
    world.is_right().await;
    world.is_compared().await;
    world.scim.always(Some(Manner::status(500)));
    for person in &people {
        rename(&world.app, person.id, "Changed").await;
    }
    let is_down = async || {
        world.app.advance(Lifetime::seconds(2));
        world.number("select count(*) from sync_sites where site_id = $1 and trouble is not null").await == 1
    };
    world.app.until("it is left alone", is_down).await;
}

async fn a_site_that_is_back_is_asked_first_and_then_told_one_two_and_four_at_a_time(app: TestApp) {
    let other = Other::new(&app).await;
    let world = World::new(app).await;
    down(&world).await;
    let answers: Vec<_> = (0..7).map(|_| Arc::new(Notify::new())).collect();
    world.scim.always(None);
    world.scim.next(answers.iter().cloned().map(Manner::Holds));
    let before = world.scim.writes().len();
    let asked = world.scim.look().told.len();
    world.app.advance(Lifetime::minutes(4));
    let told = || world.scim.writes().len() - before;
    for (at_a_time, so_far) in [(1, 1), (2, 3), (WIDTH, 7)] {
        world.app.until("it is told so many", async || told() >= so_far).await;
        other.is_told(&world.app).await;
        assert_eq!(told(), so_far, "{at_a_time} at a time");
        answers[so_far - at_a_time..so_far].iter().for_each(|answer| answer.notify_one());
    }
    assert_eq!(world.scim.look().told[asked].path, "/ServiceProviderConfig");
    world.is_right().await;
    world.scim.assert_nothing_was_applied_twice();
}
