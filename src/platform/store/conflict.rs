//! Which unique index refused a row.

use crate::kernel::Fault;

/// Whether `fault` says that the unique index `index` was violated.
///
/// PostgreSQL names the index. SQLite names the columns (`accounts.email`), or the index when it
/// is on an expression; so our indexes are called `<table>_<columns>_key`, partial ones too, and
/// the two can be compared.
#[must_use]
pub fn violates(fault: &Fault, index: &str) -> bool {
    let Some(error) = fault.database().and_then(sqlx::Error::as_database_error) else { return false };
    if !error.is_unique_violation() {
        return false;
    }
    match error.constraint() {
        Some(named) => named == index,
        None => {
            error.message().strip_prefix("UNIQUE constraint failed: ").is_some_and(|columns| index_on(columns) == index)
        }
    }
}

/// The name that our index on `table.a, table.b` has.
fn index_on(columns: &str) -> String {
    if let Some(named) = columns.strip_prefix("index ") {
        return named.trim_matches('\'').to_owned();
    }
    let mut name = String::new();
    for (position, column) in columns.split(", ").enumerate() {
        let (table, column) = column.split_once('.').unwrap_or(("", column));
        if position == 0 {
            name.push_str(table);
        }
        name.push('_');
        name.push_str(column);
    }
    name.push_str("_key");
    name
}

#[cfg(test)]
mod tests {
    use super::index_on;

    #[test]
    fn sqlite_columns_name_our_index() {
        assert_eq!(
            index_on("memberships.organization_id, memberships.account_id"),
            "memberships_organization_id_account_id_key"
        );
        assert_eq!(index_on("index 'accounts_email_key'"), "accounts_email_key");
    }
}
