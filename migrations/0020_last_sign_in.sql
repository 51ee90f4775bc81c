-- When somebody last signed in, so that sessions can be forgotten. It is filled by the next sign-in, or before the last
-- session of an account is forgotten; until then the sessions tell.

alter table accounts add column last_sign_in_at bigint;
