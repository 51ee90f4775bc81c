//! The pages of one's own account, and those of a forgotten password.

use connex::kernel::Lifetime;

use crate::support::{
    app::PASSWORD,
    gallery::Walk,
    http::{Page, Visitor},
};

pub(super) async fn walk(walk: &mut Walk<'_>) {
    let dana = walk.app.person("dana").await;
    let visitor = walk.browser_of(&dana).await;
    walk.see("account-alone", &visitor, "/account").await;
    walk.see("account-sites-none", &visitor, "/account/sites").await;
    walk.app.organization("Northline Hauling LLC", &dana).await;
    walk.see("account", &visitor, "/account").await;
    walk.see("account-activity", &visitor, "/account/activity").await;
    walk.see("devices-one", &visitor, "/account/devices").await;
    walk.browser_of(&dana).await;
    walk.see("devices", &visitor, "/account/devices").await;
    let page = walk.see("language", &visitor, "/account/language").await;
    let same = [("language", walk.language.tag())];
    walk.press("language-saved", (&visitor, &page), "#save", &same).await;
    details(walk, &visitor).await;
    password(walk, &visitor).await;
    close(walk, &visitor).await;
}

async fn details(walk: &mut Walk<'_>, visitor: &Visitor) {
    let page = walk.see("details", visitor, "/account/details").await;
    let nobody = [("given_name", ""), ("family_name", "")];
    walk.press("details-name-missing", (visitor, &page), "#save-name", &nobody).await;
    let name = [("given_name", "Dana"), ("family_name", "Whitfield-Ortega")];
    walk.press("details-saved", (visitor, &page), "#save-name", &name).await;
    let wrong = [("email", "dana@@example"), ("current_password", "")];
    walk.press("details-email-wrong", (visitor, &page), "#change-email", &wrong).await;
    let good = [("email", "dana.new@people.example"), ("current_password", PASSWORD)];
    let page = walk.press("email-code", (visitor, &page), "#change-email", &good).await;
    walk.press("email-code-wrong", (visitor, &page), "#continue", &[("code", "1")]).await;
    let code = walk.app.mail_to("dana.new@people.example").await.code();
    walk.press("email-changed", (visitor, &page), "#continue", &[("code", &code)]).await;
    let undo = newest_link(walk, "dana@people.example", "/recover/address/").await;
    let stranger = walk.browser().await;
    let page = walk.see("undo", &stranger, &undo).await;
    walk.press("undo-wrong", (&stranger, &page), "#undo", &[("password", "a wrong one")]).await;
    walk.press("undone", (&stranger, &page), "#undo", &[("password", PASSWORD)]).await;
    walk.see("undo-gone", &stranger, &undo).await;
}

/// The newest link to such a page that was mailed to `address`.
async fn newest_link(walk: &Walk<'_>, address: &str, part: &str) -> String {
    walk.app
        .until("the mail is there", async || {
            walk.app.mails_to(address).await.iter().any(|mail| mail.text.contains(part))
        })
        .await;
    let mails = walk.app.mails_to(address).await;
    mails.iter().rev().find(|mail| mail.text.contains(part)).unwrap().link()
}

async fn password(walk: &mut Walk<'_>, visitor: &Visitor) {
    // Taking the address back has signed everybody out.
    let page = visitor.open(&walk.app.at("/login")).await.page();
    visitor.press(&page, "button[type=submit]", &[("username", "dana"), ("password", PASSWORD)]).await;
    let page = walk.see("password", visitor, "/account/password").await;
    let wrong = [("current_password", "a wrong one"), ("password", "short")];
    walk.press("password-wrong", (visitor, &page), "#save", &wrong).await;
    let good = [("current_password", PASSWORD), ("password", "plum harvest canoe lantern")];
    walk.press("password-changed", (visitor, &page), "#save", &good).await;
}

async fn close(walk: &mut Walk<'_>, founder: &Visitor) {
    walk.see("close-founder", founder, "/account/close").await;
    let luis = walk.app.person("luis").await;
    let visitor = walk.browser_of(&luis).await;
    walk.app.change("update accounts set email_verified_at = null where username = 'luis'").await;
    let page = walk.see("details-not-confirmed", &visitor, "/account/details").await;
    walk.press("email-proof-code", (&visitor, &page), "#confirm-email", &[]).await;
    let page = walk.see("close", &visitor, "/account/close").await;
    walk.press("close-wrong", (&visitor, &page), SUBMIT, &[("current_password", "a wrong one")]).await;
    walk.press("closed", (&visitor, &page), SUBMIT, &[("current_password", PASSWORD)]).await;
}

const SUBMIT: &str = "main button[type=submit]";

/// A password is forgotten, and set anew.
pub(super) async fn recover(walk: &mut Walk<'_>) {
    let (dana, visitor) = (walk.app.person("dana").await, walk.browser().await);
    let page = walk.see("forgot", &visitor, "/recover").await;
    walk.press("forgot-nothing", (&visitor, &page), "#send", &[("username", "")]).await;
    walk.press("forgot-sent", (&visitor, &page), "#send", &[("username", "dana")]).await;
    walk.app.advance(Lifetime::seconds(61));
    let link = newest_link(walk, &dana.email, "/recover/").await;
    let page: Page = walk.see("new-password", &visitor, &link).await;
    walk.press("new-password-short", (&visitor, &page), "#save", &[("password", "short")]).await;
    walk.press("new-password-set", (&visitor, &page), "#save", &[("password", "plum harvest canoe lantern")]).await;
    walk.see("new-password-gone", &walk.browser().await, &link).await;
}
