-- When somebody last signed in, so that sessions can be forgotten.

alter table accounts add column last_sign_in_at bigint;
update accounts set last_sign_in_at = (select max(s.auth_time) from sessions s where s.account_id = accounts.id);
