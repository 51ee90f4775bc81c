-- The agency's own: its employees, their licenses, its contracts. ConneX knows nothing of them. Seconds since 1970.

create table employee (
    id text primary key not null,
    email text not null,
    email_key text not null,        -- in lower case: it is the login
    first_name text not null,
    last_name text not null,
    roles text not null,            -- separated by ", "
    password_hash text,             -- none until the employee chooses one
    must_change integer not null default 0,
    disabled_at integer,
    deleted_at integer,             -- the name stays for documents
    created_at integer not null
) strict;

create unique index employee_email on employee (email_key) where deleted_at is null;

create table license (
    application text not null,
    employee text not null references employee (id),
    read_only integer not null,
    given_at integer not null,
    primary key (application, employee)
) strict;

create index license_employee on license (employee);

create table password_link (
    digest text primary key not null,
    employee text not null references employee (id),
    expires_at integer not null
) strict;

create index password_link_employee on password_link (employee);

create table letter (
    id integer primary key not null,
    at integer not null,
    recipient text not null,
    subject text not null,
    body text not null
) strict;

create table contract (
    number text primary key not null,
    title text not null,
    type text not null,
    opens_at integer,
    status text not null
) strict;

create table sync_result (
    id text primary key not null,
    at integer not null,
    by text not null,
    organization text not null,
    name text not null,
    heading text not null,
    is_failure integer not null,
    lines text not null,            -- one a line
    txn text
) strict;

create index sync_result_at on sync_result (at);
