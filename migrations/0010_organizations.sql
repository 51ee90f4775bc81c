-- Before the first release: `memberships` is made anew, because SQLite adds no check to a table that is there.
-- What organizations do about their people: requests, invitations, hand-overs of the founder role.

alter table organizations add column deleted_at bigint;
-- When nothing was left of a deleted organization but its id.
alter table organizations add column wiped_at bigint;
create index organizations_deleted_at_idx on organizations (deleted_at) where status = 'deleted' and wiped_at is null;

create table memberships_anew (
    id uuid not null primary key,
    organization_id uuid not null references organizations (id),
    account_id uuid not null references accounts (id),
    role text not null check (role in ('founder', 'administrator', 'member')),
    rev bigint not null default 1,
    -- Whether it is the place that counts for the person: one at most.
    is_active boolean not null default true,
    -- Family name, given name and address, folded: by this lists are sorted and filtered.
    listed_as text not null default '',
    -- Whether the account came to be by an invitation of this organization.
    created_account boolean not null default false,
    joined_at bigint not null,
    disabled_at bigint,
    ended_at bigint,
    -- Who ended it: the text form of an account's id, or `operator`.
    ended_by text,
    check (role <> 'founder' or (ended_at is null and disabled_at is null))
);
insert into memberships_anew (id, organization_id, account_id, role, is_active, listed_as, joined_at, ended_at)
select m.id, m.organization_id, m.account_id, m.role,
       not exists (
           select 1 from memberships n
           where n.account_id = m.account_id and n.ended_at is null
                 and (n.joined_at < m.joined_at or (n.joined_at = m.joined_at and n.id < m.id))),
       lower(a.family_name || ' ' || a.given_name || ' ' || a.email), m.joined_at, m.ended_at
from memberships m join accounts a on a.id = m.account_id;
drop table memberships;
alter table memberships_anew rename to memberships;
-- One founder, however many try at once.
create unique index memberships_organization_id_key on memberships (organization_id) where role = 'founder' and ended_at is null;
create unique index memberships_organization_id_account_id_key on memberships (organization_id, account_id) where ended_at is null;
-- One place that counts, however many invitations a person accepts at once.
create unique index memberships_account_id_key on memberships (account_id) where is_active and ended_at is null;
create index memberships_account_id on memberships (account_id);
create index memberships_listed_as_idx on memberships (organization_id, listed_as, id) where ended_at is null;

create table join_requests (
    id uuid not null primary key,
    organization_id uuid not null references organizations (id),
    account_id uuid not null references accounts (id),
    note text,
    status text not null check (status in ('open', 'accepted', 'denied', 'cancelled', 'expired')),
    requested_at bigint not null,
    reminded_at bigint,
    expires_at bigint not null,
    decided_at bigint,
    decided_by uuid references accounts (id),
    reason text
);
-- A person asks one organization at a time.
create unique index join_requests_account_id_key on join_requests (account_id) where status = 'open';
create index join_requests_account_id_idx on join_requests (account_id, id);
create index join_requests_organization_id_idx on join_requests (organization_id, status, id);
create index join_requests_decided_by_idx on join_requests (decided_by);
create index join_requests_expires_at_idx on join_requests (expires_at) where status = 'open';

create table invitations (
    id uuid not null primary key,
    organization_id uuid not null references organizations (id),
    email text not null,
    email_folded text not null,
    given_name text not null,
    family_name text not null,
    listed_as text not null,
    role text not null check (role in ('administrator', 'member')),
    language text not null,
    -- Whose word it is: the inviter, or whoever sent it again last.
    invited_by uuid not null references accounts (id),
    digest bytea not null,
    -- One that has expired stays open: it may be sent again.
    status text not null check (status in ('open', 'accepted', 'declined', 'withdrawn')),
    created_at bigint not null,
    sent_at bigint not null,
    expires_at bigint not null,
    decided_at bigint,
    account_id uuid references accounts (id)
);
create unique index invitations_organization_id_email_folded_key on invitations (organization_id, email_folded) where status = 'open';
create index invitations_listed_as_idx on invitations (organization_id, listed_as, id) where status = 'open';
create index invitations_email_folded_idx on invitations (email_folded) where status = 'open';
create index invitations_invited_by_idx on invitations (invited_by);
create index invitations_account_id_idx on invitations (account_id);
create index invitations_expires_at_idx on invitations (expires_at) where status = 'open';

create table hand_overs (
    id uuid not null primary key,
    organization_id uuid not null references organizations (id),
    -- An offer waits for the administrator's word; a replacement by the operator waits for its day.
    kind text not null check (kind in ('offer', 'replacement')),
    from_account_id uuid not null references accounts (id),
    to_account_id uuid not null references accounts (id),
    reason text,
    status text not null check (status in ('open', 'done', 'declined', 'cancelled', 'expired')),
    offered_at bigint not null,
    -- An offer ends then; a replacement is carried out then.
    due_at bigint not null,
    decided_at bigint
);
create unique index hand_overs_organization_id_key on hand_overs (organization_id) where status = 'open';
create index hand_overs_organization_id_idx on hand_overs (organization_id);
create index hand_overs_from_account_id_idx on hand_overs (from_account_id);
create index hand_overs_to_account_id_idx on hand_overs (to_account_id);
create index hand_overs_due_at_idx on hand_overs (due_at) where status = 'open';
