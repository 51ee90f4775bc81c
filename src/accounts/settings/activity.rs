//! What happened to the account in the last 90 days, in plain sentences (X40). `GET /account/activity`

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use serde_json::Value;

use crate::accounts::{Accounts, sessions::extract::Person};
use crate::audit::{self, AuditEntry};
use crate::kernel::{Leaf, Lifetime, Timestamp, leaf};
use crate::platform::{
    store::Sql,
    web::{Page, PageError, Shell},
    words::Words,
};

/// How far back the page goes.
pub(super) const SHOWN_FOR: Lifetime = Lifetime::days(90);
/// How many entries a page has.
const A_PAGE: i64 = 50;

/// A fact in words. It is given the details of the entry.
pub type Sentence = fn(Words, &Value) -> String;

/// A detail of an entry, as text.
fn detail<'a>(of: &'a Value, name: &str) -> &'a str {
    of.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The sentence of a fact that people are told; `None` for all others.
#[must_use]
pub fn sentence(fact: &str) -> Option<Sentence> {
    SENTENCES.iter().find(|(name, _)| *name == fact).map(|(_, sentence)| *sentence)
}

/// One sentence for each fact that people are told.
const SENTENCES: &[(&str, Sentence)] = &[
    ("accounts.opened", |t, _| t.activity_opened().to_owned()),
    ("accounts.disabled", |t, _| t.activity_disabled().to_owned()),
    ("accounts.enabled", |t, _| t.activity_enabled().to_owned()),
    ("accounts.signed_in", |t, of| t.activity_signed_in(detail(of, "network"))),
    ("accounts.new_device_seen", |t, _| t.activity_new_device_seen().to_owned()),
    ("accounts.sign_in_failed", |t, of| t.activity_sign_in_failed(detail(of, "network"))),
    ("accounts.many_failures", |t, _| t.activity_many_failures().to_owned()),
    ("accounts.session_ended", |t, of| session_ended(t, detail(of, "why")).to_owned()),
    ("accounts.renamed", |t, _| t.activity_renamed().to_owned()),
    ("accounts.language_set", |t, _| t.activity_language_set().to_owned()),
    ("accounts.password_changed", |t, _| t.activity_password_changed().to_owned()),
    ("accounts.password_reset", |t, _| t.activity_password_reset().to_owned()),
    ("accounts.password_voided", |t, _| t.activity_password_voided().to_owned()),
    ("accounts.password_link_sent", |t, _| t.activity_password_link_sent().to_owned()),
    ("accounts.email_change_asked", |t, _| t.activity_email_change_asked().to_owned()),
    ("accounts.email_changed", |t, _| t.activity_email_changed().to_owned()),
    ("accounts.email_change_undone", |t, _| t.activity_email_change_undone().to_owned()),
    ("accounts.email_verified", |t, _| t.activity_email_verified().to_owned()),
    // Facts of higher floors are known here by name only.
    ("operators.joined", |t, _| t.activity_operator().to_owned()),
    ("operators.removed", |t, _| t.activity_operator_no_more().to_owned()),
    ("organizations.member_joined", |t, _| t.activity_joined().to_owned()),
    ("organizations.role_changed", |t, _| t.activity_role().to_owned()),
    ("organizations.member_disabled", |t, _| t.activity_org_disabled().to_owned()),
    ("organizations.member_enabled", |t, _| t.activity_org_enabled().to_owned()),
    ("organizations.member_removed", |t, _| t.activity_removed().to_owned()),
    ("organizations.join_asked", |t, _| t.activity_asked().to_owned()),
    ("organizations.join_decided", |t, _| t.activity_decided().to_owned()),
    ("organizations.hand_over_offered", |t, _| t.activity_offered().to_owned()),
    ("organizations.founder_changed", |t, _| t.activity_founder().to_owned()),
    ("oidc.client_visited", |t, _| t.activity_visited().to_owned()),
    ("oidc.consent_given", |t, _| t.activity_agreed().to_owned()),
    ("oidc.client_disconnected", |t, _| t.activity_disconnected().to_owned()),
];

fn session_ended(t: Words, why: &str) -> &'static str {
    match why {
        "signed_out" | "replaced" => t.activity_signed_out(),
        "from_elsewhere" => t.activity_signed_out_from_elsewhere(),
        "operator" => t.activity_signed_out_by_operator(),
        _ => t.activity_session_ended(),
    }
}

#[derive(Template)]
#[template(path = "accounts/settings/activity.html")]
struct Activity {
    shell: Shell,
    rows: Vec<Row>,
    page: i64,
    has_more: bool,
}

/// A line of the list.
struct Row {
    at: Timestamp,
    moment: String,
    what: String,
}

impl Row {
    fn of(t: Words, entry: &AuditEntry) -> Option<Self> {
        let detail = serde_json::from_str(&entry.detail).unwrap_or_default();
        let what = sentence(&entry.fact)?(t, &detail);
        Some(Self { at: entry.at, moment: t.moment(entry.at), what })
    }
}

/// `GET /account/activity`
pub(super) async fn show(State(accounts): State<Accounts>, person: Person) -> Result<Response, PageError> {
    let shell = person.visitor.shell(&accounts);
    let page = person.visitor.here.asked("page").and_then(|page| page.parse().ok());
    let page = page.unwrap_or(1_i64).clamp(1, 1000);
    let mut reader = accounts.db.read().await?;
    let since = reader.now() - SHOWN_FOR;
    let id = person.signed_in.account.id();
    let read = audit::of_person(&mut reader, id, since, leaf::span(page, A_PAGE)).await?;
    let Leaf { rows: entries, has_more } = Leaf::of(read, A_PAGE);
    let rows = entries.iter().filter_map(|entry| Row::of(shell.t, entry)).collect();
    Ok(Page::new(&shell.clone(), Activity { shell, rows, page, has_more }).into_response())
}
