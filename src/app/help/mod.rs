//! The help pages, and what we promise: articles for everybody. `GET /help…`, `/privacy`, `/accessibility`
//!
//! An article is sections of items, and an item may lead to the screen that it speaks of.

mod guides;
mod promises;

use askama::Template;
use axum::{
    extract::{FromRef, State},
    response::{IntoResponse, Response},
};

use super::App;
use crate::accounts::{Accounts, sessions::extract::Visitor};
use crate::platform::{
    config::Sessions,
    web::{Page, Routes, Shell},
    words::Words,
};

/// What articles speak of, besides words.
#[derive(Clone)]
struct Desk {
    accounts: Accounts,
    sessions: Sessions,
}

impl FromRef<Desk> for Accounts {
    fn from_ref(desk: &Desk) -> Self {
        desk.accounts.clone()
    }
}

/// Sections under one heading.
struct Article {
    title: &'static str,
    lead: String,
    sections: Vec<Section>,
}

/// Items under a heading of their own.
struct Section {
    heading: &'static str,
    list: List,
    items: Vec<Item>,
}

/// Whether the order of the items matters.
#[derive(Clone, Copy)]
enum List {
    Numbered,
    Plain,
}

/// A sentence or two, and where they lead.
struct Item {
    text: String,
    link: Option<(&'static str, &'static str)>,
}

impl Article {
    fn new(title: &'static str, lead: impl Into<String>) -> Self {
        Self { title, lead: lead.into(), sections: Vec::new() }
    }

    fn numbered(mut self, heading: &'static str, items: impl IntoIterator<Item = Item>) -> Self {
        self.sections.push(Section { heading, list: List::Numbered, items: items.into_iter().collect() });
        self
    }

    fn plain(mut self, heading: &'static str, items: impl IntoIterator<Item = Item>) -> Self {
        self.sections.push(Section { heading, list: List::Plain, items: items.into_iter().collect() });
        self
    }
}

impl List {
    const fn tag(self) -> &'static str {
        match self {
            Self::Numbered => "ol",
            Self::Plain => "ul",
        }
    }
}

impl Item {
    fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), link: None }
    }

    fn to(self, address: &'static str, label: &'static str) -> Self {
        Self { link: Some((address, label)), ..self }
    }
}

/// What writes an article in a language.
type Writer = fn(Words, &Desk) -> Article;

/// The articles by their addresses.
const ARTICLES: &[(&str, Writer)] = &[
    ("/help", guides::index),
    ("/help/onegov", guides::onegov),
    ("/help/organizations", guides::organizations),
    ("/help/sign-in", guides::sign_in),
    ("/privacy", promises::privacy),
    ("/accessibility", promises::accessibility),
];

/// The routes of all articles.
pub(super) fn routes(app: &App) -> Routes {
    let desk = Desk { accounts: app.accounts.clone(), sessions: app.config.sessions.clone() };
    let add = |routes: Routes<Desk>, (path, writer): &(&'static str, Writer)| {
        let writer = *writer;
        routes.get(path, async move |State(desk), visitor: Visitor| show(&desk, &visitor, writer))
    };
    ARTICLES.iter().fold(Routes::new(), add).with_state(desk)
}

#[derive(Template)]
#[template(path = "help/article.html")]
struct ArticlePage {
    shell: Shell,
    article: Article,
}

fn show(desk: &Desk, visitor: &Visitor, writer: Writer) -> Response {
    let shell = visitor.shell(&desk.accounts);
    let article = writer(shell.t, desk);
    Page::new(&shell.clone(), ArticlePage { shell, article }).into_response()
}
