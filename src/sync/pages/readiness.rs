//! Whether one person is ready at one site (pure).

use crate::kernel::Timestamp;
use crate::platform::words::Words;

/// What is known of a person's copy at a site, and of what stands in its way.
#[derive(Debug, Clone, Default, sqlx::FromRow)]
pub(super) struct CopyRow {
    pub(super) want: Option<String>,
    pub(super) want_rev: Option<i64>,
    pub(super) acked_rev: Option<i64>,
    pub(super) acked_at: Option<Timestamp>,
    pub(super) sync_state: Option<String>,
    /// The site's own Disable.
    pub(super) blocked_at: Option<Timestamp>,
    pub(super) email_verified_at: Option<Timestamp>,
    pub(super) disabled_at: Option<Timestamp>,
}

/// Whether a person is ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Readiness {
    /// The site has confirmed what it should hold.
    Ready(Option<Timestamp>),
    /// The site has not confirmed it yet.
    Waiting,
    /// The site does not take it; the operator looks after it.
    NotTaken,
    /// The site has disabled them by itself.
    BlockedThere,
    /// Their address is not proven, so no site is told.
    Unverified,
    /// The organization has disabled them; the site has confirmed it, or not yet.
    Disabled,
    /// They are to be out, and the site has not confirmed it yet.
    Leaving,
    /// They are out, and the site has confirmed it.
    Out(Option<Timestamp>),
    /// The site holds nothing of them.
    NotThere,
}

impl CopyRow {
    /// What that comes to.
    pub(super) fn readiness(&self) -> Readiness {
        let is_confirmed = self.want_rev.is_some_and(|wanted| self.acked_rev.unwrap_or_default() >= wanted);
        match self.want.as_deref() {
            Some("present") if self.blocked_at.is_some() => Readiness::BlockedThere,
            Some("present") if is_confirmed => Readiness::Ready(self.acked_at),
            Some("present") if self.sync_state.as_deref() == Some("attention") => Readiness::NotTaken,
            Some("present") => Readiness::Waiting,
            Some(_) if !is_confirmed => Readiness::Leaving,
            _ if self.disabled_at.is_some() => Readiness::Disabled,
            _ if self.email_verified_at.is_none() => Readiness::Unverified,
            Some(_) => Readiness::Out(self.acked_at),
            None => Readiness::NotThere,
        }
    }
}

impl Readiness {
    /// In words.
    pub(super) const fn words(self, t: Words) -> &'static str {
        match self {
            Self::Ready(_) => t.sync_ready(),
            Self::Waiting => t.sync_waiting(),
            Self::NotTaken => t.sync_not_taken(),
            Self::BlockedThere => t.sync_blocked_there(),
            Self::Unverified => t.sync_unverified(),
            Self::Disabled => t.sync_disabled(),
            Self::Leaving => t.sync_leaving(),
            Self::Out(_) => t.sync_out(),
            Self::NotThere => t.sync_not_there(),
        }
    }

    /// The class of its tag.
    pub(super) const fn color(self) -> &'static str {
        match self {
            Self::Ready(_) => " ok",
            Self::Waiting | Self::Unverified | Self::Leaving => " warn",
            Self::NotTaken | Self::BlockedThere | Self::Disabled => " bad",
            Self::Out(_) | Self::NotThere => "",
        }
    }

    /// When the site confirmed it.
    pub(super) const fn since(self) -> Option<Timestamp> {
        match self {
            Self::Ready(at) | Self::Out(at) => at,
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copy(want: &str, acked_rev: i64) -> CopyRow {
        let verified = Some(Timestamp::from_seconds(1));
        CopyRow {
            want: Some(want.to_owned()),
            want_rev: Some(2),
            acked_rev: Some(acked_rev),
            acked_at: verified,
            email_verified_at: verified,
            ..CopyRow::default()
        }
    }

    #[test]
    fn only_what_was_confirmed_last_is_ready_or_out() {
        let at = Some(Timestamp::from_seconds(1));
        assert_eq!(copy("present", 2).readiness(), Readiness::Ready(at));
        assert_eq!(copy("present", 1).readiness(), Readiness::Waiting, "an older copy is not enough");
        assert_eq!(copy("inactive", 1).readiness(), Readiness::Leaving);
        assert_eq!(copy("inactive", 2).readiness(), Readiness::Out(at));
        assert_eq!(copy("absent", 2).readiness(), Readiness::Out(at));
    }

    #[test]
    fn what_stands_in_the_way_is_named() {
        let at = Some(Timestamp::from_seconds(1));
        let refused = CopyRow { sync_state: Some("attention".into()), ..copy("present", 1) };
        assert_eq!(refused.readiness(), Readiness::NotTaken);
        assert_eq!(CopyRow { blocked_at: at, ..copy("present", 2) }.readiness(), Readiness::BlockedThere);
        assert_eq!(CopyRow::default().readiness(), Readiness::Unverified);
        assert_eq!(CopyRow { email_verified_at: at, ..CopyRow::default() }.readiness(), Readiness::NotThere);
        assert_eq!(CopyRow { disabled_at: at, ..copy("inactive", 2) }.readiness(), Readiness::Disabled);
        assert_eq!(CopyRow { disabled_at: at, ..copy("inactive", 1) }.readiness(), Readiness::Leaving);
    }
}
