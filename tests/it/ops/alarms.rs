//! Who is written, and when, while a site does not take what it is told.

use connex::{
    accounts,
    audit::Actor,
    kernel::{Lifetime, SiteId},
    operator::alarms,
    sites::{self, Family, details},
};

use super::{of_site, operator, page};
use crate::support::{
    app::{Person, TestApp},
    mail::Mail,
    on_both_engines,
};

on_both_engines! {
    a_site_that_does_not_answer_is_told_of_after_five_minutes_and_after_an_hour
    a_person_who_left_is_told_of_after_a_quarter_of_an_hour
    nodes_that_look_at_once_write_once
    a_site_that_comes_and_goes_is_told_of_once_an_hour
    another_trouble_does_not_hide_behind_the_first
    a_site_that_waits_for_a_word_is_told_of_at_once
    nobody_is_written_about_a_paused_site
    the_contact_is_typed_on_the_page_and_checked
}

const CONTACT: &str = "it@birch.example";
const OMAR: &str = "omar@people.example";

/// A site where nobody answers, which holds nothing of Northline yet.
struct Silent {
    site: SiteId,
    dana: Person,
}

async fn silent(app: &TestApp) -> Silent {
    app.operator("omar").await;
    let (site, _) = app.site(Family::OneOffice, "Birch County", "http://127.0.0.1:9", false).await;
    let dana = app.person("dana").await;
    let organization = app.organization("Northline", &dana).await;
    let mut unit = app.app.db.write().await.unwrap();
    let mut new = details::of(&mut unit, site).await.unwrap().unwrap().details;
    new.contact = Some(CONTACT.parse().unwrap());
    details::change(&mut unit, &Actor::Operator, site, new).await.unwrap();
    sites::approve(&mut unit, &Actor::Operator, site, organization, vec!["bidder".into()]).await.unwrap();
    unit.commit().await.unwrap();
    Silent { site, dana }
}

async fn look(app: &TestApp) {
    alarms::look(&app.app.db, &app.app.accounts.kit).await.unwrap();
}

/// The mails of alarms to an address, once somebody has looked after `span`.
async fn after(app: &TestApp, span: Lifetime, address: &str) -> Vec<Mail> {
    app.advance(span);
    look(app).await;
    app.mails_to(address).await.into_iter().filter(|mail| mail.kind == "operator.alarm").collect()
}

async fn a_site_that_does_not_answer_is_told_of_after_five_minutes_and_after_an_hour(app: TestApp) {
    let at = silent(&app).await;
    app.until("it does not answer", async || {
        app.count("select count(*) from sync_sites where trouble = 'not answering'").await == 1
    })
    .await;
    assert!(after(&app, Lifetime::minutes(4), CONTACT).await.is_empty());
    let first = after(&app, Lifetime::minutes(1), CONTACT).await;
    assert_eq!(first.len(), 1);
    let (subject, text) = (&first[0].subject, &first[0].text);
    assert_eq!(subject, "Birch County does not take what ConneX sends");
    assert!(text.contains("Birch County has not confirmed 2 changes of users or organizations."), "{text}");
    assert!(text.contains("What went wrong last: ") && text.contains("Nothing is lost"), "{text}");
    assert!(!text.contains("/ops/"), "whoever looks after the site has no page of ours");
    assert!(after(&app, Lifetime::minutes(50), OMAR).await.is_empty());
    let later = after(&app, Lifetime::minutes(6), OMAR).await;
    assert_eq!(later.len(), 1);
    assert_eq!(later[0].link(), app.at(&of_site(at.site, "")));
    assert!(!later[0].text.contains("What went wrong last"), "the page tells that");
    assert_eq!(after(&app, Lifetime::hours(22), OMAR).await.len(), 1, "once for one trouble");
    assert_eq!(after(&app, Lifetime::ZERO, CONTACT).await.len(), 1);
    assert_eq!(after(&app, Lifetime::hours(2), OMAR).await.len(), 2, "and again a day later");
}

async fn a_person_who_left_is_told_of_after_a_quarter_of_an_hour(app: TestApp) {
    let at = silent(&app).await;
    // As if the site had confirmed everything before.
    app.change(
        "update sync_items set state = 'ok', acked_rev = want_rev, acked = '{}', acked_active = true, acked_digest = ''",
    )
    .await;
    let mut unit = app.app.db.write().await.unwrap();
    accounts::disable(&mut unit, &Actor::Operator, at.dana.id, None).await.unwrap();
    unit.commit().await.unwrap();
    let subject = "Birch County has not let somebody out yet";
    let of_leaving = |mails: Vec<Mail>| mails.into_iter().filter(|mail| mail.subject == subject).count();
    assert_eq!(of_leaving(after(&app, Lifetime::minutes(14), OMAR).await), 0);
    assert_eq!(of_leaving(after(&app, Lifetime::minutes(1), OMAR).await), 1);
    assert_eq!(of_leaving(after(&app, Lifetime::ZERO, CONTACT).await), 0);
    let told = app.mails_to(OMAR).await;
    assert!(told.iter().all(|mail| !mail.text.contains("Dana")), "a mail names nobody who left");
}

async fn nodes_that_look_at_once_write_once(app: TestApp) {
    silent(&app).await;
    app.advance(Lifetime::hours(2));
    for _ in 0..5 {
        tokio::join!(look(&app), look(&app), look(&app), look(&app));
    }
    assert_eq!(after(&app, Lifetime::ZERO, OMAR).await.len(), 1);
    assert_eq!(after(&app, Lifetime::ZERO, CONTACT).await.len(), 1);
}

async fn a_site_that_comes_and_goes_is_told_of_once_an_hour(app: TestApp) {
    let at = silent(&app).await;
    assert_eq!(after(&app, Lifetime::minutes(6), CONTACT).await.len(), 1);
    let standing = "select count(*) from site_alarms where ended_at is null";
    app.change("update sync_sites set held_at = 0").await;
    look(&app).await;
    assert_eq!(app.count(standing).await, 1, "another node's clock may be ahead");
    app.advance(Lifetime::minutes(1));
    look(&app).await;
    assert_eq!(app.count(standing).await, 0, "the trouble is over");
    app.change("update sync_sites set held_at = null").await;
    assert_eq!(after(&app, Lifetime::minutes(58), CONTACT).await.len(), 1);
    assert_eq!(after(&app, Lifetime::minutes(3), CONTACT).await.len(), 2);
    let mut unit = app.app.db.write().await.unwrap();
    sites::remove(&mut unit, &Actor::Operator, at.site).await.unwrap();
    unit.commit().await.unwrap();
    app.advance(Lifetime::minutes(1));
    look(&app).await;
    assert_eq!(app.count(standing).await, 0, "a removed site troubles nobody");
    app.advance(Lifetime::days(30));
    let mut unit = app.app.db.write().await.unwrap();
    alarms::sweep(&mut unit).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(app.count("select count(*) from site_alarms").await, 0);
}

async fn another_trouble_does_not_hide_behind_the_first(app: TestApp) {
    silent(&app).await;
    app.change("update sync_sites set held_at = 0").await;
    app.change(
        "update sync_items set state = 'attention', attempts = 2, last_status = 400, last_error = 'The site refused it.'
         where kind = 'user'",
    )
    .await;
    app.change("update sync_items set state = 'ok', acked_rev = want_rev where kind = 'organization'").await;
    app.change("update sync_sites set held_at = null, trouble = null, resume_at = 0").await;
    let refused = after(&app, Lifetime::ZERO, CONTACT).await;
    assert_eq!(refused.len(), 1);
    assert!(refused[0].text.contains("Birch County has refused 1 change"), "{}", refused[0].text);
    app.change("update sync_items set state = 'due' where kind = 'organization'").await;
    assert_eq!(after(&app, Lifetime::minutes(6), CONTACT).await.len(), 2, "and it does not answer");
    assert_eq!(after(&app, Lifetime::days(1), CONTACT).await.len(), 4, "both are told again a day later");
}

async fn a_site_that_waits_for_a_word_is_told_of_at_once(app: TestApp) {
    silent(&app).await;
    app.change("update sync_sites set paused_at = 0, paused_why = '60 of 100 copies of Northline differ.'").await;
    for address in [OMAR, CONTACT] {
        let told = after(&app, Lifetime::ZERO, address).await;
        let mail = told.last().unwrap();
        assert_eq!(mail.subject, "Birch County differs too much to be put right without asking");
        assert!(mail.text.contains("60 of 100 copies of Northline differ."), "{}", mail.text);
    }
}

async fn nobody_is_written_about_a_paused_site(app: TestApp) {
    silent(&app).await;
    app.change("update sync_sites set held_at = 0").await;
    assert!(after(&app, Lifetime::days(1), OMAR).await.is_empty());
    assert!(after(&app, Lifetime::ZERO, CONTACT).await.is_empty());
}

async fn the_contact_is_typed_on_the_page_and_checked(app: TestApp) {
    let visitor = operator(&app).await;
    let (site, _) = app.site(Family::OneGov, "Birch", "https://birch.example", false).await;
    let path = of_site(site, "/addresses");
    let form = page(&app, &visitor, &path).await;
    let refused = visitor.press(&form, "#save", &[("contact", "nobody at birch")]).await.page();
    assert_eq!((refused.status.as_u16(), refused.attribute("#contact", "value")), (422, "nobody at birch".to_owned()));
    assert!(refused.words("#contact-e").contains("name@example.com"), "{}", refused.text());
    visitor.press(&form, "#save", &[("contact", CONTACT)]).await.page();
    assert_eq!(page(&app, &visitor, &path).await.attribute("#contact", "value"), CONTACT);
    let form = page(&app, &visitor, &path).await;
    visitor.press(&form, "#save", &[("contact", "")]).await.page();
    assert_eq!(page(&app, &visitor, &path).await.attribute("#contact", "value"), "");
}
