//! How an organization stands to a site, as pages say it.

use super::store::{
    self,
    sites::{Counts, SiteRow},
};
use crate::kernel::{Fault, OrganizationId, SiteId, Timestamp};
use crate::platform::{store::Sql, words::Words};
use crate::sites::{
    Family,
    approvals::{LastDay, Word},
};

/// How an organization stands to a site, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stands {
    /// Nothing has happened yet.
    NotLinked,
    /// An administrator has pressed Sync.
    Linked,
    /// The agency has approved it.
    Approved,
    /// It has asked the agency to approve it.
    Requested,
    /// The agency has suspended it.
    Suspended,
    /// The agency has blocked it.
    Blocked,
}

impl Stands {
    /// In words.
    pub(super) const fn words(self, t: Words) -> &'static str {
        match self {
            Self::NotLinked => t.sync_not_linked(),
            Self::Linked => t.sync_linked(),
            Self::Approved => t.sync_approved(),
            Self::Requested => t.sync_requested(),
            Self::Suspended => t.sync_suspended(),
            Self::Blocked => t.sync_blocked(),
        }
    }

    /// The class of its tag.
    pub(super) const fn color(self) -> &'static str {
        match self {
            Self::NotLinked => "",
            Self::Linked | Self::Approved => " ok",
            Self::Requested => " warn",
            Self::Suspended | Self::Blocked => " bad",
        }
    }

    /// Whether all people of the organization are to be there.
    pub(super) const fn is_open(self) -> bool {
        matches!(self, Self::Linked | Self::Approved)
    }

    /// Whether the agency lets nobody of it in.
    pub(super) const fn is_barred(self) -> bool {
        matches!(self, Self::Suspended | Self::Blocked)
    }
}

/// A site, as the pages of one organization show it.
pub(super) struct SiteLine {
    pub(super) id: SiteId,
    pub(super) family: Family,
    pub(super) name: String,
    pub(super) url: String,
    /// County and state, as far as they are known.
    pub(super) place: String,
    pub(super) stands: Stands,
    pub(super) require_approval: bool,
    pub(super) is_linked: bool,
    pub(super) linked_at: Option<Timestamp>,
    /// The agency's word that counts, and when it was said.
    pub(super) word: Option<(Word, Timestamp)>,
    pub(super) requested_at: Option<Timestamp>,
    pub(super) valid_until: Option<Timestamp>,
    pub(super) roles: Vec<String>,
    pub(super) reason: Option<String>,
    /// Why it is not served at the moment: the column `trouble`.
    pub(super) trouble: Option<String>,
    /// When it was last compared and found equal.
    pub(super) proven_at: Option<Timestamp>,
    pub(super) counts: Counts,
}

impl SiteLine {
    /// What stands in the way of the copies at the moment, in words; only where there are copies.
    pub(super) fn trouble_in_words(&self, t: Words) -> Option<String> {
        let is_of_interest = self.stands.is_open() || self.counts.owed > 0;
        let trouble = self.trouble.as_deref().filter(|_| is_of_interest)?;
        Some(match trouble {
            "credentials" => t.sync_not_let_in(&self.name),
            "asked to wait" => t.sync_asked_to_wait(&self.name),
            _ => t.sync_not_answering(&self.name),
        })
    }

    /// Whether pressing the button links or asks, rather than only comparing.
    pub(super) const fn asks_for_approval(&self) -> bool {
        self.require_approval && matches!(self.stands, Stands::NotLinked)
    }

    /// The last day on which the approval holds: one that ends at midnight does not hold on the next.
    pub(super) fn valid_through(&self) -> Option<Timestamp> {
        self.valid_until.map(LastDay::shown)
    }

    /// Whether there is anything that pressing the button would do.
    pub(super) const fn can_be_pressed(&self) -> bool {
        let waits_for_the_agency = self.require_approval && matches!(self.stands, Stands::Requested);
        !self.stands.is_barred() && !waits_for_the_agency
    }

    /// What the button says.
    pub(super) fn button(&self, t: Words) -> String {
        match self.asks_for_approval() {
            true => t.sync_request_at(&self.name),
            false => t.sync_sync_site(&self.name),
        }
    }

    /// How it stands after the button was pressed, in a sentence.
    pub(super) fn result(&self, t: Words) -> String {
        let stands = self.stands.words(t);
        match self.stands {
            Stands::Linked | Stands::Approved if self.counts.owed == 0 => t.sync_confirmed_all(stands, &self.name),
            Stands::Linked | Stands::Approved => t.sync_not_confirmed_yet(stands, &self.name),
            Stands::Requested => t.sync_was_asked(&self.name),
            Stands::Suspended => t.sync_suspends(&self.name),
            Stands::Blocked => t.sync_blocks(&self.name),
            Stands::NotLinked => t.sync_nothing_done(&self.name),
        }
    }
}

/// All sites of a family, by name.
pub(super) async fn of_family(
    on: &mut impl Sql,
    organization: OrganizationId,
    family: Family,
) -> Result<Vec<SiteLine>, Fault> {
    let rows = store::sites::of_family(on, organization, family).await?;
    let counts = store::sites::counts(on, organization).await?;
    let of = |site: SiteId| counts.iter().find(|row| row.site_id == site).map(|row| row.counts.clone());
    rows.into_iter().map(|row| line(of(row.id).unwrap_or_default(), row)).collect()
}

/// One site.
pub(super) async fn at(
    on: &mut impl Sql,
    organization: OrganizationId,
    site: SiteId,
) -> Result<Option<SiteLine>, Fault> {
    let Some(row) = store::sites::one(on, organization, site).await? else { return Ok(None) };
    let counts = store::sites::counts_at(on, organization, site).await?;
    line(counts.unwrap_or_default(), row).map(Some)
}

fn line(counts: Counts, row: SiteRow) -> Result<SiteLine, Fault> {
    let word: Option<Word> = row.status.as_deref().map(str::parse).transpose()?;
    let is_linked = row.linked_at.is_some();
    let stands = match word {
        Some(Word::Denied) => Stands::Blocked,
        Some(Word::Suspended) => Stands::Suspended,
        Some(Word::Approved) => Stands::Approved,
        _ if is_linked && !row.require_approval => Stands::Linked,
        Some(Word::Requested) => Stands::Requested,
        _ => Stands::NotLinked,
    };
    let place = [row.county, row.state].into_iter().flatten().collect::<Vec<_>>().join(", ");
    Ok(SiteLine {
        id: row.id,
        family: row.kind.parse()?,
        name: row.name.to_string(),
        url: row.url.to_string(),
        place,
        stands,
        require_approval: row.require_approval,
        is_linked,
        linked_at: row.linked_at,
        word: word.zip(row.said_at),
        requested_at: row.requested_at.filter(|_| word == Some(Word::Requested)),
        valid_until: row.valid_until,
        roles: row.roles.map(|roles| roles.0).unwrap_or_default(),
        reason: row.reason,
        trouble: row.trouble,
        proven_at: row.proven_at,
        counts,
    })
}
