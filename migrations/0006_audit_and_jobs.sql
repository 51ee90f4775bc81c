-- What happened, in hash chains; and the work that is owed.

create table audit_chains (
    chain bigint not null primary key,
    seq bigint not null,
    hash text not null
);
insert into audit_chains (chain, seq, hash) values
    (0, 0, ''), (1, 0, ''), (2, 0, ''), (3, 0, ''), (4, 0, ''), (5, 0, ''), (6, 0, ''), (7, 0, '');

create table audit_entries (
    chain bigint not null,
    seq bigint not null,
    id uuid not null,
    at bigint not null,
    actor text not null,
    fact text not null,
    subject text not null,
    detail text not null,
    hash text not null,
    primary key (chain, seq)
);
create index audit_entries_at on audit_entries (at);

create table jobs (
    id uuid not null primary key,
    kind text not null,
    key text not null,
    payload text not null,
    run_at bigint not null,
    attempts bigint not null,
    leased_until bigint not null,
    lease uuid,
    last_error text,
    expires_at bigint,
    created_at bigint not null
);
create unique index jobs_kind_key_key on jobs (kind, key);
create index jobs_run_at on jobs (run_at);
