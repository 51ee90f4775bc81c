//! Mailed codes: ten minutes, five tries, the newest only, once, for one holder and one address.

use connex::{
    accounts::codes::{self, CheckError, Proving, Purpose},
    kernel::{EmailAddress, Language, Lifetime},
    platform::store::Sql,
};

use sha2::Digest;

use super::{A_MINUTE, ask_for_address, mails_of, signed_in, wrong};
use crate::support::{
    app::{PASSWORD, TestApp},
    http::{Page, Visitor},
    on_both_engines_with_limits,
};

on_both_engines_with_limits! {
    a_wrong_code_is_told_and_the_right_one_still_counts
    a_code_is_read_with_spaces_and_dashes
    a_code_has_five_tries
    tries_at_the_same_moment_count_one_by_one
    a_code_works_for_ten_minutes
    only_the_newest_code_counts
    a_code_counts_once_also_in_two_tabs
    a_code_is_good_for_its_purpose_and_holder_only
    another_code_waits_a_minute
    five_codes_an_hour_go_to_one_address
    a_code_stands_in_no_table
}

const NEW: &str = "new@people.example";

/// Somebody at the page that asks for the code, and the code.
async fn at_the_code(app: &TestApp) -> (Visitor, Page, String) {
    let (_, visitor) = signed_in(app, "dana").await;
    let page = ask_for_address(app, &visitor, NEW, PASSWORD).await;
    (visitor, page, newest(app).await)
}

async fn newest(app: &TestApp) -> String {
    mails_of(app, NEW, "accounts.code").await.pop().unwrap().code()
}

async fn enter(visitor: &Visitor, page: &Page, code: &str) -> Page {
    visitor.press(page, "#continue", &[("code", code)]).await.page()
}

async fn a_wrong_code_is_told_and_the_right_one_still_counts(app: TestApp) {
    let (visitor, page, code) = at_the_code(&app).await;
    assert!(page.words("#sent").contains("new@people.example") && page.words("#sent").contains("10 minutes"));
    let refused = enter(&visitor, &page, &wrong(&code)).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.words("#errors a"), "That code is not correct. Enter the newest code, or send a new one");
    assert_eq!(refused.attribute("#code", "value"), "", "a code is not sent back");
    assert!(enter(&visitor, &page, &code).await.has("#notice"));
}

async fn a_code_is_read_with_spaces_and_dashes(app: TestApp) {
    let (visitor, page, code) = at_the_code(&app).await;
    for nonsense in ["", "12345", "abcdef", "1234567", "123 45a"] {
        // No try is lost to what cannot be a code.
        assert_eq!(enter(&visitor, &page, nonsense).await.status, 422, "{nonsense}");
    }
    let typed = format!(" {}-{} ", &code[..3], &code[3..]);
    assert!(enter(&visitor, &page, &typed).await.has("#notice"));
}

async fn a_code_has_five_tries(app: TestApp) {
    let (visitor, page, code) = at_the_code(&app).await;
    for _ in 0..5 {
        assert_eq!(enter(&visitor, &page, &wrong(&code)).await.status, 422);
    }
    let refused = enter(&visitor, &page, &code).await;
    assert_eq!(refused.words("#errors a"), "That code was entered wrongly too often. Send a new one");
    app.advance(A_MINUTE);
    let page = visitor.press(&refused, "#resend", &[]).await.page();
    assert_eq!(page.words("#notice"), "We sent a new code to new@people.example");
    assert_eq!(enter(&visitor, &page, &newest(&app).await).await.url.path(), "/account/details");
}

async fn tries_at_the_same_moment_count_one_by_one(app: TestApp) {
    let (_visitor, _, code) = at_the_code(&app).await;
    let account = connex::accounts::find(&mut app.app.db.read().await.unwrap(), "dana").await.unwrap().unwrap();
    let (holder, address, wrong) = (account.id().to_string(), NEW.parse::<EmailAddress>().unwrap(), wrong(&code));
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (accounts, holder, address, wrong) =
            (app.app.accounts.clone(), holder.clone(), address.clone(), wrong.clone());
        tries.spawn(async move {
            let about = Proving { purpose: Purpose::EmailChange, holder: &holder, address: &address };
            codes::check(&accounts, &about, &wrong).await
        });
    }
    let answers = tries.join_all().await;
    let looked_at = answers.iter().filter(|answer| matches!(answer, Err(CheckError::Wrong))).count();
    let refused = answers.iter().filter(|answer| matches!(answer, Err(CheckError::TooMany))).count();
    assert_eq!((looked_at, refused), (5, 15));
}

async fn a_code_works_for_ten_minutes(app: TestApp) {
    let (visitor, page, code) = at_the_code(&app).await;
    app.advance(Lifetime::minutes(10));
    let refused = enter(&visitor, &page, &code).await;
    assert_eq!(refused.words("#errors a"), "That code has expired. Send a new one");
}

async fn only_the_newest_code_counts(app: TestApp) {
    let (visitor, page, first) = at_the_code(&app).await;
    app.advance(A_MINUTE);
    visitor.press(&page, "#resend", &[]).await.page();
    let second = newest(&app).await;
    assert!(first == second || enter(&visitor, &page, &first).await.status == 422);
    assert!(enter(&visitor, &page, &second).await.has("#notice"));
}

async fn a_code_counts_once_also_in_two_tabs(app: TestApp) {
    let (visitor, page, code) = at_the_code(&app).await;
    let fields = [("code", code.as_str())];
    let (one, two) =
        tokio::join!(visitor.press_once(&page, "#continue", &fields), visitor.press_once(&page, "#continue", &fields));
    let notices = [&one, &two].map(|page| page.headers.get_all("set-cookie").iter().count());
    assert_eq!(notices.iter().filter(|count| **count > 0).count(), 1, "{one:?} {two:?}");
    assert_eq!(app.count("select count(*) from email_changes").await, 1);
    assert_eq!(enter(&visitor, &page, &code).await.url.path(), "/account/details");
}

async fn a_code_is_good_for_its_purpose_and_holder_only(app: TestApp) {
    let (_visitor, _, code) = at_the_code(&app).await;
    let (accounts, address) = (&app.app.accounts, NEW.parse::<EmailAddress>().unwrap());
    let dana = connex::accounts::find(&mut app.app.db.read().await.unwrap(), "dana").await.unwrap().unwrap();
    let lee = app.person("lee").await;
    let (holder, other, elsewhere) = (dana.id().to_string(), lee.id.to_string(), lee.email.parse().unwrap());
    let about = Proving { purpose: Purpose::EmailChange, holder: &holder, address: &address };
    for foreign in [
        Proving { purpose: Purpose::SignUp, ..about },
        Proving { holder: &other, ..about },
        Proving { address: &elsewhere, ..about },
    ] {
        let refused = codes::check(accounts, &foreign, &code).await;
        assert!(matches!(refused, Err(CheckError::Wrong)), "{foreign:?}");
    }
    assert!(codes::check(accounts, &about, &code).await.is_ok());
}

async fn another_code_waits_a_minute(app: TestApp) {
    let (visitor, page, _) = at_the_code(&app).await;
    app.advance(Lifetime::seconds(20));
    let refused = visitor.press(&page, "#resend", &[]).await.page();
    assert_eq!(refused.status, 422);
    assert!(
        refused.words("#errors a").starts_with("A code was sent a moment ago. Send a new one in "),
        "{}",
        refused.text()
    );
    assert_eq!(mails_of(&app, NEW, "accounts.code").await.len(), 1);
}

async fn five_codes_an_hour_go_to_one_address(app: TestApp) {
    let address: EmailAddress = NEW.parse().unwrap();
    for draft in 1..=6 {
        let holder = format!("draft_{draft}");
        let about = Proving { purpose: Purpose::SignUp, holder: &holder, address: &address };
        let mut unit = app.app.db.write().await.unwrap();
        let sent = codes::send(&mut unit, &app.app.accounts, &about, Language::Spanish).await;
        assert_eq!(sent.is_ok(), draft <= 5, "{sent:?}");
        if sent.is_ok() {
            unit.commit().await.unwrap();
        }
    }
    let mails = mails_of(&app, NEW, "accounts.code").await;
    assert_eq!((mails.len(), mails[0].subject.as_str()), (5, "Su código de ConneX"));
}

async fn a_code_stands_in_no_table(app: TestApp) {
    let (_visitor, _, code) = at_the_code(&app).await;
    let mut reader = app.app.db.read().await.unwrap();
    let digest: Vec<u8> = reader.sql("select digest from mailed_codes").scalar().await.unwrap().unwrap();
    assert_eq!(digest.len(), 32);
    assert_ne!(digest, sha2::Sha256::digest(&code).to_vec(), "a million hashes are soon tried");
}
