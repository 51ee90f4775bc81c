//! *Resync* at the sample OneOffice site, in a browser, against ConneX itself.

use axum::http::StatusCode;
use connex::{kernel::Lifetime, sites::Family};
use sample_oneoffice::{Mishap, Trouble};

use super::{
    agency::Agency,
    northline::{Northline, renames},
    office::Gloria,
    walk::{Walk, desk},
};
use crate::support::{app::TestApp, on_both_engines};

on_both_engines! {
    s79_s81_s82_s83_gloria_presses_resync_and_reads_what_was_changed
    s87_what_a_person_changes_in_connex_comes_over_by_itself_and_by_a_resync
}

/// The agency, which trouble can come to, and the organization that it has approved and holds.
struct World {
    birch: Agency,
    trouble: Trouble,
    northline: Northline,
}

impl World {
    async fn new(app: &TestApp) -> Self {
        let trouble = Trouble::default();
        let shared = trouble.clone();
        let birch = Agency::open_with(app, Family::OneOffice, "Birch County Road Commission", |settings| {
            settings.demo = true;
            settings.trouble = Some(shared);
        })
        .await;
        let northline = Northline::of(app).await;
        birch.approves(app, northline.id).await;
        birch.is_right(app).await;
        Self { birch, trouble, northline }
    }
}

/// What is due was tried four times in vain, after which ConneX waits two minutes before it tries again. The system's
/// time runs on while pages are drawn, so a try that was not waited for may have been made by itself.
async fn is_tried_in_vain(app: &TestApp) {
    let tries = "select max(attempts) from sync_items";
    for (count, wait) in [(1, 3), (2, 13), (3, 37), (4, 0)] {
        app.until("it was tried", async || app.count(tries).await >= count).await;
        app.advance(Lifetime::seconds(wait));
    }
    assert_eq!(app.count(tries).await, 4);
}

async fn s79_s81_s82_s83_gloria_presses_resync_and_reads_what_was_changed(app: TestApp) {
    let World { birch, northline, .. } = &World::new(&app).await;
    let mut gloria = Gloria::logs_in(birch, desk(app.setting), "resync").await;
    let both = ["Dana Whitfield", "Luis Ortega", "Northline Hauling LLC"];
    gloria.until_the_list_says("northline.example", &both).await;
    let (heading, said) = gloria.resyncs(northline.id).await;
    gloria.walk.see("#changes", "nothing").await;
    assert!(heading.starts_with("Nothing to change; last change "), "{heading}");
    assert!(said.contains("Everything here is as ConneX says."), "{said}");

    // What no fact told, so that it is only found by looking.
    app.change("update accounts set given_name = 'Lucho' where family_name = 'Ortega'").await;
    let (heading, said) = gloria.resyncs(northline.id).await;
    gloria.walk.see("#changes", "one-change").await;
    assert_eq!(heading, "1 change");
    assert_eq!(said, "first name of Lucho Ortega: Luis → Lucho");
    gloria.until_the_list_says("luis", &["Lucho Ortega"]).await;
}

async fn s87_what_a_person_changes_in_connex_comes_over_by_itself_and_by_a_resync(app: TestApp) {
    let world = World::new(&app).await;
    let mut luis = Walk::begin(&app, desk(app.setting), "s87-luis").await;
    luis.sign_in_at_home(&app, &world.northline.luis).await;
    let mut gloria = Gloria::logs_in(&world.birch, desk(app.setting), "s87").await;
    renames(&mut luis, &app, "Ortega-Ruiz").await;
    gloria.until_the_list_says("luis", &["Luis Ortega-Ruiz"]).await;

    world.trouble.next(4, &Mishap::status(StatusCode::SERVICE_UNAVAILABLE));
    renames(&mut luis, &app, "Ruiz").await;
    is_tried_in_vain(&app).await;
    gloria.edits("luis").await;
    gloria.walk.see("#change-in-connex", "record").await;
    gloria.walk.press("a[href^=\"/admin/sync/organizations/\"]").await;
    gloria.walk.press("#resync").await;
    gloria.walk.see("#changes", "brought-over").await;
    assert_eq!(gloria.walk.browser.text("h1").await, "1 change");
    assert_eq!(gloria.walk.browser.text("#changes").await, "last name of Luis Ruiz: Ortega-Ruiz → Ruiz");
    gloria.until_the_list_says("luis", &["Luis Ruiz"]).await;
}
