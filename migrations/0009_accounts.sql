-- How people look after their accounts: language, former addresses, what is mailed to prove an address or to set a password.

alter table accounts add column language text not null default 'en';
-- The organization that disabled the account, as the person reads it; null when the operator did.
alter table accounts add column disabled_by text;
alter table accounts add column password_changed_at bigint;

-- Set for a former address: nobody signs in by it, and until then nobody else takes it.
alter table account_identifiers add column reserved_until bigint;
create index account_identifiers_reserved_until_idx on account_identifiers (reserved_until) where reserved_until is not null;

-- The newest code of each purpose and holder (a sign-up, or an account).
create table mailed_codes (
    id uuid not null primary key,
    purpose text not null check (purpose in ('sign_up', 'email_change', 'email_proof')),
    holder text not null,
    email text not null,
    digest bytea not null,
    tries_count bigint not null,
    sent_at bigint not null,
    expires_at bigint not null,
    used_at bigint
);
create unique index mailed_codes_holder_purpose_key on mailed_codes (holder, purpose);
create index mailed_codes_expires_at_idx on mailed_codes (expires_at);

-- The newest link of each account by which a new password may be set.
create table password_links (
    id uuid not null primary key,
    account_id uuid not null references accounts (id),
    digest bytea not null,
    -- What a site asked for, sealed: the person goes on there.
    errand text,
    sent_at bigint not null,
    expires_at bigint not null,
    used_at bigint
);
create unique index password_links_account_id_key on password_links (account_id);
create index password_links_expires_at_idx on password_links (expires_at);

-- Addresses that were changed, and the link to the former address that gives it back.
create table email_changes (
    id uuid not null primary key,
    account_id uuid not null references accounts (id),
    former_email text not null,
    former_verified_at bigint,
    email text not null,
    -- The password at that time: whoever took the account over may have set another one since.
    password_hash text,
    digest bytea not null,
    changed_at bigint not null,
    undo_until bigint not null,
    undone_at bigint
);
create index email_changes_account_id_idx on email_changes (account_id);
create index email_changes_undo_until_idx on email_changes (undo_until);

-- Browsers in which a person has signed in before, in a few words: a new one is told to the person.
create table known_browsers (
    account_id uuid not null references accounts (id),
    browser text not null,
    last_at bigint not null,
    primary key (account_id, browser)
);
