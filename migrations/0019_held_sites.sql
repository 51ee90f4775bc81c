-- Since when an operator lets nothing be sent to a site.
alter table sync_sites add column held_at bigint;
