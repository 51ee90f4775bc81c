//! Pages as people saw them, kept in a folder that browsers and other programs can open.

use std::{
    fs,
    path::{Path, PathBuf},
};

use connex::kernel::Language;
use scraper::{ElementRef, Html, Selector};

use super::{
    app::TestApp,
    http::{Page, Visitor},
};

/// One page in one state, in one language.
pub struct Picture {
    /// `es/sign-in-wrong`: the language and a telling name.
    pub name: String,
    pub language: Language,
    pub page: Page,
    pub file: PathBuf,
}

/// All pictures, and the folder that they are in.
pub struct Gallery {
    pub folder: PathBuf,
    pub pictures: Vec<Picture>,
}

impl Gallery {
    /// An empty gallery, in a folder of that name below cargo's folder for tests.
    pub fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&folder);
        for language in Language::ALL {
            fs::create_dir_all(folder.join(language.tag())).unwrap();
        }
        fs::copy("assets/connex.css", folder.join("connex.css")).unwrap();
        Self { folder, pictures: Vec::new() }
    }

    /// Keeps a page. Its stylesheet is the one in the folder, so that it can be opened from there.
    pub fn keep(&mut self, language: Language, name: &str, page: &Page) {
        let name = format!("{}/{name}", language.tag());
        assert!(self.pictures.iter().all(|picture| picture.name != name), "{name} was kept before");
        let stylesheet = page.attribute("link[rel=stylesheet]", "href");
        let html =
            if stylesheet.is_empty() { page.body.clone() } else { page.body.replace(&stylesheet, "../connex.css") };
        let file = self.folder.join(format!("{name}.html"));
        fs::write(&file, html).unwrap();
        self.pictures.push(Picture { name, language, page: page.clone(), file });
    }
}

impl Picture {
    /// The address of the file.
    pub fn url(&self) -> String {
        format!("file://{}", self.file.display())
    }

    /// What `ask` finds in the page.
    pub fn ask<T>(&self, ask: impl FnOnce(&Html) -> T) -> T {
        ask(&Html::parse_document(&self.page.body))
    }

    /// How many elements match a CSS selector.
    pub fn count(&self, selector: &str) -> usize {
        self.ask(|document| all(document, selector).len())
    }

    /// Whether it is a mail and no page of ours.
    pub fn is_mail(&self) -> bool {
        self.name.contains("/mail-as-sent-")
    }

    /// Whether it says that something went wrong, and is the page of no route.
    pub fn is_error_page(&self) -> bool {
        self.count("#error") > 0
    }
}

/// All elements that match a CSS selector.
pub fn all<'a>(document: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    document.select(&Selector::parse(selector).unwrap()).collect()
}

/// A way through the pages in one language, which keeps what it is told to.
pub struct Walk<'a> {
    pub app: TestApp,
    pub language: Language,
    gallery: &'a mut Gallery,
}

impl<'a> Walk<'a> {
    pub fn new(app: TestApp, language: Language, gallery: &'a mut Gallery) -> Self {
        Self { app, language, gallery }
    }

    /// A browser of its own, which has chosen the language.
    pub async fn browser(&self) -> Visitor {
        let visitor = Visitor::new();
        visitor.get(&self.app.at(&format!("/help?lang={}", self.language.tag()))).await;
        visitor
    }

    /// A browser in which a person is signed in.
    pub async fn browser_of(&self, person: &super::app::Person) -> Visitor {
        let visitor = self.browser().await;
        self.app.sign_in(&visitor, person).await;
        visitor
    }

    /// Keeps a page as `name`.
    pub fn keep(&mut self, name: &str, page: &Page) {
        self.gallery.keep(self.language, name, page);
    }

    /// Opens a path or an address, and keeps the page.
    pub async fn see(&mut self, name: &str, visitor: &Visitor, path: &str) -> Page {
        let address = if path.starts_with('/') { self.app.at(path) } else { path.to_owned() };
        let page = visitor.open(&address).await.page();
        self.keep(name, &page);
        page
    }

    /// Presses a button, and keeps the page that comes of it.
    pub async fn press(
        &mut self,
        name: &str,
        (visitor, page): (&Visitor, &Page),
        button: &str,
        fields: &[(&str, &str)],
    ) -> Page {
        let page = visitor.press(page, button, fields).await.page();
        self.keep(name, &page);
        page
    }
}
