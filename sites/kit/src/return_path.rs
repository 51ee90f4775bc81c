//! Where a person goes after signing in: always a page of this site.

use url::Url;

/// Longer paths are no pages of ours, and would not fit a cookie.
const PATH_BYTES_MAX: usize = 512;

/// A path on this site that is safe as a `Location`: it cannot name another host, whatever a browser makes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnPath(String);

impl ReturnPath {
    /// The site's front page.
    pub fn home() -> Self {
        Self("/".to_owned())
    }

    /// Takes a path with or without a query.
    ///
    /// `None` for what a browser could read as another site's address (`//host`, `/\host`, a tab or line break that it
    /// would drop), and for paths that would start a sign-in or sign-out again.
    pub fn parse(text: &str) -> Option<Self> {
        let is_plain =
            text.len() <= PATH_BYTES_MAX && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        if !is_plain || !text.starts_with('/') || text.starts_with("//") {
            return None;
        }
        // What a browser would make of it, asked of a parser that follows the same standard.
        let base = Url::parse("https://site.invalid/").ok()?;
        let url = base.join(text).ok()?;
        let is_ours = url.origin() == base.origin() && !url.path().starts_with("//");
        let is_page = !url.path().starts_with("/auth/") && url.path() != "/logout";
        (is_ours && is_page).then(|| Self(text.to_owned()))
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address at this site that signs a person in and then leads here.
    pub fn sign_in_href(&self) -> String {
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("return_to", &self.0).finish();
        format!("{}?{query}", crate::sign_in::PATH)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_this_site_is_taken() {
        for path in ["/", "/documents", "/documents?page=2&sort=name", "/a//b", "/documents#files"] {
            assert_eq!(ReturnPath::parse(path).map(|path| path.0).as_deref(), Some(path));
        }
    }

    #[test]
    fn another_site_is_never_a_return_path() {
        for path in [
            "",
            "documents",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "///evil.example",
            "/%0d%0aX: y\r\n",
            "/./\\/evil.example",
            "/.//evil.example",
            "/x/..//evil.example",
            " /",
            "/é",
        ] {
            assert_eq!(ReturnPath::parse(path), None, "{path:?}");
        }
        assert_eq!(ReturnPath::parse(&format!("/{}", "a".repeat(512))), None);
    }

    #[test]
    fn signing_in_leads_to_no_further_sign_in() {
        for path in ["/auth/connex/login", "/auth/connex/callback?state=x", "/logout", "/x/../logout"] {
            assert_eq!(ReturnPath::parse(path), None, "{path:?}");
        }
    }
}
