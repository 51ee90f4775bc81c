//! Approvals: whom they let in, their history, their end, and what several people do at once.

use connex::{
    audit::Actor,
    kernel::Lifetime,
    organizations::{Role, founder, profile},
    sites::{
        self, SiteError,
        approvals::{self, By, Terms, Word, end_expired},
    },
};
use tokio::task::JoinSet;

use super::{EVERYTHING, Northline, Says, named, say};
use crate::support::{app::TestApp, http::Visitor, on_both_engines, rounds};

on_both_engines! {
    s19_everybody_of_an_approved_organization_is_at_the_site_now_and_later
    s19_who_leaves_or_is_disabled_is_out_at_the_site
    each_word_is_kept_with_who_said_it_and_why
    an_organization_asks_once_and_not_where_there_is_nothing_to_ask
    an_approval_ends_when_its_time_is_over
    an_approval_that_was_prolonged_meanwhile_does_not_end
    revoking_puts_everybody_out_and_lets_them_begin_anew
    a_removed_site_and_a_deleted_organization_are_approved_no_more
    approve_revoke_and_approve_at_once_leave_what_was_said_last
    two_who_decide_at_the_same_moment_come_one_after_the_other
    nobody_is_left_linked_by_who_syncs_while_the_agency_blocks
    a_new_name_is_at_the_site_although_it_came_at_the_moment_of_the_approval
    the_approval_stays_when_the_founder_leaves
    a_site_that_needs_approval_holds_nobody_without_an_organization
}

async fn s19_everybody_of_an_approved_organization_is_at_the_site_now_and_later(app: TestApp) {
    let north = Northline::kept_out_of_birch(app).await;
    assert_eq!(north.wanted(&north.marcus).await, None);
    north.says(Says::Approved).await;
    let luis = named(&north.app, ("luis", "Luis")).await;
    north.app.add_to(north.id, &luis, Role::Member).await;
    for person in [&north.dana, &north.ellen, &north.marcus, &luis] {
        assert_eq!(north.wanted(person).await.as_deref(), Some("present"), "{}", person.username);
    }
    let told = north.client.sign_in(&Visitor::new(), &luis, EVERYTHING).await.id_token()["sites"][0].clone();
    assert_eq!((told["status"].as_str(), told["roles"][0].as_str()), (Some("approved"), Some("bidder")));
}

async fn s19_who_leaves_or_is_disabled_is_out_at_the_site(app: TestApp) {
    let north = Northline::on(app).await;
    north.says(Says::Approved).await;
    north.client.sign_in(&Visitor::new(), &north.marcus, "openid").await;
    north.remove(&north.marcus).await;
    assert_eq!(north.wanted(&north.marcus).await.as_deref(), Some("inactive"), "what he opened himself ends too");
    let dana = north.browser(&north.dana).await;
    let path = format!("/org/users/{}", north.membership(&north.ellen).await);
    let page = north.page(&dana, &path).await;
    let page = dana.press(&page, "#disable", &[]).await.page();
    assert_eq!(north.wanted(&north.ellen).await.as_deref(), Some("inactive"));
    dana.press(&page, "#enable", &[]).await.page();
    assert_eq!(north.wanted(&north.ellen).await.as_deref(), Some("present"));
}

async fn each_word_is_kept_with_who_said_it_and_why(app: TestApp) {
    let north = Northline::on(app).await;
    for word in [Says::Approved, Says::Suspended, Says::Suspended, Says::Denied, Says::Revoked] {
        north.says(word).await;
    }
    let at = (north.birch, north.id);
    let mut reader = north.app.app.db.read().await.unwrap();
    let history = approvals::history(&mut reader, at, 20).await.unwrap();
    let said: Vec<_> = history.iter().map(|said| (said.word().unwrap(), said.rev)).collect();
    let newest_first = [(Word::Revoked, 4), (Word::Denied, 3), (Word::Suspended, 2), (Word::Approved, 1)];
    assert_eq!(said, newest_first, "and what was said twice was said once");
    for said in &history {
        assert_eq!((said.clerk.as_deref(), said.reason.as_deref()), (Some("Gloria Reyes"), Some("because")));
        assert_eq!(said.decided_by, "operator");
    }
    assert_eq!(history[3].roles(), ["bidder"]);
    let counts = approvals::find(&mut reader, at).await.unwrap().unwrap();
    assert!(counts.word == Word::Revoked && counts.rev == 4 && counts.roles.is_empty());
}

async fn an_organization_asks_once_and_not_where_there_is_nothing_to_ask(app: TestApp) {
    let north = Northline::kept_out_of_birch(app).await;
    let ask = async || {
        let (mut unit, actor) = (north.app.app.db.write().await.unwrap(), Actor::Person(north.dana.id));
        let asked = approvals::request(&mut unit, By::from(&actor), (north.birch, north.id)).await;
        unit.commit().await.unwrap();
        asked.map(|approval| approval.map(|approval| approval.word))
    };
    assert_eq!(ask().await.unwrap(), Some(Word::Requested));
    assert_eq!(ask().await.unwrap(), None, "once");
    north.says(Says::Revoked).await;
    assert_eq!(ask().await.unwrap(), Some(Word::Requested), "a refusal is not for ever");
    north.says(Says::Approved).await;
    assert!(matches!(ask().await, Err(SiteError::Approved)));
    for word in [Says::Suspended, Says::Denied] {
        north.says(word).await;
        assert!(matches!(ask().await, Err(SiteError::Barred)), "{word:?}");
    }
}

/// Northline approved for an hour.
async fn approved_for_an_hour(app: TestApp) -> Northline {
    let north = Northline::on(app).await;
    let mut unit = north.app.app.db.write().await.unwrap();
    let until = Some(north.app.now() + Lifetime::hours(1));
    let terms = Terms { valid_until: until, ..Terms::default() };
    approvals::approve_with(&mut unit, By::from(&Actor::Operator), (north.birch, north.id), terms).await.unwrap();
    unit.commit().await.unwrap();
    north
}

async fn an_approval_ends_when_its_time_is_over(app: TestApp) {
    let north = approved_for_an_hour(app).await;
    assert_eq!(end_expired(&north.app.app.db).await.unwrap(), 0);
    assert_eq!(north.wanted(&north.marcus).await.as_deref(), Some("present"));
    north.app.advance(Lifetime::hours(1));
    let db = &north.app.app.db;
    let ended = tokio::join!(end_expired(db), end_expired(db));
    let ended = ended.0.unwrap() + ended.1.unwrap();
    let facts = "select count(*) from audit_entries where fact = 'sites.approval_ended'";
    assert!(ended <= 1 && north.app.count(facts).await == 1, "by whoever is first, and once");
    assert_eq!(north.wanted(&north.marcus).await.as_deref(), Some("inactive"));
    let dana = north.browser(&north.dana).await;
    let page = north.page(&dana, &north.birch_path()).await;
    assert!(page.words("#happenings").contains("The approval of Birch County has run out"), "{}", page.text());
}

async fn an_approval_that_was_prolonged_meanwhile_does_not_end(app: TestApp) {
    let north = approved_for_an_hour(app).await;
    north.app.advance(Lifetime::minutes(59));
    north.says(Says::Approved).await;
    north.app.advance(Lifetime::minutes(2));
    assert_eq!(end_expired(&north.app.app.db).await.unwrap(), 0);
    assert_eq!(north.wanted(&north.marcus).await.as_deref(), Some("present"));
}

async fn revoking_puts_everybody_out_and_lets_them_begin_anew(app: TestApp) {
    let north = Northline::on(app).await;
    let dana = north.browser(&north.dana).await;
    north.sync(&dana).await;
    north.client.sign_in(&Visitor::new(), &north.marcus, "openid").await;
    north.says(Says::Approved).await;
    north.says(Says::Revoked).await;
    for person in [&north.dana, &north.ellen, &north.marcus] {
        assert_eq!(north.wanted(person).await.as_deref(), Some("inactive"), "{}", person.username);
    }
    let mut unit = north.app.app.db.write().await.unwrap();
    let again = say(&mut unit, (north.birch, north.id), Says::Revoked).await;
    assert!(matches!(again, Err(SiteError::NotApproved)));
    drop(unit);
    north.sync(&dana).await;
    assert_eq!(north.wanted(&north.marcus).await.as_deref(), Some("present"));
}

async fn a_removed_site_and_a_deleted_organization_are_approved_no_more(app: TestApp) {
    let north = Northline::on(app).await;
    north.app.change("update organizations set status = 'deleted'").await;
    let mut unit = north.app.app.db.write().await.unwrap();
    let refused = say(&mut unit, (north.birch, north.id), Says::Approved).await;
    assert!(matches!(refused, Err(SiteError::NotFound)));
    drop(unit);
    north.app.change("update organizations set status = 'active'").await;
    let mut unit = north.app.app.db.write().await.unwrap();
    sites::remove(&mut unit, &Actor::Operator, north.birch).await.unwrap();
    for word in [Says::Approved, Says::Suspended, Says::Denied] {
        assert!(matches!(say(&mut unit, (north.birch, north.id), word).await, Err(SiteError::NotFound)), "{word:?}");
    }
    unit.commit().await.unwrap();
}

async fn approve_revoke_and_approve_at_once_leave_what_was_said_last(app: TestApp) {
    let north = Northline::on(app).await;
    for round in 0..rounds(15, 300) {
        let mut tasks = JoinSet::new();
        for word in [Says::Approved, Says::Revoked, Says::Approved, Says::Suspended] {
            let (db, at) = (north.app.app.db.clone(), (north.birch, north.id));
            tasks.spawn(async move {
                let mut unit = db.write().await.unwrap();
                let said = say(&mut unit, at, word).await;
                said.is_ok() && unit.commit().await.is_ok()
            });
        }
        tasks.join_all().await;
        let mut reader = north.app.app.db.read().await.unwrap();
        let counts = approvals::find(&mut reader, (north.birch, north.id)).await.unwrap().unwrap();
        let history = approvals::history(&mut reader, (north.birch, north.id), 1).await.unwrap();
        let newest = (history[0].word().unwrap(), history[0].rev);
        assert_eq!(newest, (counts.word, counts.rev), "round {round}");
        let right = if counts.word == Word::Approved { "present" } else { "inactive" };
        let wanted = north.wanted(&north.marcus).await;
        let is_right = wanted.as_deref() == Some(right) || (wanted.is_none() && right == "inactive");
        assert!(is_right, "round {round}: {:?} and {wanted:?}", counts.word);
    }
}

async fn two_who_decide_at_the_same_moment_come_one_after_the_other(app: TestApp) {
    let north = Northline::on(app).await;
    for round in 0..rounds(15, 300) {
        let mut tasks = JoinSet::new();
        for word in [Says::Denied, Says::Suspended] {
            let (db, at) = (north.app.app.db.clone(), (north.birch, north.id));
            tasks.spawn(async move {
                let mut unit = db.write().await.unwrap();
                let rev = say(&mut unit, at, word).await.unwrap().rev;
                unit.commit().await.unwrap();
                rev
            });
        }
        let revs = tasks.join_all().await;
        assert_ne!(revs[0], revs[1], "round {round}: one of them was second, and saw the other");
        north.says(Says::Approved).await;
    }
    let words = north.app.count("select count(*) from site_approval_words").await;
    let distinct = north.app.count("select count(distinct rev) from site_approval_words").await;
    assert_eq!(words, distinct, "each word has its place in the history");
}

async fn nobody_is_left_linked_by_who_syncs_while_the_agency_blocks(app: TestApp) {
    let north = Northline::on(app).await;
    for round in 0..rounds(10, 200) {
        let (db, at, by) = (north.app.app.db.clone(), (north.birch, north.id), north.dana.id);
        let link = tokio::spawn(async move {
            let mut unit = db.write().await.unwrap();
            let _barred = sites::link(&mut unit, at.0, at.1, by).await;
            unit.commit().await.unwrap();
        });
        north.says(Says::Denied).await;
        link.await.unwrap();
        let wanted = north.wanted(&north.marcus).await;
        assert_ne!(wanted.as_deref(), Some("present"), "round {round}");
        assert!(!north.gets_in(&north.marcus).await, "round {round}");
        north.says(Says::Revoked).await;
    }
}

async fn a_new_name_is_at_the_site_although_it_came_at_the_moment_of_the_approval(app: TestApp) {
    let north = Northline::on(app).await;
    for round in 0..rounds(10, 200) {
        let before =
            north.app.count("select coalesce(max(want_rev), 0) from sync_items where kind = 'organization'").await;
        let (running, place) = (north.app.app.clone(), north.place(&north.dana).await);
        let rename = tokio::spawn(async move {
            let mut unit = running.db.write().await.unwrap();
            let mut new = profile::read(&mut unit, place.organization).await.unwrap().unwrap();
            new.name = format!("Northline {round}").parse().unwrap();
            profile::edit(&mut unit, &running.accounts.kit, place.administrator().unwrap(), new).await.unwrap();
            unit.commit().await.unwrap();
        });
        north.says(Says::Approved).await;
        rename.await.unwrap();
        let after = north.app.count("select max(want_rev) from sync_items where kind = 'organization'").await;
        // Whichever came second has been seen: a site that was sent what the first one left is owed more.
        let least = if round == 0 { 1 } else { before + 2 };
        assert!(after >= least, "round {round}: {before} {after}");
        let sql = "select count(*) from sync_items where kind = 'organization' and want = 'present' and state = 'due'";
        assert_eq!(north.app.count(sql).await, 1, "round {round}");
    }
}

async fn the_approval_stays_when_the_founder_leaves(app: TestApp) {
    let north = Northline::kept_out_of_birch(app).await;
    north.says(Says::Approved).await;
    let kit = &north.app.app.accounts.kit;
    let ellen_id = north.membership(&north.ellen).await;
    let (dana, ellen) = (north.place(&north.dana).await, north.place(&north.ellen).await);
    let mut unit = north.app.app.db.write().await.unwrap();
    let offer = founder::offer(&mut unit, kit, dana.founder().unwrap(), ellen_id).await.unwrap();
    founder::accept(&mut unit, kit, ellen.administrator().unwrap(), offer).await.unwrap();
    unit.commit().await.unwrap();
    let visitor = north.browser(&north.dana).await;
    let page = north.page(&visitor, "/org/leave").await;
    visitor.press(&page, "main button.danger", &[]).await.page();
    assert_eq!(north.wanted(&north.dana).await.as_deref(), Some("inactive"));
    assert_eq!(north.wanted(&north.ellen).await.as_deref(), Some("present"));
    assert!(north.gets_in(&north.marcus).await && !north.gets_in(&north.dana).await);
}

async fn a_site_that_needs_approval_holds_nobody_without_an_organization(app: TestApp) {
    let north = Northline::kept_out_of_birch(app).await;
    north.says(Says::Approved).await;
    let luis = named(&north.app, ("luis", "Luis")).await;
    assert!(!north.gets_in(&luis).await);
    assert_eq!(north.wanted(&luis).await, None);
    north.app.add_to(north.id, &luis, Role::Member).await;
    assert!(north.gets_in(&luis).await);
}
