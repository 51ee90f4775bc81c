-- Finding organizations by what people type, and by the domain of their address.

-- What a name is found by: beginnings of its words (`north`) and of the name without spaces (`^northl`),
-- the whole name (`=northlinehauling`), and its trigrams (`~ort`), for typing errors. Only equality is
-- asked of a token, so no collation matters. The name stands in the key so that hits come in its order.
create table organization_search (
    token text not null,
    name_folded text not null,
    organization_id uuid not null references organizations (id),
    primary key (token, name_folded, organization_id)
);
create index organization_search_organization_id_idx on organization_search (organization_id);

-- The domain of the address that the person had proven when they joined; none for free mail.
alter table memberships add column email_domain text;
create index memberships_email_domain_idx on memberships (email_domain, organization_id) where ended_at is null;
