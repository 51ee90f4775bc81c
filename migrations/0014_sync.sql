-- What every site should hold, what it has confirmed, and how the two came together.

-- Requests a second that a site takes at most; 0 for as many as come.
alter table sites add column per_second bigint not null default 10;
-- Whether the site knows people by a subject of its own (OpenID Connect Core §8.1).
alter table sites add column pairwise boolean not null default false;
-- Where it is, for whoever looks for it in a list.
alter table sites add column county text;
alter table sites add column state text;
alter table sites add column removed_at bigint;

-- Whether a member who signs in at a site opens the organization to it.
alter table organizations add column members_may_visit boolean not null default true;

-- Each word of an agency on an organization, as it was said.
create table site_approval_words (
    id uuid not null primary key,
    site_id uuid not null references sites (id),
    organization_id uuid not null references organizations (id),
    status text not null check (status in ('requested', 'approved', 'suspended', 'denied', 'revoked')),
    roles text not null,
    reason text,
    valid_until bigint,
    decided_by text not null,
    said_at bigint not null
);
create index site_approval_words_site_id_organization_id_idx on site_approval_words (site_id, organization_id, said_at);
create index site_approval_words_organization_id_idx on site_approval_words (organization_id);
create index site_approvals_valid_until_idx on site_approvals (valid_until) where status = 'approved' and valid_until is not null;

-- A person signed in at a site: it keeps a copy of them, whatever their organization has done there.
create table site_visits (
    site_id uuid not null references sites (id),
    account_id uuid not null references accounts (id),
    visited_at bigint not null,
    ended_at bigint,
    primary key (site_id, account_id)
);
create index site_visits_account_id_idx on site_visits (account_id);

-- A site's own Disable, which it told us.
create table site_blocks (
    site_id uuid not null references sites (id),
    account_id uuid not null references accounts (id),
    blocked_at bigint not null,
    primary key (site_id, account_id)
);
create index site_blocks_account_id_idx on site_blocks (account_id);

-- Whoever settles what sites should hold of a person or an organization takes its turn here first.
create table sync_turns (
    key uuid not null primary key,
    turn bigint not null
);

-- The numbers of a site's feed are given out in the order of the commits: one unit at a time.
create table sync_feeds (
    site_id uuid not null primary key references sites (id),
    turn bigint not null
);
insert into sync_feeds (site_id, turn) select id, 0 from sites;

-- The ledger: one row for each resource that a site holds or should hold. It outlives the resource.
create table sync_items (
    site_id uuid not null references sites (id),
    kind text not null check (kind in ('user', 'organization')),
    -- The account or the organization.
    resource_id uuid not null,
    -- The organization for which the person stands there.
    organization_id uuid,
    -- What the site knows it by; filled in before it is first told.
    external_id text,
    want text not null check (want in ('present', 'inactive', 'absent')),
    want_rev bigint not null,
    -- Its place in the site's feed.
    seq bigint not null,
    state text not null check (state in ('due', 'ok', 'attention')),
    reason text not null check (reason in ('change', 'approval', 'drift', 'resync', 'login', 'retry')),
    txn uuid not null,
    -- 0 who must go, 1 organizations, 2 who was asked for, 3 the rest.
    priority bigint not null,
    attempts bigint not null,
    first_due_at bigint not null,
    next_at bigint not null,
    changed_at bigint not null,
    -- What the site has confirmed.
    acked_rev bigint not null default 0,
    -- As it was told, without its revision (canonical JSON), and the digest of that.
    acked text,
    acked_digest text,
    acked_active boolean not null default false,
    acked_at bigint,
    remote_id text,
    remote_etag text,
    last_status bigint,
    last_error text,
    primary key (site_id, kind, resource_id)
);
create index sync_items_due_idx on sync_items (site_id, priority, next_at) where state = 'due';
create unique index sync_items_site_id_seq_key on sync_items (site_id, seq);
create index sync_items_resource_id_idx on sync_items (resource_id);
create index sync_items_organization_id_idx on sync_items (organization_id, site_id);
create index sync_items_txn_idx on sync_items (txn);
create index sync_items_external_id_idx on sync_items (site_id, kind, external_id);
create index sync_items_attention_idx on sync_items (site_id, changed_at) where state = 'attention';

-- How a site is doing, and which node serves it.
create table sync_sites (
    site_id uuid not null primary key references sites (id),
    lease uuid,
    leased_until bigint not null,
    -- Nothing is sent before this moment: the site asked for it, or it does not answer.
    resume_at bigint not null,
    failures bigint not null,
    -- Why it is not served: `credentials`, `not answering`, `asked to wait`, or nothing.
    trouble text,
    -- Whether somebody has to say that it may go on: too much differed at once.
    paused_at bigint,
    paused_why text,
    last_ok_at bigint,
    last_tried_at bigint,
    last_error text,
    -- What it said of itself (ServiceProviderConfig), as JSON.
    features text,
    probed_at bigint,
    -- When it was last compared, when it was last found equal, and when it is compared next.
    compared_at bigint,
    proven_at bigint,
    compare_at bigint not null,
    -- The end of its chain of receipts.
    receipt_seq bigint not null,
    receipt_hash text not null
);
insert into sync_sites (site_id, leased_until, resume_at, failures, compare_at, receipt_seq, receipt_hash)
select id, 0, 0, 0, 0, 0, '' from sites;

-- What a site has confirmed, and when: the proof.
create table sync_receipts (
    site_id uuid not null references sites (id),
    seq bigint not null,
    kind text not null,
    resource_id uuid not null,
    organization_id uuid,
    rev bigint not null,
    txn uuid not null,
    -- push, pull or digest.
    via text not null,
    active boolean not null,
    http_status bigint,
    remote_etag text,
    body_digest text not null,
    sent_at bigint not null,
    acked_at bigint not null,
    hash text not null,
    primary key (site_id, seq)
);
create index sync_receipts_resource_id_idx on sync_receipts (resource_id, site_id, rev);
create index sync_receipts_organization_id_idx on sync_receipts (organization_id, site_id, acked_at);

-- The delivery log: each request to a site, kept for 30 days.
create table sync_attempts (
    id uuid not null primary key,
    site_id uuid not null references sites (id),
    kind text not null,
    resource_id uuid not null,
    rev bigint not null,
    txn uuid not null,
    method text not null,
    began_at bigint not null,
    millis bigint not null,
    http_status bigint,
    -- The first 2 KB of the answer, or why there was none.
    answer text not null
);
create index sync_attempts_site_id_idx on sync_attempts (site_id, began_at);
create index sync_attempts_resource_id_idx on sync_attempts (site_id, resource_id, began_at);
create index sync_attempts_began_at_idx on sync_attempts (began_at);

-- What had been changed at a site by itself, and what became of it.
create table sync_drifts (
    id uuid not null primary key,
    site_id uuid not null references sites (id),
    kind text not null,
    resource_id uuid not null,
    organization_id uuid,
    attribute text not null,
    -- What stood there, and what stands here; addresses and names, so they are kept for 90 days only.
    there text,
    here text,
    changed_by text,
    outcome text not null check (outcome in ('found', 'put_back', 'kept')),
    found_at bigint not null
);
create index sync_drifts_site_id_idx on sync_drifts (site_id, found_at);
create index sync_drifts_found_at_idx on sync_drifts (found_at);

-- Why many things became due at once, and who asked for it.
create table sync_txns (
    id uuid not null primary key,
    site_id uuid references sites (id),
    organization_id uuid references organizations (id),
    cause text not null,
    asked_by text not null,
    began_at bigint not null
);
create index sync_txns_site_id_idx on sync_txns (site_id);
create index sync_txns_organization_id_idx on sync_txns (organization_id, began_at);
create index sync_txns_began_at_idx on sync_txns (began_at);

-- Who may use the operator's pages.
create table operators (
    account_id uuid not null primary key references accounts (id),
    invited_at bigint not null,
    ended_at bigint
);
create table operator_invitations (
    id uuid not null primary key,
    email text not null,
    digest bytea not null,
    created_at bigint not null,
    expires_at bigint not null,
    used_at bigint,
    account_id uuid references accounts (id)
);
create index operator_invitations_account_id_idx on operator_invitations (account_id);
create index operator_invitations_expires_at_idx on operator_invitations (expires_at);
