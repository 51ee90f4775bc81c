-- Signing keys. The private half is sealed with a key that is not in the database.

create table signing_keys (
    id uuid not null primary key,
    kid text not null,
    algorithm text not null,
    state text not null check (state in ('next', 'current', 'retired', 'removed')),
    -- `ES256:current`, `ES256:next`; null for the others. Several nodes that rotate at once make one key.
    slot text,
    public_jwk text not null,
    sealed_private_jwk text not null,
    created_at bigint not null,
    activated_at bigint,
    retired_at bigint
);
create unique index signing_keys_kid_key on signing_keys (kid);
create unique index signing_keys_slot_key on signing_keys (slot);
