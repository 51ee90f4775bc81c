-- Organizations and the people in them.

create table organizations (
    id uuid not null primary key,
    name text not null,
    name_folded text not null,
    email text,
    street text,
    city text,
    state text,
    postal_code text,
    phone text,
    status text not null check (status in ('active', 'suspended', 'deleted')),
    rev bigint not null,
    created_at bigint not null,
    updated_at bigint not null
);
create index organizations_name_folded on organizations (name_folded);

create table memberships (
    id uuid not null primary key,
    organization_id uuid not null references organizations (id),
    account_id uuid not null references accounts (id),
    role text not null check (role in ('founder', 'administrator', 'member')),
    joined_at bigint not null,
    ended_at bigint
);
-- One founder, however many try at once.
create unique index memberships_organization_id_key on memberships (organization_id) where role = 'founder' and ended_at is null;
create unique index memberships_organization_id_account_id_key on memberships (organization_id, account_id) where ended_at is null;
create index memberships_account_id on memberships (account_id);
