-- What this site holds of ConneX's people and organizations, and how it came to be so. Times are seconds since 1970.
-- A deleted row stays, because its name stands on documents; it is hidden everywhere else.

create table organization (
    id text primary key not null,
    external_id text,
    name text not null,
    active integer not null,
    status text,
    roles text not null,            -- a JSON list of what the agency gives to everybody of the organization
    email text,
    phone text,
    street text,
    city text,
    state text,
    postal_code text,
    rev integer not null default 0,
    version integer not null default 1,
    created_at integer not null,
    changed_at integer not null,
    deleted_at integer
) strict;

create unique index organization_external_id on organization (external_id);

create table person (
    id text primary key not null,
    external_id text,
    user_name text not null,
    user_name_key text not null,    -- in lower case: one person a name, however it is written
    given_name text,
    family_name text,
    email text,
    phone text,
    organization text,              -- the external id of an organization, which may arrive later
    role text,
    active integer not null,
    rev integer not null default 0,
    version integer not null default 1,
    created_at integer not null,
    changed_at integer not null,
    deleted_at integer,
    -- The site's own, never touched by ConneX:
    blocked_at integer,
    local_roles text not null default '',
    notes text not null default ''
) strict;

create unique index person_external_id on person (external_id);
create unique index person_user_name on person (user_name_key) where deleted_at is null;
create index person_organization on person (organization);
create index person_email on person (email);

create table change (
    id integer primary key not null,
    at integer not null,
    txn text,                       -- everything of one cause bears one
    reason text not null,           -- ConneX's word for why, or `here`
    actor text not null,            -- `ConneX`, or who changed it at this site
    kind text not null,             -- User or Group
    resource text not null,         -- the row's own id
    external_id text,
    name text not null,             -- as it was then
    organization text,
    action text not null,           -- added, changed, disabled, enabled, removed
    attribute text,
    was text,
    becomes text,
    put_back_from text              -- who had changed it here, when ConneX puts it back; '' when nobody knows
) strict;

create index change_txn on change (txn);
create index change_resource on change (resource, attribute, id);
create index change_organization on change (organization, id);
