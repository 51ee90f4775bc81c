-- Forms that count once, counts that limit, and whom an audit entry is about.

create table form_results (
    id uuid not null,
    account_id uuid not null references accounts (id),
    path text not null,
    notice text not null,
    created_at bigint not null
);
create unique index form_results_id_key on form_results (id);
create index form_results_account_id_idx on form_results (account_id);
create index form_results_created_at_idx on form_results (created_at);

create table throttles (
    key text not null primary key,
    count bigint not null,
    began_at bigint not null,
    ends_at bigint not null
);
create index throttles_ends_at_idx on throttles (ends_at);

-- Not part of the chain: they only say where an entry is shown.
alter table audit_entries add column person_id uuid;
alter table audit_entries add column organization_id uuid;
create index audit_entries_person_id_at_idx on audit_entries (person_id, at) where person_id is not null;
create index audit_entries_organization_id_at_idx on audit_entries (organization_id, at) where organization_id is not null;
