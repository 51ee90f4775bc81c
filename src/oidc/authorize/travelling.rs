//! The form in which a request travels inside an errand. A page holds an errand up to six times, so every byte of it
//! counts six times: the names of the usual parameters are one letter each.

use serde::{Deserialize, Serialize};

use crate::kernel::PushedRequestId;

/// The parameters whose names are written as letters, from `a` on. A new one goes to the end: pages and letters hold
/// what other versions of the program have written.
const NAMES: [&str; 16] = [
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "claims",
    "login_hint",
    "ui_locales",
    "prompt",
    "max_age",
    "acr_values",
    "response_mode",
    "id_token_hint",
];
/// What a name begins with that is written out.
const WRITTEN_OUT: char = '=';

/// A request and how far it has come; when it came stands in the errand.
#[derive(Serialize, Deserialize)]
pub(super) struct Travelling {
    #[serde(rename = "p", alias = "params")]
    pub(super) params: Vec<(String, String)>,
    #[serde(rename = "u", alias = "pushed", default, skip_serializing_if = "Option::is_none")]
    pub(super) pushed: Option<PushedRequestId>,
    #[serde(rename = "s", alias = "has_selected", default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) has_selected: bool,
    #[serde(rename = "c", alias = "has_consented", default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) has_consented: bool,
}

/// A parameter's name, as it travels.
pub(super) fn short(name: &str) -> String {
    let known = ('a'..).zip(NAMES).find(|(_, known)| *known == name);
    known.map_or_else(|| format!("{WRITTEN_OUT}{name}"), |(letter, _)| letter.to_string())
}

/// The name that travelled; `None` for what is none. Of more than a letter, it is as an older version wrote it.
pub(super) fn long(name: &str) -> Option<String> {
    if let Some(written) = name.strip_prefix(WRITTEN_OUT) {
        return Some(written.to_owned());
    }
    let known = ('a'..).zip(NAMES).find(|(letter, _)| name.chars().eq([*letter]));
    known.map(|(_, known)| known.to_owned()).or_else(|| (name.len() > 1).then(|| name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_comes_back_and_the_usual_ones_are_a_letter() {
        for name in NAMES.into_iter().chain(["resource", "a", "=", "=a", ""]) {
            assert_eq!(long(&short(name)).as_deref(), Some(name));
        }
        assert!(NAMES.iter().all(|name| short(name).len() == 1));
        assert_eq!((long("q"), long("")), (None, None));
        assert_eq!(long("client_id").as_deref(), Some("client_id"), "as it was written before");
    }
}
