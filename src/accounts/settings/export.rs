//! What this floor keeps about a person, for the file that they take with them.

use serde_json::{Value, json};

use super::activity;
use crate::accounts::{Account, Accounts, sessions, sessions::OpenSession};
use crate::audit::{self, AuditEntry};
use crate::kernel::Fault;
use crate::platform::store::Sql;

/// More entries than anybody has.
const MOST_ENTRIES: i64 = 10_000;

/// The account, its sessions and what happened to it.
///
/// # Errors
/// When the database does not answer.
pub async fn kept_of(accounts: &Accounts, account: &Account) -> Result<Value, Fault> {
    let mut reader = accounts.db.read().await?;
    let since = reader.now() - activity::SHOWN_FOR;
    let sessions = sessions::of(&mut reader, &accounts.sessions, account.id()).await?;
    let entries = audit::of_person(&mut reader, account.id(), since, (0, MOST_ENTRIES)).await?;
    Ok(json!({
        "account": of_account(account),
        "sessions": sessions.iter().map(of_session).collect::<Vec<_>>(),
        "activity": entries.iter().map(of_entry).collect::<Vec<_>>(),
    }))
}

fn of_account(account: &Account) -> Value {
    json!({
        "id": account.id(), "subject": account.subject(), "user_id": account.username(),
        "email": account.email(), "email_verified_at": account.verified_email().map(|email| email.verified_at().to_string()),
        "given_name": account.given_name(), "family_name": account.family_name(),
        "language": account.language().tag(), "further_claims": account.further_claims(),
        "opened_at": account.created_at().to_string(), "changed_at": account.updated_at().to_string(),
        "password_changed_at": account.password_changed_at().map(|at| at.to_string()),
    })
}

fn of_session(session: &OpenSession) -> Value {
    json!({
        "id": session.id, "browser": session.user_agent, "network": session.network,
        "signed_in_at": session.created_at.to_string(), "last_used_at": session.last_seen_at.to_string(),
    })
}

fn of_entry(entry: &AuditEntry) -> Value {
    let detail: Value = serde_json::from_str(&entry.detail).unwrap_or_default();
    json!({ "at": entry.at.to_string(), "what": entry.fact, "detail": detail })
}
