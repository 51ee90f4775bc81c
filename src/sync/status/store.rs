//! Reading how the sites are doing.

use super::SiteHealth;
use crate::kernel::{Fault, SiteId};
use crate::platform::store::Sql;

/// What is due and what needs attention stands in partial indexes that hold nothing else, so that the
/// millions of copies that are right cost nothing.
macro_rules! healths {
    ($which:literal) => {
        concat!(
            "select t.id as site_id, t.name, coalesce(d.due_count, 0) as due_count, d.oldest_due_at, d.oldest_failing_at,
                    coalesce(n.attention_count, 0) as attention_count,
                    case when n.oldest_leaving_at < coalesce(d.oldest_leaving_at, n.oldest_leaving_at + 1)
                         then n.oldest_leaving_at else d.oldest_leaving_at end as oldest_leaving_at,
                    s.trouble, s.resume_at, s.held_at, s.paused_at, s.paused_why, s.last_ok_at, s.last_error,
                    s.compared_at, s.proven_at
             from sites t
             left join sync_sites s on s.site_id = t.id
             left join (select i.site_id, count(*) as due_count, min(i.first_due_at) as oldest_due_at,
                               min(case when i.attempts > 0 then i.first_due_at end) as oldest_failing_at,
                               min(case when i.want <> 'present' and i.kind = 'user' then i.first_due_at end) as oldest_leaving_at
                        from sync_items i where i.state = 'due'",
            $which,
            " group by i.site_id) d on d.site_id = t.id
             left join (select i.site_id, count(*) as attention_count,
                               min(case when i.want <> 'present' and i.kind = 'user' then i.first_due_at end) as oldest_leaving_at
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
