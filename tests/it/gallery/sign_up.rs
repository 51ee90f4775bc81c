//! The steps of a sign-up, for a founder, for somebody who asks to join, and for somebody invited.

use connex::kernel::Lifetime;

use super::mails;
use crate::support::{
    gallery::Walk,
    http::{Page, Visitor},
};

const PASSWORD: &str = "plum harvest canoe lantern";
const SUBMIT: &str = "main form[method=post] button[type=submit]";

/// Up to the code, which is typed.
async fn prove(walk: &mut Walk<'_>, visitor: &Visitor, email: &str) -> Page {
    let page = visitor.open(&walk.app.at("/signup")).await.page();
    let fields = [("email", email), ("language", walk.language.tag())];
    let page = visitor.press(&page, SUBMIT, &fields).await.page();
    let code = walk.app.mail_to(email).await.code();
    visitor.press(&page, "#continue", &[("code", &code)]).await.page()
}

pub(super) async fn walk(walk: &mut Walk<'_>) {
    let dana = walk.app.person("dana").await;
    walk.app.organization("Northline Hauling LLC", &dana).await;
    let visitor = walk.browser().await;
    let page = walk.see("sign-up", &visitor, "/signup").await;
    let tag = walk.language.tag();
    walk.press("sign-up-wrong", (&visitor, &page), SUBMIT, &[("email", "no address"), ("language", tag)]).await;
    walk.press("sign-up-doubted", (&visitor, &page), SUBMIT, &[("email", "luis@gmial.com"), ("language", tag)]).await;
    let email = [("email", "luis@lake.example"), ("language", tag)];
    let page = walk.press("sign-up-code", (&visitor, &page), SUBMIT, &email).await;
    walk.press("sign-up-code-wrong", (&visitor, &page), "#continue", &[("code", "1")]).await;
    let code = walk.app.mail_to("luis@lake.example").await.code();
    let page = walk.press("find-organization", (&visitor, &page), "#continue", &[("code", &code)]).await;
    search(walk, &visitor, &page).await;
    let page = walk.press("new-organization", (&visitor, &page), "#continue", &[("org", "none")]).await;
    let page = new_organization(walk, &visitor, &page).await;
    let page = credentials(walk, &visitor, &page).await;
    walk.press("ready-founder", (&visitor, &page), "#create", &[]).await;
    mails::keep(walk, &["luis@lake.example"], "sign-up").await;
}

async fn search(walk: &mut Walk<'_>, visitor: &Visitor, page: &Page) {
    walk.press("find-organization-short", (visitor, page), "#search", &[("q", "no")]).await;
    walk.press("find-organization-nothing", (visitor, page), "#search", &[("q", "zzyzx quux")]).await;
    walk.press("find-organization-found", (visitor, page), "#search", &[("q", "northline")]).await;
    walk.press("find-organization-missing", (visitor, page), "#continue", &[("org", "")]).await;
}

async fn new_organization(walk: &mut Walk<'_>, visitor: &Visitor, page: &Page) -> Page {
    let wrong =
        [("name", ""), ("street", ""), ("city", ""), ("state", "Minnesota"), ("postal_code", "x"), ("phone", "x")];
    walk.press("new-organization-wrong", (visitor, page), "#continue", &wrong).await;
    let alike = [
        ("name", "North Line Hauling LLC"),
        ("street", "1 Main St"),
        ("city", "Brainerd"),
        ("state", "MN"),
        ("postal_code", "56401"),
    ];
    let mut other = alike;
    other[0].1 = "Lake & Sons Excavating";
    walk.app.change("update organizations set state = 'MN'").await;
    walk.press("alike-organizations", (visitor, page), "#continue", &alike).await;
    walk.press("credentials", (visitor, page), "#continue", &other).await
}

async fn credentials(walk: &mut Walk<'_>, visitor: &Visitor, page: &Page) -> Page {
    let wrong = [("username", "dana"), ("password", "short"), ("given_name", ""), ("family_name", "")];
    walk.press("credentials-wrong", (visitor, page), "#continue", &wrong).await;
    let good = [("password", PASSWORD), ("given_name", "Luis"), ("family_name", "Ortega")];
    walk.press("check-answers", (visitor, page), "#continue", &good).await
}

/// Luis asks Northline.
pub(super) async fn join(walk: &mut Walk<'_>) {
    let dana = walk.app.person("dana").await;
    walk.app.organization("Northline Hauling LLC", &dana).await;
    let visitor = walk.browser().await;
    let page = prove(walk, &visitor, "luis@lake.example").await;
    let found = visitor.press(&page, "#search", &[("q", "northline")]).await.page();
    let northline = found.attribute("input[name=org]", "value");
    let page = visitor.press(&found, "#continue", &[("org", &northline)]).await.page();
    let fields = [("password", PASSWORD), ("given_name", "Luis"), ("family_name", "Ortega")];
    let page = visitor.press(&page, "#continue", &fields).await.page();
    walk.keep("check-answers-joining", &page);
    walk.press("ready-waiting", (&visitor, &page), "#create", &[]).await;
    // A reminder is for the day after, when everybody has to sign in again.
    walk.app.advance(Lifetime::hours(25));
    let sign_in = visitor.open(&walk.app.at("/login?next=/signup/ready")).await.page();
    let fields = [("username", "luis@lake.example"), ("password", PASSWORD)];
    let page = visitor.press(&sign_in, SUBMIT, &fields).await.page();
    walk.press("ready-reminded", (&visitor, &page), "#remind", &[]).await;
    let page = visitor.open(&walk.app.at("/signup/ready")).await.page();
    walk.press("ready-alone", (&visitor, &page), "#cancel-request", &[]).await;
    let page = walk.see("account-find-organization", &visitor, "/account/organization").await;
    walk.press("account-new-organization", (&visitor, &page), "#continue", &[("org", "none")]).await;
}

/// Priya was invited, and so was Ellen, who has an account.
pub(super) async fn invited(walk: &mut Walk<'_>) {
    let (dana, ellen) = (walk.app.person("dana").await, walk.app.person("ellen").await);
    walk.app.organization("Northline Hauling LLC", &dana).await;
    let founder = walk.browser_of(&dana).await;
    for email in ["priya@lake.example", &ellen.email] {
        let page = founder.open(&walk.app.at("/org/users/add")).await.page();
        let person = [("given_name", "Priya"), ("family_name", "Raman"), ("email", email), ("role", "administrator")];
        founder.press(&page, "#add", &person).await.page();
    }
    let (stranger, link) = (walk.browser().await, walk.app.mail_to("priya@lake.example").await.link());
    let newcomer = prove(walk, &walk.browser().await, "priya@lake.example").await;
    walk.keep("invitations-waiting", &newcomer);
    let page = walk.see("invited", &stranger, &link).await;
    let wrong = [("username", "dana"), ("password", "short"), ("given_name", ""), ("family_name", "")];
    walk.press("invited-wrong", (&stranger, &page), "#join", &wrong).await;
    walk.see("invited-another", &founder, &link).await;
    let theirs = walk.app.mail_to(&ellen.email).await.link();
    walk.see("invited-with-account", &stranger, &theirs).await;
    walk.see("invited-signed-in", &walk.browser_of(&ellen).await, &theirs).await;
    walk.press("ready-member", (&stranger, &page), "#join", &[("password", PASSWORD)]).await;
    walk.see("invited-used", &walk.browser().await, &link).await;
    walk.app.advance(Lifetime::days(8));
    walk.see("invited-late", &walk.browser().await, &theirs).await;
}
