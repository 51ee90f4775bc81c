-- Who decides for an organization is found without looking at all of its people.
create index memberships_role_idx on memberships (organization_id, role) where role <> 'member' and ended_at is null;
