//! Bad input: addresses, codes, names.

use connex::kernel::Lifetime;

use super::{Newcomer, PASSWORD, organization};
use crate::support::{app::TestApp, never_a_5xx_on_both_engines};

never_a_5xx_on_both_engines! {
    an_address_that_is_none_is_refused
    a_slip_in_the_domain_is_asked_about_once
    a_wrong_code_proves_nothing
    an_old_code_proves_nothing
    an_expired_code_proves_nothing
    somebody_elses_code_proves_nothing
    a_code_has_five_tries
    a_new_code_can_be_sent_after_a_minute
    names_of_organizations_are_shown_as_text
    names_of_people_are_short_and_do_not_deceive
    a_password_that_is_easy_to_guess_is_refused
    a_note_is_short
}

async fn an_address_that_is_none_is_refused(app: TestApp) {
    let luis = Newcomer::new(&app, "luis@lake.example");
    let start = luis.open("/signup").await;
    let long = format!("{}@lake.example", "a".repeat(300));
    for address in
        ["", "luis", "a@b@lake.example", "luis@lake.example\r\nBcc: eve@lake.example", "luіs@lake.example", &long]
    {
        let page = luis.fill(&start, &[("email", address)]).await;
        assert_eq!(page.status, 422, "{address:?}");
        assert!(page.words("#errors").contains("Enter an email address in the correct format"), "{address:?}");
    }
    assert_eq!(app.count("select count(*) from mails").await, 0);
}

async fn a_slip_in_the_domain_is_asked_about_once(app: TestApp) {
    let luis = Newcomer::new(&app, "luis@gmial.com");
    let page = luis.fill(&luis.open("/signup").await, &[("email", &luis.email)]).await;
    assert!(page.words("#email-e").contains("Did you mean luis@gmail.com?"));
    assert_eq!(luis.fill(&page, &[]).await.url.path(), "/signup/code", "who is sure goes on");
}

async fn a_wrong_code_proves_nothing(app: TestApp) {
    let luis = Newcomer::new(&app, "luis@lake.example");
    let page = luis.begin().await;
    let right = app.mail_to(&luis.email).await.code();
    let wrong = if right == "000000" { "111111" } else { "000000" };
    for typed in [wrong, "", "abc", "12345678901234567890"] {
        let page = luis.fill(&page, &[("code", typed)]).await;
        assert!(page.words("#code-e").contains("That code is not correct"), "{typed}");
        assert_eq!(page.attribute("#code", "value"), "", "a code is never shown again");
    }
    let spaced = format!(" {} {} ", &right[..3], &right[3..]);
    assert_eq!(luis.fill(&page, &[("code", &spaced)]).await.url.path(), "/signup/organization");
}

async fn an_old_code_proves_nothing(app: TestApp) {
    let luis = Newcomer::new(&app, "luis@lake.example");
    let page = luis.begin().await;
    let old = app.mail_to(&luis.email).await.code();
    app.advance(Lifetime::seconds(61));
    let page = luis.visitor.press(&page, "#resend", &[]).await.page();
    let new = app.mail_to(&luis.email).await.code();
    if old != new {
        assert!(luis.fill(&page, &[("code", &old)]).await.words("#code-e").contains("not correct"));
    }
    assert_eq!(luis.fill(&page, &[("code", &new)]).await.url.path(), "/signup/organization");
}

async fn an_expired_code_proves_nothing(app: TestApp) {
    let luis = Newcomer::new(&app, "luis@lake.example");
    let page = luis.begin().await;
    app.advance(Lifetime::minutes(11));
    let page = luis.fill(&page, &[("code", &app.mail_to(&luis.email).await.code())]).await;
    assert!(page.words("#code-e").contains("That code has expired"));
    let page = luis.visitor.press(&page, "#resend", &[]).await.page();
    assert!(page.words("#notice").contains("We sent a new code to luis@lake.example"));
}

async fn somebody_elses_code_proves_nothing(app: TestApp) {
    let (luis, eve) = (Newcomer::new(&app, "luis@lake.example"), Newcomer::new(&app, "eve@evil.example"));
    let page = luis.begin().await;
    eve.begin().await;
    let (his, hers) = (app.mail_to(&luis.email).await.code(), app.mail_to(&eve.email).await.code());
    if his != hers {
        assert!(luis.fill(&page, &[("code", &hers)]).await.words("#code-e").contains("not correct"));
    }
}

async fn a_code_has_five_tries(app: TestApp) {
    let luis = Newcomer::new(&app, "luis@lake.example");
    let page = luis.begin().await;
    let right = app.mail_to(&luis.email).await.code();
    let wrong = if right == "000000" { "111111" } else { "000000" };
    for _ in 0..5 {
        luis.fill(&page, &[("code", wrong)]).await;
    }
    let page = luis.fill(&page, &[("code", &right)]).await;
    assert!(page.words("#code-e").contains("entered wrongly too often"));
}

async fn a_new_code_can_be_sent_after_a_minute(app: TestApp) {
    let luis = Newcomer::new(&app, "luis@lake.example");
    let page = luis.begin().await;
    let early = luis.visitor.press(&page, "#resend", &[]).await.page();
    assert_eq!(early.status, 429);
    assert!(early.words("#code-e").contains("A code was sent a moment ago"));
    assert_eq!(luis.begin().await.url.path(), "/signup/code", "who types the address again finds the code's page");
    assert_eq!(app.mails_to(&luis.email).await.len(), 1);
}

async fn names_of_organizations_are_shown_as_text(app: TestApp) {
    let luis = Newcomer::new(&app, "luis@lake.example");
    let page = luis.prove().await;
    let form = luis.fill(&page, &[("org", "none")]).await;
    for name in ["pay\u{202e}roll", &"x".repeat(500)] {
        let page = luis.fill(&form, &[&organization(name)[..], &[("phone", "call me")]].concat()).await;
        assert!(page.has("#name[aria-invalid]") && page.has("#phone[aria-invalid]"), "{name:?}");
    }
    let page = luis.fill(&form, &organization("<script>alert(1)</script> & Sons")).await;
    let check = luis.choose(&page).await;
    assert!(check.text().contains("<script>alert(1)</script> & Sons") && !check.has("main script"));
    assert!(luis.create(&check).await.words("#standing").contains("<script>"));
}

async fn names_of_people_are_short_and_do_not_deceive(app: TestApp) {
    let luis = Newcomer::new(&app, "luis@lake.example");
    let page = luis.prove().await;
    let form = luis.found(&page, "Lake Paving").await;
    for name in ["\u{202e}siuL", &"x".repeat(500), "   ", "a\nb"] {
        let fields = [("password", PASSWORD), ("given_name", name), ("family_name", "Ortega")];
        assert!(luis.fill(&form, &fields).await.has("#given_name[aria-invalid]"), "{name:?}");
    }
    for username in ["lu is", "luіs", &"x".repeat(300), ""] {
        let fields =
            [("username", username), ("password", PASSWORD), ("given_name", "Luis"), ("family_name", "Ortega")];
        assert!(luis.fill(&form, &fields).await.has("#username[aria-invalid]"), "{username:?}");
    }
}

async fn a_password_that_is_easy_to_guess_is_refused(app: TestApp) {
    let luis = Newcomer::new(&app, "luis@lake.example");
    let page = luis.prove().await;
    let form = luis.found(&page, "Lake Paving").await;
    for password in ["short", "passwordpassword", "Lake-Paving-Luis-Ortega", "luis@lake.example!"] {
        let fields = [("password", password), ("given_name", "Luis"), ("family_name", "Ortega")];
        let page = luis.fill(&form, &fields).await;
        assert!(
            page.has("#password[aria-invalid]") && !page.body.contains(password) || password.contains('@'),
            "{password}"
        );
    }
}

async fn a_note_is_short(app: TestApp) {
    let dana = super::northline(&app).await;
    let luis = Newcomer::new(&app, &dana.email.replace("dana", "luis"));
    let page = luis.prove().await;
    let id = page.attribute("#org input[value^=org_]", "value");
    let page = luis.fill(&page, &[("org", &id), ("note", &"x".repeat(201))]).await;
    assert!(page.words("#note-e").contains("200 characters or fewer"));
    assert!(page.has(&format!("#{id}[checked]")), "the choice is kept");
}
