//! How the sites are doing, in figures.

use serde::Serialize;

use crate::kernel::{Fault, Lifetime, SiteId, Timestamp};
use crate::platform::store::Sql;

/// How a site is doing.
#[derive(Debug, Clone, sqlx::FromRow, Serialize)]
pub struct SiteHealth {
    /// The site.
    pub site_id: SiteId,
    /// Its name.
    pub name: String,
    /// How many copies wait to be confirmed.
    pub due_count: i64,
    /// Since when the oldest of them waits.
    pub oldest_due_at: Option<Timestamp>,
    /// How many somebody has to look at.
    pub attention_count: i64,
    /// Since when the site has not confirmed that somebody is to be let in no more.
    pub oldest_leaving_at: Option<Timestamp>,
    /// Why it is not served.
    pub trouble: Option<String>,
    /// Nothing is sent before this moment.
    pub resume_at: Option<Timestamp>,
    /// Since when an operator lets nothing be sent.
    pub held_at: Option<Timestamp>,
    /// Since when it waits for a word, because too much differed.
    pub paused_at: Option<Timestamp>,
    /// Why it does.
    pub paused_why: Option<String>,
    /// When it confirmed something last.
    pub last_ok_at: Option<Timestamp>,
    /// What it said last when something went wrong.
    pub last_error: Option<String>,
    /// When it was compared last.
    pub compared_at: Option<Timestamp>,
    /// When it was last found to hold exactly what it should.
    pub proven_at: Option<Timestamp>,
}

/// Whether a site gets what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// An operator lets nothing be sent.
    Paused,
    /// More differs there than is put back without asking.
    Differs,
    /// It refuses our signature, or us.
    Credentials,
    /// It does not answer.
    NotAnswering,
    /// It asked to be left alone for a while.
    AskedToWait,
    /// Nothing was ever sent.
    Unproven,
    /// It confirms.
    Working,
}

impl SiteHealth {
    /// Whether the site gets what it should, and if not, why.
    #[must_use]
    pub fn condition(&self) -> Condition {
        if self.held_at.is_some() {
            return Condition::Paused;
        }
        match (self.paused_at, self.trouble.as_deref()) {
            (Some(_), _) => Condition::Differs,
            (None, Some("credentials")) => Condition::Credentials,
            (None, Some("asked to wait")) => Condition::AskedToWait,
            (None, Some(_)) => Condition::NotAnswering,
            (None, None) if self.last_ok_at.is_none() => Condition::Unproven,
            (None, None) => Condition::Working,
        }
    }

    /// How long the oldest change has waited to be confirmed; `None` when all are.
    #[must_use]
    pub fn lag(&self, now: Timestamp) -> Option<Lifetime> {
        self.oldest_due_at.map(|at| now.since(at))
    }
}

/// What is due and what needs attention stands in partial indexes that hold nothing else, so that the
/// millions of copies that are right cost nothing.
macro_rules! healths {
    ($which:literal) => {
        concat!(
            "select t.id as site_id, t.name, coalesce(d.due_count, 0) as due_count, d.oldest_due_at,
                    coalesce(n.attention_count, 0) as attention_count,
                    case when n.oldest_leaving_at < coalesce(d.oldest_leaving_at, n.oldest_leaving_at + 1)
                         then n.oldest_leaving_at else d.oldest_leaving_at end as oldest_leaving_at,
                    s.trouble, s.resume_at, s.held_at, s.paused_at, s.paused_why, s.last_ok_at, s.last_error,
                    s.compared_at, s.proven_at
             from sites t
             left join sync_sites s on s.site_id = t.id
             left join (select i.site_id, count(*) as due_count, min(i.first_due_at) as oldest_due_at,
                               min(case when i.want <> 'present' then i.first_due_at end) as oldest_leaving_at
                        from sync_items i where i.state = 'due'",
            $which,
            " group by i.site_id) d on d.site_id = t.id
             left join (select i.site_id, count(*) as attention_count,
                               min(case when i.want <> 'present' then i.first_due_at end) as oldest_leaving_at
                        from sync_items i where i.state = 'attention'",
            $which,
            " group by i.site_id) n on n.site_id = t.id
             where t.status = 'active'"
        )
    };
}

/// How all sites are doing, by name.
///
/// # Errors
/// When the database does not answer.
pub async fn of_sites(on: &mut impl Sql) -> Result<Vec<SiteHealth>, Fault> {
    on.sql(concat!(healths!(""), " order by t.name, t.id")).all().await
}

/// How one site is doing; `None` when it is not there.
///
/// # Errors
/// When the database does not answer.
pub async fn of_site(on: &mut impl Sql, site: SiteId) -> Result<Option<SiteHealth>, Fault> {
    on.sql(concat!(healths!(" and i.site_id = $1"), " and t.id = $1")).bind(site).maybe().await
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of a site to which nothing was ever sent.
    fn of_nothing(site_id: SiteId) -> SiteHealth {
        SiteHealth {
            site_id,
            name: String::new(),
            due_count: 0,
            oldest_due_at: None,
            attention_count: 0,
            oldest_leaving_at: None,
            trouble: None,
            resume_at: None,
            held_at: None,
            paused_at: None,
            paused_why: None,
            last_ok_at: None,
            last_error: None,
            compared_at: None,
            proven_at: None,
        }
    }

    #[test]
    fn a_condition_is_what_somebody_has_to_act_on() {
        let now = Timestamp::from_seconds(100);
        let healthy = of_nothing(SiteId::new(now, &crate::kernel::Entropy::seeded(1)));
        assert_eq!(healthy.condition(), Condition::Unproven);
        let worked = SiteHealth { last_ok_at: Some(now), ..healthy };
        assert_eq!(worked.condition(), Condition::Working);
        let waits = SiteHealth { trouble: Some("asked to wait".to_owned()), ..worked.clone() };
        assert_eq!(waits.condition(), Condition::AskedToWait);
        let both =
            SiteHealth { held_at: Some(now), paused_at: Some(now), trouble: Some("credentials".to_owned()), ..worked };
        assert_eq!(both.condition(), Condition::Paused, "nothing happens until somebody acts");
    }
}
