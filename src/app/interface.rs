//! Which of our interfaces a path belongs to, and so in which face its errors are said.

/// An interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interface {
    /// SCIM 2.0.
    Scim,
    /// The JSON interfaces of ours.
    Api,
    /// Everything else: pages, and the protocol, which has its own face.
    Pages,
}

impl Interface {
    /// The interface of a path.
    pub(super) fn of(path: &str) -> Self {
        let mut parts = path.trim_start_matches('/').split('/');
        match parts.next() {
            Some("scim") => Self::Scim,
            Some("sync" | "api") => Self::Api,
            _ => Self::Pages,
        }
    }
}
