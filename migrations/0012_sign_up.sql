-- Sign-ups that are under way. The browser's cookie holds the id and a secret.

create table sign_up_drafts (
    id uuid not null primary key,
    digest bytea not null,
    email text not null,
    email_folded text not null,
    verified_at bigint,
    language text not null,
    -- The organization that was chosen or is to be founded, as JSON.
    choice text,
    -- User ID and names, as JSON.
    credentials text,
    password_hash text,
    -- The request of the site that the person came from, sealed.
    errand text,
    expires_at bigint not null,
    used_at bigint
);
create index sign_up_drafts_email_folded_idx on sign_up_drafts (email_folded) where verified_at is not null and used_at is null;
create index sign_up_drafts_expires_at_idx on sign_up_drafts (expires_at);
