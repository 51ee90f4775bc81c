-- Mails to people: the letter sealed, and wiped as soon as it has left or never will.

create table mails (
    id uuid not null primary key,
    kind text not null,
    about text,
    language text not null,
    sealed text,
    status text not null default 'waiting' check (status in ('waiting', 'sent', 'refused', 'expired')),
    answer text,
    expires_at bigint not null,
    created_at bigint not null,
    settled_at bigint
);
create index mails_about_idx on mails (about, id);
create index mails_expires_at_idx on mails (expires_at) where status = 'waiting';
create index mails_created_at_idx on mails (created_at);
