-- People: accounts, the names by which they sign in, failed tries.

create table accounts (
    id uuid not null primary key,
    -- What sites know the person by (OpenID Connect `sub`): random, never reassigned.
    subject text not null,
    username text not null,
    email text not null,
    email_verified_at bigint,
    given_name text not null,
    family_name text not null,
    -- Further standard claims of OpenID Connect, as JSON.
    claims text not null,
    password_hash text,
    status text not null check (status in ('active', 'disabled', 'deleted')),
    rev bigint not null,
    created_at bigint not null,
    updated_at bigint not null
);
create unique index accounts_subject_key on accounts (subject);

-- User IDs and e-mail addresses share one namespace, without regard to case.
create table account_identifiers (
    folded text not null primary key,
    account_id uuid not null references accounts (id)
);
create index account_identifiers_account_id on account_identifiers (account_id);

-- Failed tries in a row, by account and network, by account, and by network.
create table sign_in_failures (
    key text not null primary key,
    failures bigint not null,
    window_began_at bigint not null,
    wait_until bigint not null
);

-- Networks from which a person has signed in before: a stranger's tries elsewhere do not slow these down.
create table known_networks (
    account_id uuid not null references accounts (id),
    network text not null,
    last_at bigint not null,
    primary key (account_id, network)
);
