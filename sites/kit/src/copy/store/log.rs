//! The log: what was changed in a copy, when, why and by whom; and which local change ConneX put back.

use serde_json::Value;
use sqlx::SqliteConnection;

use crate::copy::facts::{Facts, Kind, attribute_in_words};
use crate::copy::write::Cause;
use crate::copy::{Copies, Stored};

/// Who changes a copy when it is not somebody of this site.
pub(crate) const CONNEX: &str = "ConneX";

/// What became of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(rename_all = "lowercase")]
pub enum Action {
    /// It came.
    Added,
    /// An attribute is another.
    Changed,
    /// ConneX lets it in no more.
    Disabled,
    /// ConneX lets it in again.
    Enabled,
    /// It was deleted; its name stays.
    Removed,
}

/// One line of the log.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Change {
    /// When, in seconds.
    pub at: i64,
    /// What it belongs to; all changes of one cause share it.
    pub txn: Option<String>,
    /// ConneX's word for why, or `here`.
    pub reason: String,
    /// `ConneX`, or who changed it at this site.
    pub actor: String,
    /// ConneX's name for the resource.
    pub external_id: Option<String>,
    /// The name of the person or organization as it was then.
    pub name: String,
    /// What became of it.
    pub action: Action,
    /// Which attribute.
    pub attribute: Option<String>,
    /// The value before.
    pub was: Option<String>,
    /// The value after.
    pub becomes: Option<String>,
    /// Who had changed it here, when ConneX put it back; empty when nobody knows.
    pub put_back_from: Option<String>,
}

/// A local change that ConneX has put back, as ConneX is told of it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct PutBack {
    /// `User` or `Group`.
    pub kind: &'static str,
    /// ConneX's name for the resource.
    pub id: String,
    /// Which attribute.
    pub attribute: &'static str,
    /// What stood here.
    pub there: Option<String>,
    /// What ConneX says.
    pub here: Option<String>,
    /// Who had changed it here, if that is known.
    pub by: Option<String>,
}

impl Change {
    /// The line as people read it, such as `email of Luis Ortega: old@… → new@…`.
    pub fn words(&self) -> String {
        let name = &self.name;
        let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
        match (self.action, &self.attribute) {
            (Action::Added, _) => format!("added {name}"),
            (Action::Removed, _) => format!("removed {name}"),
            (Action::Disabled, _) => format!("disabled {name}"),
            (Action::Enabled, _) => format!("enabled {name}"),
            (Action::Changed, attribute) => {
                let attribute = attribute.as_deref().map_or("record", attribute_in_words);
                format!("{attribute} of {name}: {} → {}", value(&self.was), value(&self.becomes))
            }
        }
    }
}

/// Writes one line without an attribute.
pub(in crate::copy) async fn note(
    on: &mut SqliteConnection,
    stored: &Stored,
    action: Action,
    cause: &Cause,
    now: i64,
) -> sqlx::Result<()> {
    write(on, stored, cause, now, Line { action, attribute: None, was: None, becomes: None, put_back_from: None }).await
}

/// Writes a line for each attribute in which `new` differs from what stands here, and tells which of them ConneX puts
/// back.
pub(in crate::copy) async fn note_differences(
    on: &mut SqliteConnection,
    old: &Stored,
    new: &Facts,
    cause: &Cause,
    now: i64,
) -> sqlx::Result<Vec<PutBack>> {
    let mut put_backs = Vec::new();
    for ((attribute, was), (_, becomes)) in old.facts.attributes().into_iter().zip(new.attributes()) {
        if was == becomes {
            continue;
        }
        let action = match (attribute, &becomes) {
            ("active", Value::Bool(false)) => Action::Disabled,
            ("active", _) => Action::Enabled,
            _ => Action::Changed,
        };
        let put_back_from =
            if cause.actor == CONNEX { changed_here_by(on, &old.id, attribute, cause).await? } else { None };
        let (was, becomes) = (text(&was), text(&becomes));
        if let (Some(by), Some(id)) = (&put_back_from, new.external_id()) {
            put_backs.push(PutBack {
                kind: new.kind().as_str(),
                id: id.to_owned(),
                attribute,
                there: was.clone(),
                here: becomes.clone(),
                by: Some(by.clone()).filter(|by| !by.is_empty()),
            });
        }
        let named = Stored { facts: new.clone(), ..old.clone() };
        write(on, &named, cause, now, Line { action, attribute: Some(attribute), was, becomes, put_back_from }).await?;
    }
    Ok(put_backs)
}

/// Who changed the attribute here since ConneX last did; empty when ConneX says that it drifted and the log does not
/// know why, `None` when nobody did.
async fn changed_here_by(
    on: &mut SqliteConnection,
    id: &str,
    attribute: &str,
    cause: &Cause,
) -> sqlx::Result<Option<String>> {
    let text = "select actor from change where resource = ? and attribute = ? order by id desc limit 1";
    let last: Option<String> = sqlx::query_scalar(text).bind(id).bind(attribute).fetch_optional(on).await?;
    Ok(match last {
        Some(actor) if actor != CONNEX => Some(actor),
        _ if cause.reason == "drift" => Some(String::new()),
        _ => None,
    })
}

struct Line {
    action: Action,
    attribute: Option<&'static str>,
    was: Option<String>,
    becomes: Option<String>,
    put_back_from: Option<String>,
}

async fn write(on: &mut SqliteConnection, stored: &Stored, cause: &Cause, now: i64, line: Line) -> sqlx::Result<()> {
    let text = "insert into change (at, txn, reason, actor, kind, resource, external_id, name, organization, action, \
                attribute, was, becomes, put_back_from) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let facts = &stored.facts;
    sqlx::query(text)
        .bind(now)
        .bind(&cause.txn)
        .bind(&cause.reason)
        .bind(&cause.actor)
        .bind(facts.kind().as_str())
        .bind(&stored.id)
        .bind(facts.external_id())
        .bind(facts.display_name())
        .bind(facts.organization())
        .bind(line.action)
        .bind(line.attribute)
        .bind(line.was)
        .bind(line.becomes)
        .bind(line.put_back_from)
        .execute(on)
        .await
        .map(|_| ())
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(items) if items.is_empty() => None,
        Value::Array(items) => Some(items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")),
        other => Some(other.to_string()),
    }
}

macro_rules! from_change {
    ($rest:literal) => {
        concat!(
            "select at, txn, reason, actor, external_id, name, action, attribute, was, becomes, put_back_from \
             from change ",
            $rest
        )
    };
}

impl Copies {
    /// The newest lines of the log, of one organization (its id at ConneX) or of all.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn changes(&self, organization: Option<&str>, count: i64) -> sqlx::Result<Vec<Change>> {
        match organization {
            Some(organization) => {
                let text = from_change!("where organization = ? order by id desc limit ?");
                sqlx::query_as(text).bind(organization).bind(count).fetch_all(self.pool()).await
            }
            None => {
                let text = from_change!("order by id desc limit ?");
                sqlx::query_as(text).bind(count).fetch_all(self.pool()).await
            }
        }
    }

    /// What one cause changed here, oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn changes_of(&self, txn: &str) -> sqlx::Result<Vec<Change>> {
        sqlx::query_as(from_change!("where txn = ? order by id limit 1000")).bind(txn).fetch_all(self.pool()).await
    }

    /// What was changed in one copy, newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn changes_in(&self, kind: Kind, external_id: &str, count: i64) -> sqlx::Result<Vec<Change>> {
        let text =
            from_change!("where resource = (select id from person where external_id = ?) order by id desc limit ?");
        let of_organization = from_change!(
            "where resource = (select id from organization where external_id = ?) order by id desc limit ?"
        );
        let text = if kind == Kind::User { text } else { of_organization };
        sqlx::query_as(text).bind(external_id).bind(count).fetch_all(self.pool()).await
    }
}
