-- Sites of agencies, and how organizations stand to them.

create table sites (
    id uuid not null primary key,
    kind text not null check (kind in ('oneoffice', 'onegov')),
    name text not null,
    url text not null,
    scim_url text,
    require_approval boolean not null,
    status text not null check (status in ('active', 'removed')),
    created_at bigint not null,
    updated_at bigint not null
);

create table site_approvals (
    id uuid not null,
    site_id uuid not null references sites (id),
    organization_id uuid not null references organizations (id),
    status text not null check (status in ('requested', 'approved', 'suspended', 'denied', 'revoked')),
    -- The roles that the agency gives to the people of the organization, as JSON.
    roles text not null,
    decided_by text,
    reason text,
    requested_at bigint,
    approved_at bigint,
    valid_until bigint,
    rev bigint not null,
    updated_at bigint not null,
    primary key (site_id, organization_id)
);
create index site_approvals_organization_id on site_approvals (organization_id);

-- An organization pressed Sync, or one of its people signed in there.
create table site_links (
    site_id uuid not null references sites (id),
    organization_id uuid not null references organizations (id),
    linked_by uuid not null references accounts (id),
    linked_at bigint not null,
    primary key (site_id, organization_id)
);
create index site_links_organization_id on site_links (organization_id);
