//! Every statement on the agency's own tables.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sample_kit::clock;
use sample_kit::copy::Copies;
use sha2::{Digest, Sha256};
use sqlx::migrate::Migrator;

use crate::office::{Employee, LICENSES};

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");
/// A link to choose a password works for an hour.
const LINK_SECONDS: i64 = 3600;

macro_rules! from_employee {
    ($rest:literal) => {
        concat!(
            "select e.id, e.email, e.first_name, e.last_name, e.roles, e.password_hash, e.must_change, e.disabled_at, \
             (select count(*) from license l where l.employee = e.id) as licenses from employee e \
             where e.deleted_at is null ",
            $rest
        )
    };
}

/// What is written of an employee.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entry {
    pub(crate) email: String,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) roles: Vec<String>,
}

/// A contract as the front page lists it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct Contract {
    pub(crate) number: String,
    pub(crate) title: String,
    pub(crate) kind: String,
    pub(crate) opens_at: Option<i64>,
    pub(crate) status: String,
}

/// A mail that this site has written.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct Letter {
    pub(crate) at: i64,
    pub(crate) recipient: String,
    pub(crate) subject: String,
    pub(crate) body: String,
}

/// A license that an employee holds.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct License {
    pub(crate) application: String,
    pub(crate) employee: String,
    pub(crate) name: String,
    pub(crate) read_only: bool,
}

/// What a press of a button on the ConneX Sync tab has brought.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct SyncResult {
    pub(crate) id: String,
    pub(crate) at: i64,
    pub(crate) by: String,
    pub(crate) organization: String,
    pub(crate) name: String,
    pub(crate) heading: String,
    pub(crate) is_failure: bool,
    pub(crate) lines: String,
    pub(crate) txn: Option<String>,
}

/// Brings the agency's own tables up to date.
pub(crate) async fn open(copies: &Copies) -> anyhow::Result<()> {
    copies.migrate(&MIGRATIONS).await
}

/// A new id that nobody guesses.
pub(crate) fn new_id() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 16]>())
}

/// The employees in whose name or address `text` occurs.
pub(crate) async fn employees(copies: &Copies, text: &str) -> sqlx::Result<Vec<Employee>> {
    let statement = from_employee!(
        "and instr(lower(e.first_name || ' ' || e.last_name || char(10) || e.email || char(10) || 'client/self'), ?) > 0 \
         order by e.last_name, e.first_name, e.id"
    );
    sqlx::query_as(statement).bind(text.to_lowercase()).fetch_all(copies.pool()).await
}

/// One employee.
pub(crate) async fn employee(copies: &Copies, id: &str) -> sqlx::Result<Option<Employee>> {
    sqlx::query_as(from_employee!("and e.id = ?")).bind(id).fetch_optional(copies.pool()).await
}

/// The employee who logs in with this address.
pub(crate) async fn employee_with(copies: &Copies, email: &str) -> sqlx::Result<Option<Employee>> {
    let statement = from_employee!("and e.email_key = ?");
    sqlx::query_as(statement).bind(email.to_lowercase()).fetch_optional(copies.pool()).await
}

/// Adds an employee; `None` when another has the address.
pub(crate) async fn add(copies: &Copies, entry: &Entry, hash: Option<&str>) -> sqlx::Result<Option<String>> {
    let id = new_id();
    let statement = "insert into employee (id, email, email_key, first_name, last_name, roles, password_hash, \
                     must_change, created_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing";
    let done = sqlx::query(statement)
        .bind(&id)
        .bind(&entry.email)
        .bind(entry.email.to_lowercase())
        .bind(&entry.first_name)
        .bind(&entry.last_name)
        .bind(entry.roles.join(", "))
        .bind(hash)
        .bind(hash.is_some())
        .bind(clock::now())
        .execute(copies.pool())
        .await?;
    Ok((done.rows_affected() == 1).then_some(id))
}

/// Changes an employee; false when another has the address, or the last administrator would be none.
pub(crate) async fn change(copies: &Copies, id: &str, entry: &Entry) -> sqlx::Result<bool> {
    let statement = "update or ignore employee set email = ?, email_key = ?, first_name = ?, last_name = ?, roles = ? \
                     where id = ? and deleted_at is null and (? or exists (select 1 from employee o where o.id <> ? \
                     and o.deleted_at is null and o.disabled_at is null and ', ' || o.roles || ',' like '%, Admin,%') \
                     or ', ' || roles || ',' not like '%, Admin,%')";
    let done = sqlx::query(statement)
        .bind(&entry.email)
        .bind(entry.email.to_lowercase())
        .bind(&entry.first_name)
        .bind(&entry.last_name)
        .bind(entry.roles.join(", "))
        .bind(id)
        .bind(entry.roles.iter().any(|role| role == "Admin"))
        .bind(id)
        .execute(copies.pool())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Keeps a new password. `must_change` says that somebody else chose it.
pub(crate) async fn set_password(copies: &Copies, id: &str, hash: &str, must_change: bool) -> sqlx::Result<()> {
    let mut unit = copies.begin().await?;
    let statement = "update employee set password_hash = ?, must_change = ? where id = ?";
    sqlx::query(statement).bind(hash).bind(must_change).bind(id).execute(&mut *unit).await?;
    // A link that was mailed before must not undo this choice.
    sqlx::query("delete from password_link where employee = ?").bind(id).execute(&mut *unit).await?;
    unit.commit().await
}

/// *Disable User* and *Enable*; false for the last administrator.
pub(crate) async fn disable(copies: &Copies, id: &str, is_disabled: bool) -> sqlx::Result<bool> {
    let statement = "update employee set disabled_at = ? where id = ? and deleted_at is null and (? is null or exists \
                     (select 1 from employee o where o.id <> ? and o.deleted_at is null and o.disabled_at is null \
                     and ', ' || o.roles || ',' like '%, Admin,%') or ', ' || roles || ',' not like '%, Admin,%')";
    let at = is_disabled.then(clock::now);
    let done = sqlx::query(statement).bind(at).bind(id).bind(at).bind(id).execute(copies.pool()).await?;
    Ok(done.rows_affected() == 1)
}

/// Removes an employee, whose name stays for documents; false for the last administrator.
pub(crate) async fn delete(copies: &Copies, id: &str) -> sqlx::Result<bool> {
    let mut unit = copies.begin().await?;
    let statement = "update employee set deleted_at = ?, password_hash = null where id = ? and deleted_at is null and \
                     (exists (select 1 from employee o where o.id <> ? and o.deleted_at is null and o.disabled_at is \
                     null and ', ' || o.roles || ',' like '%, Admin,%') or ', ' || roles || ',' not like '%, Admin,%')";
    let done = sqlx::query(statement).bind(clock::now()).bind(id).bind(id).execute(&mut *unit).await?;
    if done.rows_affected() == 1 {
        sqlx::query("delete from license where employee = ?").bind(id).execute(&mut *unit).await?;
        sqlx::query("delete from password_link where employee = ?").bind(id).execute(&mut *unit).await?;
    }
    unit.commit().await?;
    Ok(done.rows_affected() == 1)
}

/// The licenses that are given.
pub(crate) async fn licenses(copies: &Copies) -> sqlx::Result<Vec<License>> {
    let statement = "select l.application, l.employee, e.first_name || ' ' || e.last_name as name, l.read_only \
                     from license l join employee e on e.id = l.employee order by l.application, e.last_name, e.id";
    sqlx::query_as(statement).fetch_all(copies.pool()).await
}

/// Gives a license; false when none is left. Whoever has one gets the other kind.
pub(crate) async fn give_license(
    copies: &Copies,
    application: &str,
    employee: &str,
    read_only: bool,
) -> sqlx::Result<bool> {
    let statement = "insert into license (application, employee, read_only, given_at) select ?, e.id, ?, ? from \
                     employee e where e.id = ? and e.deleted_at is null and ((select count(*) from license where \
                     application = ?) < ? or exists (select 1 from license where application = ? and employee = e.id)) \
                     on conflict (application, employee) do update set read_only = excluded.read_only";
    let done = sqlx::query(statement)
        .bind(application)
        .bind(read_only)
        .bind(clock::now())
        .bind(employee)
        .bind(application)
        .bind(LICENSES)
        .bind(application)
        .execute(copies.pool())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes a license back.
pub(crate) async fn take_license(copies: &Copies, application: &str, employee: &str) -> sqlx::Result<()> {
    let statement = "delete from license where application = ? and employee = ?";
    sqlx::query(statement).bind(application).bind(employee).execute(copies.pool()).await.map(|_| ())
}

/// Makes a link with which an employee can choose a password, and gives its secret part.
pub(crate) async fn new_link(copies: &Copies, employee: &str) -> sqlx::Result<String> {
    let secret = BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
    let mut unit = copies.begin().await?;
    sqlx::query("delete from password_link where employee = ?").bind(employee).execute(&mut *unit).await?;
    let statement = "insert into password_link (digest, employee, expires_at) values (?, ?, ?)";
    let expires_at = clock::now() + LINK_SECONDS;
    sqlx::query(statement).bind(digest(&secret)).bind(employee).bind(expires_at).execute(&mut *unit).await?;
    unit.commit().await?;
    Ok(secret)
}

/// Whose link this is, if it still works.
pub(crate) async fn link_owner(copies: &Copies, secret: &str) -> sqlx::Result<Option<Employee>> {
    let statement = from_employee!(
        "and e.disabled_at is null and e.id = (select employee from password_link where digest = ? and expires_at > ?)"
    );
    sqlx::query_as(statement).bind(digest(secret)).bind(clock::now()).fetch_optional(copies.pool()).await
}

/// Uses a link up; false when somebody was faster.
pub(crate) async fn use_link(copies: &Copies, secret: &str) -> sqlx::Result<bool> {
    let statement = "delete from password_link where digest = ? and expires_at > ?";
    let done = sqlx::query(statement).bind(digest(secret)).bind(clock::now()).execute(copies.pool()).await?;
    Ok(done.rows_affected() == 1)
}

/// Writes a mail into this site's outbox.
pub(crate) async fn post(copies: &Copies, recipient: &str, subject: &str, body: &str) -> sqlx::Result<()> {
    let statement = "insert into letter (at, recipient, subject, body) values (?, ?, ?, ?)";
    let query = sqlx::query(statement).bind(clock::now()).bind(recipient).bind(subject).bind(body);
    query.execute(copies.pool()).await.map(|_| ())
}

/// The newest mails.
pub(crate) async fn letters(copies: &Copies) -> sqlx::Result<Vec<Letter>> {
    let statement = "select at, recipient, subject, body from letter order by id desc limit 50";
    sqlx::query_as(statement).fetch_all(copies.pool()).await
}

/// The contracts whose number or title holds `text`.
pub(crate) async fn contracts(copies: &Copies, text: &str) -> sqlx::Result<Vec<Contract>> {
    let statement = "select number, title, type as kind, opens_at, status from contract \
                     where instr(lower(number || ' ' || title || ' ' || type), ?) > 0 order by number";
    sqlx::query_as(statement).bind(text.to_lowercase()).fetch_all(copies.pool()).await
}

/// Adds a contract.
pub(crate) async fn add_contract(copies: &Copies, contract: &Contract) -> sqlx::Result<()> {
    let statement = "insert into contract (number, title, type, opens_at, status) values (?, ?, ?, ?, ?)";
    sqlx::query(statement)
        .bind(&contract.number)
        .bind(&contract.title)
        .bind(&contract.kind)
        .bind(contract.opens_at)
        .bind(&contract.status)
        .execute(copies.pool())
        .await
        .map(|_| ())
}

/// Whether nothing of the agency's own has been written yet.
pub(crate) async fn is_new(copies: &Copies) -> sqlx::Result<bool> {
    let statement = "select not exists (select 1 from employee) and not exists (select 1 from contract)";
    sqlx::query_scalar(statement).fetch_one(copies.pool()).await
}

/// Keeps what a press of a button has brought.
pub(crate) async fn keep_result(copies: &Copies, result: &SyncResult) -> sqlx::Result<()> {
    let statement = "insert into sync_result (id, at, by, organization, name, heading, is_failure, lines, txn) \
                     values (?, ?, ?, ?, ?, ?, ?, ?, ?)";
    sqlx::query(statement)
        .bind(&result.id)
        .bind(result.at)
        .bind(&result.by)
        .bind(&result.organization)
        .bind(&result.name)
        .bind(&result.heading)
        .bind(result.is_failure)
        .bind(&result.lines)
        .bind(&result.txn)
        .execute(copies.pool())
        .await
        .map(|_| ())
}

/// One of them.
pub(crate) async fn result(copies: &Copies, id: &str) -> sqlx::Result<Option<SyncResult>> {
    let statement =
        "select id, at, by, organization, name, heading, is_failure, lines, txn from sync_result where id = ?";
    sqlx::query_as(statement).bind(id).fetch_optional(copies.pool()).await
}

fn digest(secret: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(secret))
}
