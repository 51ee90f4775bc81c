-- Browsers in which a person is signed in.

create table sessions (
    id uuid not null primary key,
    digest bytea not null,
    account_id uuid not null references accounts (id),
    auth_time bigint not null,
    acr text not null,
    amr text not null,
    created_at bigint not null,
    last_seen_at bigint not null,
    expires_at bigint not null,
    ended_at bigint,
    end_reason text,
    network text not null,
    user_agent text not null
);
create index sessions_account_id on sessions (account_id);
create index sessions_expires_at on sessions (expires_at);
