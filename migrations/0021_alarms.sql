-- Whom to write when a site does not take what it is told, and what they were written.

alter table sites add column contact text;

create table site_alarms (
    id uuid not null primary key,
    site_id uuid not null references sites (id),
    kind text not null check (kind in ('refused', 'waits', 'late', 'leaving', 'differs')),
    raised_at bigint not null,
    -- When people were written last: once more each day, as long as it lasts.
    told_at bigint not null,
    ended_at bigint
);
-- One of a kind at a time, however many nodes look.
create unique index site_alarms_site_id_kind_key on site_alarms (site_id, kind) where ended_at is null;
create index site_alarms_site_id_idx on site_alarms (site_id);
create index site_alarms_ended_at_idx on site_alarms (ended_at);

-- What an organization reads of its own, and what waits for a word.
create index sync_drifts_organization_id_idx on sync_drifts (organization_id, site_id, found_at);
create index sync_drifts_site_id_found_idx on sync_drifts (site_id, kind, resource_id) where outcome = 'found';
