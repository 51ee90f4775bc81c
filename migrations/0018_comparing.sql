-- Comparing what a site holds with what it should hold.

-- Somebody said that the next comparison may put back as much as it finds.
alter table sync_sites add column may_exceed boolean not null default false;
-- Whose turn it is is asked every second: without this index, of all sites.
create index sync_sites_resume_at_idx on sync_sites (resume_at);
