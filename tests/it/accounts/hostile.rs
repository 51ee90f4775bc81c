//! What people who mean no good put into the forms of an account (E-2, X-7; bad input of issue 3).

use super::{ask_for_address, mails_of, signed_in};
use crate::support::{
    app::{PASSWORD, TestApp},
    http::Visitor,
    never_a_5xx_on_both_engines,
};

never_a_5xx_on_both_engines! {
    fields_that_a_form_does_not_have_are_not_read
    names_that_deceive_are_refused_and_markup_is_shown_as_text
    what_is_not_one_address_is_refused_and_gets_no_mail
    a_look_alike_of_an_address_is_not_that_address
    forms_of_another_browser_are_refused
    nothing_of_hostile_lengths_breaks_a_page
}

const WHAT_COUNTS: &str = "select count(*) from accounts where username = 'dana' and email = 'dana@people.example'
    and email_verified_at is null and status = 'active' and language = 'en'";

async fn fields_that_a_form_does_not_have_are_not_read(app: TestApp) {
    let (_, visitor) = signed_in(&app, "dana").await;
    app.change("update accounts set email_verified_at = null").await;
    let subject = "select count(distinct subject) from accounts where subject = 'eve'";
    let page = visitor.open(&app.at("/account/details")).await.page();
    let proof = page.attribute("input[name=proof]", "value");
    let foreign = [
        "email_verified",
        "email_verified_at",
        "verified_at",
        "status",
        "role",
        "org_id",
        "organization_id",
        "sub",
        "subject",
        "username",
        "user_id",
        "id",
        "account_id",
        "password_hash",
        "rev",
        "disabled_by",
        "language",
        "claims",
        "acr",
        "amr",
        "admin",
        "is_admin",
        "founder",
        "email",
        "reserved_until",
        "updated_at",
    ];
    for name in foreign {
        for value in ["true", "eve", "1", "founder"] {
            let fields =
                [("proof", proof.as_str()), ("given_name", "Dana"), ("family_name", "Whitfield"), (name, value)];
            assert_eq!(visitor.post(&app.at("/account/details"), &fields).await.status, 303, "{name}");
        }
    }
    assert_eq!((app.count(WHAT_COUNTS).await, app.count(subject).await), (1, 0));
}

async fn names_that_deceive_are_refused_and_markup_is_shown_as_text(app: TestApp) {
    let (_, visitor) = signed_in(&app, "dana").await;
    let page = visitor.open(&app.at("/account/details")).await.page();
    let long = "x".repeat(500);
    for name in ["", " \u{a0}", "Da\u{202e}na", "Da\u{200b}na", "Dana\r\nBcc: eve@x.example", &long] {
        let page = visitor.press(&page, "#save-name", &[("given_name", name), ("family_name", "Ng")]).await.page();
        assert_eq!(page.status, 422, "{name:?}");
        assert!(page.has("#given_name[aria-invalid=true]") && !page.has("#family_name[aria-invalid]"));
    }
    let markup = "<script>alert(1)</script>";
    let page =
        visitor.press(&page, "#save-name", &[("given_name", markup), ("family_name", "\"'><b>{{7*7}}")]).await.page();
    assert_eq!(page.words("#person"), format!("{markup} \"'><b>{{{{7*7}}}}"));
    assert!(!page.has("script") && !page.has("#person b"), "{}", page.body);
}

async fn what_is_not_one_address_is_refused_and_gets_no_mail(app: TestApp) {
    let (_, visitor) = signed_in(&app, "dana").await;
    let long = format!("{}@people.example", "a".repeat(300));
    let texts = [
        "",
        "dana",
        "a@b@people.example",
        "a@people.example,b@people.example",
        "a@people.example\r\nRCPT TO:<eve@x.example>",
        "=?utf-8?q?eve?=@people.example, x@x.example",
        "Dana <a@people.example>",
        "a@localhost",
        "d\u{430}na@people.example",
        &long,
    ];
    for text in texts {
        let page = ask_for_address(&app, &visitor, text, PASSWORD).await;
        assert_eq!(page.status, 422, "{text:?}");
        assert_eq!(page.words("#errors a"), "Enter an email address in the correct format, like name@example.com");
    }
    assert_eq!(app.count("select count(*) from mails").await, 0);
}

async fn a_look_alike_of_an_address_is_not_that_address(app: TestApp) {
    let (dana, visitor) = signed_in(&app, "dana").await;
    for name in ["d\u{430}na", "dana@pe\u{43e}ple.example", "ＤＡＮＡ", "dana\u{200b}"] {
        super::ask_for_link(&app, &Visitor::new(), name).await;
        assert_eq!(super::try_to_sign_in(&app, name, PASSWORD).await.status, 422, "{name}");
    }
    app.until("the jobs are done", async || app.count("select count(*) from jobs").await == 0).await;
    assert!(mails_of(&app, &dana.email, "accounts.password_link").await.is_empty());
    let page = ask_for_address(&app, &visitor, "DANA@PEOPLE.EXAMPLE", PASSWORD).await;
    assert_eq!(page.url.path(), "/account/email/code", "one may change how one's own address is written");
}

async fn forms_of_another_browser_are_refused(app: TestApp) {
    let ((_, dana), (_, eve)) = (signed_in(&app, "dana").await, signed_in(&app, "eve").await);
    let foreign = eve.open(&app.at("/account/details")).await.page().attribute("input[name=proof]", "value");
    let paths = [
        "/account/details",
        "/account/email",
        "/account/email/code",
        "/account/email/resend",
        "/account/email/proof",
        "/account/email/proof/code",
        "/account/password",
        "/account/devices/others",
        "/account/language",
        "/recover",
    ];
    for path in paths {
        for proof in [foreign.as_str(), ""] {
            let fields =
                [("proof", proof), ("current_password", PASSWORD), ("given_name", "Eve"), ("family_name", "Eve")];
            assert_eq!(dana.post(&app.at(path), &fields).await.status, 403, "{path}");
        }
    }
    assert_eq!(dana.open(&app.at("/account")).await.page().words("#name"), "Dana Whitfield");
}

async fn nothing_of_hostile_lengths_breaks_a_page(app: TestApp) {
    let (_, visitor) = signed_in(&app, "dana").await;
    let proof = visitor.open(&app.at("/account/details")).await.page().attribute("input[name=proof]", "value");
    for (path, field) in [
        ("/account/details", "given_name"),
        ("/account/email", "email"),
        ("/account/email/code", "code"),
        ("/account/password", "current_password"),
        ("/account/language", "language"),
        ("/recover", "username"),
        ("/recover", "again"),
        ("/recover", "errand"),
        ("/login", "next"),
    ] {
        for value in
            ["\0".to_owned(), "x".repeat(20_000), "\u{202e}".repeat(3000), "'; drop table accounts; --".to_owned()]
        {
            let status = visitor.post(&app.at(path), &[("proof", &proof), (field, &value)]).await.status.as_u16();
            assert!((300..500).contains(&status), "{path} {field}: {status}");
        }
    }
}
