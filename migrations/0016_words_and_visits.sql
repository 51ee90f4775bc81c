-- Who said a word at the agency, the order of the words, and the visits of those who came before there were any.

alter table site_approvals add column clerk text;
alter table site_approval_words add column clerk text;
alter table site_approval_words add column rev bigint not null default 0;

-- What was said before words were kept.
insert into site_approval_words (id, site_id, organization_id, status, roles, reason, valid_until, decided_by, rev, said_at)
select w.id, w.site_id, w.organization_id, w.status, w.roles, w.reason, w.valid_until, coalesce(w.decided_by, 'program'), w.rev, w.updated_at
from site_approvals w
where not exists (select 1 from site_approval_words h where h.site_id = w.site_id and h.organization_id = w.organization_id);

-- Whoever has agreed that a site sees them has signed in there.
insert into site_visits (site_id, account_id, visited_at)
select c.site_id, s.account_id, min(s.granted_at)
from consents s join clients c on c.id = s.client_id
where c.site_id is not null
group by c.site_id, s.account_id;
