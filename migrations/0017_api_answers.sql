-- What a site was answered to a write that counts once.

create table api_answers (
    site_id uuid not null references sites (id),
    key text not null,
    -- Of what was asked: the same key with another request is a mistake.
    digest text not null,
    -- JSON, or nothing.
    answer text,
    created_at bigint not null,
    primary key (site_id, key)
);
create index api_answers_created_at_idx on api_answers (created_at);
