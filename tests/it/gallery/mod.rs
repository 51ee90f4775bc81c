//! Every page in every state and both languages, held against the rules of HTML and accessibility.
//!
//! The walks below go the ways of people and keep each page that they see; the tests then look at
//! what was kept. A page that is new needs a line in a walk: `each_page_has_a_picture` asks for it.

mod account;
mod browser;
mod keyboard;
mod mails;
mod ops;
mod organization;
mod problems;
mod rules;
mod sign_up;
mod sites;
mod tools;
mod visits;

use connex::kernel::Language;
use tokio::sync::OnceCell;

use crate::support::{
    app::{SQLITE, TestApp},
    gallery::{Gallery, Walk},
};

/// The pictures, which are taken once for all tests.
async fn gallery() -> &'static Gallery {
    static GALLERY: OnceCell<Gallery> = OnceCell::const_new();
    GALLERY.get_or_init(take_all).await
}

async fn take_all() -> Gallery {
    let mut gallery = Gallery::new("gallery");
    for language in Language::ALL {
        visits::walk(&mut fresh(language, &mut gallery).await).await;
        problems::walk(&mut fresh(language, &mut gallery).await).await;
        problems::walk_without_a_database(&mut fresh(language, &mut gallery).await).await;
        account::walk(&mut fresh(language, &mut gallery).await).await;
        account::recover(&mut fresh(language, &mut gallery).await).await;
        organization::walk(&mut fresh(language, &mut gallery).await).await;
        organization::found(&mut fresh(language, &mut gallery).await).await;
        ops::walk(&mut fresh(language, &mut gallery).await).await;
        sites::walk(&mut fresh(language, &mut gallery).await).await;
        sign_up::walk(&mut fresh(language, &mut gallery).await).await;
        sign_up::join(&mut fresh(language, &mut gallery).await).await;
        sign_up::invited(&mut fresh(language, &mut gallery).await).await;
        let limited = TestApp::start(SQLITE.with_limits()).await;
        visits::wait(&mut Walk::new(limited, language, &mut gallery)).await;
    }
    gallery
}

/// A walk over an installation of its own.
async fn fresh(language: Language, gallery: &mut Gallery) -> Walk<'_> {
    Walk::new(TestApp::start(SQLITE).await, language, gallery)
}
