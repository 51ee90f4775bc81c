//! Who runs an organization changes, and so does its name, also while it is being told.

use std::sync::Arc;

use connex::{
    kernel::MembershipId,
    organizations::{self, AssignableRole, Place, Role, founder, members, profile},
    platform::store::Sql,
};
use tokio::sync::Notify;

use super::world::{World, approve};
use crate::support::{
    app::{Person, TestApp},
    http::Visitor,
    on_both_engines,
    scim_site::Manner,
};

on_both_engines! {
    a_new_name_is_at_the_site_although_it_came_while_the_old_one_was_told
    who_joins_while_the_approval_is_told_is_at_the_site
    the_site_is_told_of_a_founder_who_hands_over_and_leaves
    a_founder_does_not_leave_and_the_site_hears_nothing
    the_last_administrator_leaves_and_the_organization_stays_at_the_site
}

impl World {
    async fn place(&self, person: &Person) -> Place {
        organizations::place_of(&mut self.app.app.db.read().await.unwrap(), person.id).await.unwrap().unwrap()
    }

    async fn membership(&self, person: &Person) -> MembershipId {
        let sql = "select id from memberships where account_id = $1 and ended_at is null";
        self.app.app.db.read().await.unwrap().sql(sql).bind(person.id).scalar().await.unwrap().unwrap()
    }

    async fn rename_organization(&self, name: &str) {
        let place = self.place(&self.dana).await;
        let mut unit = self.app.app.db.write().await.unwrap();
        let mut new = profile::read(&mut unit, place.organization).await.unwrap().unwrap();
        new.name = name.parse().unwrap();
        profile::edit(&mut unit, &self.app.app.accounts.kit, place.administrator().unwrap(), new).await.unwrap();
        unit.commit().await.unwrap();
    }

    async fn make_administrator(&self, person: &Person) {
        let (dana, id) = (self.place(&self.dana).await, self.membership(person).await);
        let (kit, role) = (&self.app.app.accounts.kit, AssignableRole::Administrator);
        let mut unit = self.app.app.db.write().await.unwrap();
        members::set_role(&mut unit, kit, dana.administrator().unwrap(), id, role).await.unwrap();
        unit.commit().await.unwrap();
    }

    /// Presses *Leave* on the page for it; `None` when there is no such button.
    async fn leave(&self, person: &Person) -> Option<()> {
        let visitor = Visitor::new();
        self.app.sign_in(&visitor, person).await;
        let page = visitor.open(&self.app.at("/org/leave")).await.page();
        if !page.has("main button.danger") {
            return None;
        }
        visitor.press(&page, "main button.danger", &[]).await.page();
        Some(())
    }

    fn role_of(&self, username: &str) -> String {
        let user = self.scim.user(username).unwrap();
        user["urn:connex:params:scim:schemas:extension:2.0:User"]["role"].as_str().unwrap().to_owned()
    }

    fn is_active(&self, username: &str) -> bool {
        self.scim.user(username).unwrap()["active"] == true
    }

    fn name_at_the_site(&self) -> String {
        let group = self.scim.look().groups.values().next().unwrap().body.clone();
        group["displayName"].as_str().unwrap().to_owned()
    }
}

async fn a_new_name_is_at_the_site_although_it_came_while_the_old_one_was_told(app: TestApp) {
    let world = World::new(app).await;
    let answer = Arc::new(Notify::new());
    world.scim.next([Manner::Holds(answer.clone())]);
    approve(&world.app, world.site, world.organization).await;
    world.app.until("the approval is under way", async || !world.scim.writes().is_empty()).await;
    world.rename_organization("Northline Hauling").await;
    answer.notify_one();
    world.is_right().await;
    assert_eq!(world.name_at_the_site(), "Northline Hauling");
    let groups: Vec<_> = world.scim.writes().iter().filter(|told| told.path.contains("Groups")).cloned().collect();
    let said: Vec<_> = groups.iter().map(|told| (told.body["displayName"].clone(), told.rev())).collect();
    assert_eq!(said, [("Northline".into(), Some(1)), ("Northline Hauling".into(), Some(2))]);
    world.scim.assert_nothing_was_applied_twice();
}

async fn who_joins_while_the_approval_is_told_is_at_the_site(app: TestApp) {
    let world = World::new(app).await;
    let answer = Arc::new(Notify::new());
    world.scim.next([Manner::Holds(answer.clone())]);
    approve(&world.app, world.site, world.organization).await;
    world.app.until("the approval is under way", async || !world.scim.writes().is_empty()).await;
    let priya = world.app.person("priya").await;
    world.app.add_to(world.organization, &priya, Role::Member).await;
    answer.notify_one();
    world.is_right().await;
    assert!(["dana", "luis", "priya"].iter().all(|name| world.is_active(name)));
}

async fn the_site_is_told_of_a_founder_who_hands_over_and_leaves(app: TestApp) {
    let world = World::told(app).await;
    world.make_administrator(&world.luis).await;
    let kit = &world.app.app.accounts.kit;
    let (dana, luis) = (world.place(&world.dana).await, world.place(&world.luis).await);
    let to = world.membership(&world.luis).await;
    let mut unit = world.app.app.db.write().await.unwrap();
    let offer = founder::offer(&mut unit, kit, dana.founder().unwrap(), to).await.unwrap();
    founder::accept(&mut unit, kit, luis.administrator().unwrap(), offer).await.unwrap();
    unit.commit().await.unwrap();
    world.is_right().await;
    assert_eq!((world.role_of("dana").as_str(), world.role_of("luis").as_str()), ("administrator", "founder"));
    world.leave(&world.dana).await.unwrap();
    world.is_right().await;
    assert!(!world.is_active("dana") && world.is_active("luis"));
    assert_eq!(world.role_of("luis"), "founder");
    let last = world.scim.writes().pop().unwrap();
    assert_eq!(last.method, "PATCH", "where she goes is none of the site's business");
    world.compare().await;
    assert_eq!(world.app.count("select count(*) from sync_sites where proven_at = compared_at").await, 1);
}

async fn a_founder_does_not_leave_and_the_site_hears_nothing(app: TestApp) {
    let world = World::told(app).await;
    let before = world.scim.writes().len();
    assert_eq!(world.leave(&world.dana).await, None);
    let place = world.place(&world.dana).await;
    let mut unit = world.app.app.db.write().await.unwrap();
    assert!(!members::leave(&mut unit, &place).await.unwrap(), "by no other way either");
    unit.commit().await.unwrap();
    world.rename(&world.luis, "Lucho").await;
    world.is_right().await;
    assert_eq!(world.scim.writes().len(), before + 1, "but of Luis's new name");
    assert!(world.is_active("dana"));
}

async fn the_last_administrator_leaves_and_the_organization_stays_at_the_site(app: TestApp) {
    let world = World::told(app).await;
    world.make_administrator(&world.luis).await;
    world.is_right().await;
    assert_eq!(world.role_of("luis"), "administrator");
    let priya = world.app.person("priya").await;
    world.app.add_to(world.organization, &priya, Role::Member).await;
    world.leave(&world.luis).await.unwrap();
    world.is_right().await;
    assert!(!world.is_active("luis") && world.is_active("dana") && world.is_active("priya"));
    let group = world.scim.look().groups.values().next().unwrap().body.clone();
    let extension = &group["urn:connex:params:scim:schemas:extension:2.0:Organization"];
    assert_eq!((&extension["status"], &extension["active"]), (&"approved".into(), &true.into()));
    world.rename_organization("Northline Hauling").await;
    world.is_right().await;
    assert_eq!(world.name_at_the_site(), "Northline Hauling", "its founder goes on");
}
