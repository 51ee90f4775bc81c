//! A page of ours that somebody wanted before they were signed in.

/// More than any address of ours has.
const MOST_BYTES: usize = 2000;

/// The path of a page of ours with its query. Nothing that leads elsewhere is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Next(String);

impl Next {
    /// Reads what came from a browser; anybody may have written it.
    pub(super) fn from_browser(text: &str) -> Option<Self> {
        // Browsers read a backslash as a slash and overlook tabs and line ends: `/\t/eve.example`.
        let is_plain = |c: char| c.is_ascii_graphic() && c != '\\';
        // All our pages but the first begin with a letter; the sign-in page leads nowhere.
        let is_named = text.strip_prefix('/').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()));
        let is_sign_in =
            text.strip_prefix("/login").is_some_and(|rest| rest.is_empty() || rest.starts_with(['?', '/']));
        let is_ours = is_named && !is_sign_in;
        (is_ours && text.len() <= MOST_BYTES && text.chars().all(is_plain)).then(|| Self(text.to_owned()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Next;

    #[test]
    fn a_path_of_ours_is_gone_on_to() {
        for path in ["/org", "/account/devices", "/org/users?page=2&filter=a%20b"] {
            assert_eq!(Next::from_browser(path).unwrap().as_str(), path);
        }
    }

    #[test]
    fn nothing_leads_elsewhere() {
        let long = format!("/{}", "a".repeat(2000));
        for text in [
            "",
            "account",
            "/",
            "//eve.example",
            "/%09/eve.example",
            "/../eve.example",
            "/login?next=/login",
            "/\\eve.example",
            "/\t/eve.example",
            "https://eve.example",
            "/a\r\nb",
            "/é",
            &long,
        ] {
            assert_eq!(Next::from_browser(text), None, "{text:?}");
        }
    }
}
