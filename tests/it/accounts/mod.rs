//! What people do with their own account, through HTTP.

use connex::kernel::Lifetime;

use crate::support::{
    app::{Person, TestApp},
    http::{Page, Visitor},
    mail::Mail,
};

mod closing;
mod codes;
mod devices;
mod email;
mod hostile;
mod notices;
mod password;
mod recovery;
mod settings;
mod sign_in;
mod undo;

/// A password that nobody of these tests has from the start.
const ANOTHER: &str = "plum harvest canoe lantern";

/// A person who is signed in.
async fn signed_in(app: &TestApp, username: &str) -> (Person, Visitor) {
    let (person, visitor) = (app.person(username).await, Visitor::new());
    app.sign_in(&visitor, &person).await;
    (person, visitor)
}

async fn is_signed_in(app: &TestApp, visitor: &Visitor) -> bool {
    visitor.get(&app.at("/account")).await.status == 200
}

/// Tries to sign in with a fresh browser.
async fn try_to_sign_in(app: &TestApp, name: &str, password: &str) -> Page {
    let visitor = Visitor::new();
    let page = visitor.open(&app.at("/login")).await.page();
    visitor.press_once(&page, "button[type=submit]", &[("username", name), ("password", password)]).await
}

/// Asks for a link as a person does, and returns the page that says to look for it.
async fn ask_for_link(app: &TestApp, visitor: &Visitor, name: &str) -> Page {
    let page = visitor.open(&app.at("/recover")).await.page();
    visitor.press(&page, "#send", &[("username", name)]).await.page()
}

/// The mails of one kind to one address.
async fn mails_of(app: &TestApp, address: &str, kind: &str) -> Vec<Mail> {
    app.mails_to(address).await.into_iter().filter(|mail| mail.kind == kind).collect()
}

/// The newest of so many links for a new password.
async fn link_to(app: &TestApp, address: &str, count: usize) -> String {
    app.until("the link is mailed", async || mails_of(app, address, "accounts.password_link").await.len() == count)
        .await;
    mails_of(app, address, "accounts.password_link").await.pop().unwrap().link()
}

/// Asks for another address, with the password.
async fn ask_for_address(app: &TestApp, visitor: &Visitor, address: &str, password: &str) -> Page {
    let page = visitor.open(&app.at("/account/details")).await.page();
    let fields = [("email", address), ("current_password", password)];
    visitor.press(&page, "#change-email", &fields).await.page()
}

/// Changes the address of whoever is signed in, all the way.
async fn change_address(app: &TestApp, visitor: &Visitor, address: &str, password: &str) -> Page {
    let page = ask_for_address(app, visitor, address, password).await;
    assert_eq!(page.url.path(), "/account/email/code", "{}", page.text());
    let code = mails_of(app, address, "accounts.code").await.pop().unwrap().code();
    visitor.press(&page, "#continue", &[("code", &code)]).await.page()
}

/// Another code that is not `code`.
fn wrong(code: &str) -> String {
    if code == "000000" { "000001".to_owned() } else { "000000".to_owned() }
}

const A_MINUTE: Lifetime = Lifetime::seconds(60);
