//! Who and what counts at a site: the one text of the rule.
//!
//! Whoever settles the ledger and whoever renders a copy puts it at the head of a statement, as
//! `with wanted as (…)`, and says of whom. `$1` is the site.
//!
//! - A person *counts* at a site when their account is active and their address proven, the site is
//!   not removed, their organization (if they have one) is active and neither suspended nor denied
//!   there, and either the agency has approved it, or the site needs no approval and the organization
//!   has pressed Sync or the person has signed in there.
//! - An organization *counts* at a site when it is active, neither suspended nor denied there, and
//!   approved, or linked, or one of its people has signed in there (the last two only where the site
//!   needs no approval).

macro_rules! wanted_people {
    ($whom:literal) => {
        concat!(
            "select a.id, m.organization_id, m.role, case when t.pairwise then null else a.subject end as external_id,
                    case when a.status = 'deleted' then 'absent'
                         when a.status = 'active' and a.email_verified_at is not null and t.status = 'active'
                              and (m.id is null or o.status = 'active')
                              and coalesce(w.status, 'none') not in ('suspended', 'denied')
                              and (coalesce(w.status, 'none') = 'approved'
                                   or (not t.require_approval and (l.site_id is not null or v.site_id is not null)))
                         then 'present' else 'inactive' end as want
             from accounts a
             join sites t on t.id = $1
             left join memberships m on m.account_id = a.id and m.is_active and m.ended_at is null and m.disabled_at is null
             left join organizations o on o.id = m.organization_id
             left join site_approvals w on w.site_id = $1 and w.organization_id = m.organization_id
             left join site_links l on l.site_id = $1 and l.organization_id = m.organization_id
             left join site_visits v on v.site_id = $1 and v.account_id = a.id and v.ended_at is null
             where ",
            $whom
        )
    };
}

macro_rules! wanted_organizations {
    ($which:literal) => {
        concat!(
            "select o.id, w.roles,
                    case when coalesce(w.status, 'none') = 'suspended' or o.status = 'suspended' then 'suspended'
                         when coalesce(w.status, 'none') = 'approved' then 'approved'
                         when l.site_id is not null then 'linked' else 'visited' end as standing,
                    case when o.status = 'active' and t.status = 'active'
                              and coalesce(w.status, 'none') not in ('suspended', 'denied')
                              and (coalesce(w.status, 'none') = 'approved'
                                   or (not t.require_approval
                                       and (l.site_id is not null or exists (
                                           select 1 from memberships m join site_visits v on v.account_id = m.account_id
                                           where m.organization_id = o.id and m.is_active and m.ended_at is null
                                                 and v.site_id = $1 and v.ended_at is null))))
                         then 'present' else 'inactive' end as want
             from organizations o
             join sites t on t.id = $1
             left join site_approvals w on w.site_id = $1 and w.organization_id = o.id
             left join site_links l on l.site_id = $1 and l.organization_id = o.id
             where ",
            $which
        )
    };
}

pub(in crate::sync) use {wanted_organizations, wanted_people};
