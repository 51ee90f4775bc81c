-- The provider: clients, what they were given, what must not be used twice.

create table clients (
    id text not null primary key,
    site_id uuid references sites (id),
    -- Checked metadata (RFC 7591), as JSON.
    metadata text not null,
    secret_digest bytea,
    former_secret_digest bytea,
    former_secret_until bigint,
    status text not null check (status in ('active', 'disabled')),
    created_at bigint not null,
    updated_at bigint not null
);
create index clients_site_id on clients (site_id);

create table consents (
    account_id uuid not null references accounts (id),
    client_id text not null references clients (id),
    scope text not null,
    granted_at bigint not null,
    primary key (account_id, client_id)
);

create table pushed_requests (
    id uuid not null primary key,
    digest bytea not null,
    client_id text not null references clients (id),
    params text not null,
    expires_at bigint not null,
    used_at bigint
);
create index pushed_requests_expires_at on pushed_requests (expires_at);

-- What one authorization gave to one client, and the code that carries it there once.
create table grants (
    id uuid not null primary key,
    code_digest bytea not null,
    client_id text not null,
    account_id uuid not null,
    session_id uuid not null,
    granted text not null,
    created_at bigint not null,
    code_expires_at bigint not null,
    redeemed_at bigint,
    revoked_at bigint,
    expires_at bigint not null
);
create index grants_expires_at on grants (expires_at);
create index grants_account_id on grants (account_id);

-- Refresh tokens: one row for each family, whose secret of generation n is derived, not stored.
create table refresh_families (
    id uuid not null primary key,
    grant_id uuid not null references grants (id) on delete cascade,
    client_id text not null,
    generation bigint not null,
    digest bytea not null,
    -- When the last few generations were replaced, as JSON: each has a grace of its own.
    rotations text not null,
    idle_expires_at bigint not null,
    expires_at bigint not null
);
create unique index refresh_families_grant_id_key on refresh_families (grant_id);
create index refresh_families_expires_at on refresh_families (expires_at);

-- Access tokens that were revoked one by one.
create table revoked_tokens (
    jti text not null primary key,
    expires_at bigint not null
);

-- Client assertions that were seen (RFC 7523 §3, item 7).
create table seen_assertions (
    client_id text not null,
    jti text not null,
    expires_at bigint not null,
    primary key (client_id, jti)
);

-- Which client saw which session: these are told when it ends.
create table session_clients (
    session_id uuid not null,
    client_id text not null,
    first_at bigint not null,
    primary key (session_id, client_id)
);

-- Logout tokens that sites have to receive (OpenID Connect Back-Channel Logout).
create table logout_deliveries (
    id uuid not null primary key,
    session_id uuid not null,
    client_id text not null,
    state text not null check (state in ('due', 'told', 'given_up')),
    created_at bigint not null,
    settled_at bigint
);
create unique index logout_deliveries_session_id_client_id_key on logout_deliveries (session_id, client_id);
