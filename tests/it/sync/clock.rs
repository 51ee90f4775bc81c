//! Sites whose clock is wrong by a year, and sites whose certificate has ended.

use std::{
    fs,
    time::{Duration, UNIX_EPOCH},
};

use connex::{
    kernel::{Lifetime, SiteId},
    platform::store::Sql,
};

use super::world::{World, approve, is_right_in_time, site_at};
use crate::support::{
    app::TestApp,
    on_both_engines,
    scim_site::{Manner, ScimSite},
    tls,
};

on_both_engines! {
    a_site_whose_clock_is_wrong_by_a_year_is_left_alone_for_as_long_as_it_means
    a_site_that_finds_us_a_year_late_is_right_when_its_clock_is
    a_site_whose_certificate_has_ended_is_told_nothing_until_it_has_another
}

/// Some moment as HTTP writes it, so many years from the middle of 2026.
fn in_years(years: i64, seconds: i64) -> String {
    let since_1970 = 1_782_900_000 + years * 365 * 86_400 + seconds;
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(since_1970.try_into().unwrap()))
}

async fn a_site_whose_clock_is_wrong_by_a_year_is_left_alone_for_as_long_as_it_means(app: TestApp) {
    let world = World::told(app).await;
    for years in [-1, 1] {
        let headers = vec![("date", in_years(years, 0)), ("retry-after", in_years(years, 90))];
        world.scim.next([Manner::Says(503, headers, String::new())]);
        let before = world.app.now();
        world.rename(&world.luis, &format!("Year {years}")).await;
        let waits = async || world.resume_at().await > before.millis();
        world.app.until("it is left alone", waits).await;
        let (least, most) = (before + Lifetime::seconds(90), world.app.now() + Lifetime::seconds(90));
        let until = world.resume_at().await;
        assert!((least.millis()..=most.millis()).contains(&until), "{years}: {until}");
        world.app.advance(Lifetime::seconds(91));
        world.is_right().await;
    }
}

/// Its clock says that our tokens have expired, or that they are none yet.
async fn a_site_that_finds_us_a_year_late_is_right_when_its_clock_is(app: TestApp) {
    let world = World::told(app).await;
    world.scim.always(Some(Manner::Says(401, vec![("date", in_years(1, 0))], String::new())));
    for name in ["Lucho", "Lou"] {
        world.rename(&world.luis, name).await;
        world.app.until("it is left alone", async || world.resume_at().await > world.app.now().millis()).await;
        world.app.advance(Lifetime::days(1));
    }
    assert_eq!(world.copy_of(&world.luis).await.1, 0, "nothing is wrong with the copy");
    assert_eq!(world.app.count("select count(*) from sync_sites where trouble = 'credentials'").await, 1);
    world.scim.always(None);
    world.is_right_in_time(Lifetime::minutes(1)).await;
    assert_eq!(world.scim.user("luis").unwrap()["name"]["givenName"], "Lou");
    world.scim.assert_nothing_was_applied_twice();
}

/// ConneX that trusts whoever made both certificates, the one that has ended and the one of today.
async fn trusting(app: &TestApp, ended: &tls::Certificate) -> TestApp {
    let bundle = app.folder.path().join("both.pem");
    fs::write(&bundle, [tls::certificate().0.as_slice(), &ended.pem].concat()).unwrap();
    TestApp::start_with(app.setting, |config| config.outbound.extra_ca_file = Some(bundle)).await
}

async fn last_error(app: &TestApp, site: SiteId) -> Option<String> {
    let sql = "select last_error from sync_sites where site_id = $1 and trouble = 'not answering'";
    app.app.db.read().await.unwrap().sql(sql).bind(site).scalar().await.unwrap()
}

async fn a_site_whose_certificate_has_ended_is_told_nothing_until_it_has_another(app: TestApp) {
    let ended = tls::expired_certificate_for("127.0.0.1", "ended.localhost");
    let app = trusting(&app, &ended).await;
    let files = tls::files_of(app.folder.path(), "ended-", (&ended.pem, &ended.key));
    let scim = ScimSite::start_with(files).await;
    let site = site_at(&app, &scim).await;
    let dana = app.person("dana").await;
    let organization = app.organization("Northline", &dana).await;
    approve(&app, site, organization).await;
    app.until("it is found to be unreachable", async || last_error(&app, site).await.is_some()).await;
    let why = last_error(&app, site).await.unwrap();
    let said = "The site cannot be reached: no connection: its certificate is not believed (certificate has expired).";
    assert_eq!(why, said);
    assert!(scim.look().told.is_empty(), "not even a token of ours went there");
    let renewed = tls::files(app.folder.path());
    let scim = scim.goes_down().await.comes_back_with(renewed).await;
    is_right_in_time(&app, site, Lifetime::minutes(1)).await;
    assert_eq!(scim.user("dana").unwrap()["active"], true);
}
