//! What ConneX answers to a site. Members that are missing have no value; members that are new are passed over.

use serde::{Deserialize, Deserializer, Serialize};

use crate::clock;
use crate::copy::attribute_in_words;

/// A moment as ConneX writes it: RFC 3339, or seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When(pub i64);

/// A page of organizations.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Organizations {
    /// The organizations.
    pub organizations: Vec<OrganizationState>,
    /// Whether there are more.
    pub more: bool,
}

/// How an organization stands at this site.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct OrganizationState {
    /// Its id at ConneX.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it is.
    pub city: Option<String>,
    /// Where it is.
    pub state: Option<String>,
    /// `linked`, `approved`, `requested`, `suspended`, `denied`, `revoked` or `none`.
    pub status: String,
    /// What everybody of it may do here.
    pub roles: Vec<String>,
    /// When it asked.
    pub requested_at: Option<When>,
    /// When the agency last decided.
    pub decided_at: Option<When>,
    /// Why.
    pub reason: Option<String>,
    /// Until when an approval holds.
    pub valid_until: Option<String>,
    /// How many of its people should be here.
    pub users: i64,
    /// How many of them this site has confirmed.
    pub confirmed: i64,
    /// When something was last sent here.
    pub last_synced_at: Option<When>,
    /// When both sides were last seen to be equal.
    pub proven_at: Option<When>,
    /// What was decided before.
    pub history: Vec<Past>,
}

/// A decision of the past.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Past {
    /// What was decided.
    pub status: String,
    /// Why.
    pub reason: Option<String>,
    /// By whom.
    pub decided_by: Option<String>,
    /// When.
    pub at: Option<When>,
    /// Until when it held.
    pub valid_until: Option<String>,
}

/// What the agency decides of an organization.
#[derive(Clone, Debug, Serialize)]
pub struct Decision {
    /// `approved`, `suspended`, `denied` or `revoked`.
    pub status: &'static str,
    /// What everybody of it may do here.
    pub roles: Vec<String>,
    /// Why.
    pub reason: String,
    /// Until when, as `2027-01-31`.
    pub valid_until: Option<String>,
    /// Who decides, as this site knows them.
    pub decided_by: String,
}

/// What a resync found.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Resync {
    /// What its changes belong to.
    pub txn: String,
    /// `planned`, `done`, `under_way` or `paused`.
    pub state: String,
    /// What must be confirmed first, such as `would deactivate 38 of 41`.
    pub confirm_needed: Option<String>,
    /// What differs.
    pub changes: Vec<Planned>,
    /// How many copies are right.
    pub unchanged: i64,
    /// When anything of the organization last changed.
    pub last_change_at: Option<When>,
}

/// A difference that a resync found.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Planned {
    /// `User` or `Group`.
    pub kind: String,
    /// ConneX's id.
    pub id: String,
    /// The name.
    pub name: String,
    /// `add`, `change`, `deactivate`, `reactivate` or `remove`.
    pub action: String,
    /// Which attributes differ.
    pub attributes: Vec<Difference>,
}

/// An attribute that differs.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Difference {
    /// Which.
    pub name: String,
    /// What stands at the site.
    pub there: Option<serde_json::Value>,
    /// What ConneX says.
    pub here: Option<serde_json::Value>,
}

/// How far something has come.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Txn {
    /// What it is known by.
    pub txn: String,
    /// `done`, `under_way` or `attention`.
    pub state: String,
    /// How many writes belong to it.
    pub total: i64,
    /// How many of them this site has confirmed.
    pub confirmed: i64,
}

impl Planned {
    /// The difference in words, such as `email of Luis Ortega: old@… → new@…`.
    pub fn words(&self) -> String {
        let name = &self.name;
        match self.action.as_str() {
            "add" => format!("added {name}"),
            "deactivate" => format!("disabled {name}"),
            "reactivate" => format!("enabled {name}"),
            "remove" => format!("removed {name}"),
            _ if self.attributes.is_empty() => format!("changed {name}"),
            _ => {
                let one = |difference: &Difference| {
                    let (there, here) = (in_words(difference.there.as_ref()), in_words(difference.here.as_ref()));
                    format!("{} of {name}: {there} → {here}", attribute_in_words(&difference.name))
                };
                self.attributes.iter().map(one).collect::<Vec<_>>().join("; ")
            }
        }
    }
}

fn in_words(value: Option<&serde_json::Value>) -> String {
    match value {
        None | Some(serde_json::Value::Null) => "nothing".to_owned(),
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(serde_json::Value::Array(items)) if items.is_empty() => "nothing".to_owned(),
        Some(serde_json::Value::Array(items)) => {
            items.iter().map(|item| in_words(Some(item))).collect::<Vec<_>>().join(", ")
        }
        Some(other) => other.to_string(),
    }
}

impl When {
    /// The moment for people.
    pub fn words(self) -> String {
        clock::in_words(self.0)
    }

    /// The moment for machines.
    pub fn rfc3339(self) -> String {
        clock::rfc3339(self.0)
    }
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Seconds(i64),
            Text(String),
        }
        match Written::deserialize(deserializer)? {
            Written::Seconds(seconds) => Ok(Self(seconds)),
            Written::Text(text) => {
                clock::parse(&text).map(Self).ok_or_else(|| serde::de::Error::custom("this is no moment"))
            }
        }
    }
}
