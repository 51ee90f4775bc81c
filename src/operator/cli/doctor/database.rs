//! The database: there, current, safe, writable.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use super::{Finding, broke};
use crate::audit::{self, Actor, Fact};
use crate::kernel::{Fault, Lifetime};
use crate::platform::{
    config::Database,
    store::{Db, EngineFacts},
};

/// The oldest PostgreSQL that ConneX is tested on.
const LEAST_POSTGRES: u32 = 15;
/// How far the clocks of two machines may be apart before tokens are refused.
const MOST_APART: Lifetime = Lifetime::seconds(5);

pub(super) async fn check(which: &Database, db: Option<&Result<Db, Fault>>) -> Vec<Finding> {
    let db = match db {
        None => {
            let says = "There is no database file yet.";
            return vec![Finding::hint("database", says, "The first start of `connex serve` makes it.")];
        }
        Some(Err(fault)) => {
            let cure = "See that [database] url is right and that the database runs.";
            return vec![Finding::problem("database", format!("The database does not open: {fault:?}."), cure)];
        }
        Some(Ok(db)) => db,
    };
    let mut findings = match db.engine_facts().await {
        Ok(facts) => engine(&facts, db),
        Err(fault) => return vec![broke("database", &fault)],
    };
    if let Database::Sqlite { path } = which {
        findings.push(permissions(path));
    }
    let schema = schema(db).await;
    let is_current = matches!(schema, Finding { cure: None, .. });
    findings.push(schema);
    if is_current {
        findings.push(writing(db).await);
    }
    findings
}

fn engine(facts: &EngineFacts, db: &Db) -> Vec<Finding> {
    match facts {
        EngineFacts::Sqlite { version, journal_mode } if journal_mode == "wal" => {
            vec![Finding::good("database", format!("SQLite {version} answers, in WAL mode."))]
        }
        EngineFacts::Sqlite { version, journal_mode } => {
            let says = format!("SQLite {version} answers, but in mode {journal_mode} and not in WAL mode.");
            vec![Finding::problem("database", says, "Put the file on a local disk: network folders know no WAL.")]
        }
        EngineFacts::Postgres { version, now } => {
            let answers = format!("PostgreSQL {version} answers.");
            let major = version.split('.').next().and_then(|major| major.parse::<u32>().ok());
            let database = match major {
                Some(major) if major >= LEAST_POSTGRES => Finding::good("database", answers),
                _ => Finding::hint("database", answers, format!("ConneX is tested on {LEAST_POSTGRES} and newer.")),
            };
            let apart = db.now().since(*now).max(now.since(db.now()));
            let says = format!("The clocks of this machine and of the database are {} ms apart.", apart.as_millis());
            let cure = "Let both machines set their clocks by NTP.";
            let good = apart <= MOST_APART;
            let clock = if good { Finding::good("clock", says) } else { Finding::problem("clock", says, cure) };
            vec![database, clock]
        }
    }
}

/// The file holds digests of passwords and the names of people.
fn permissions(path: &Path) -> Finding {
    match fs::metadata(path).map(|file| file.permissions().mode() & 0o777) {
        Ok(mode) if mode & 0o077 == 0 => {
            Finding::good("permissions", format!("Only its owner can read {}.", path.display()))
        }
        Ok(mode) => Finding::problem(
            "permissions",
            format!("Others can read {} (mode {mode:o}).", path.display()),
            format!("Run chmod 600 {}*.", path.display()),
        ),
        Err(error) => Finding::problem("permissions", format!("{}: {error}.", path.display()), "Look at the folder."),
    }
}

async fn schema(db: &Db) -> Finding {
    let plan = match db.migration_plan().await {
        Ok(plan) => plan,
        Err(fault) => return broke("schema", &fault),
    };
    match (plan.unknown, plan.pending.len()) {
        (Some(version), _) => {
            let says = format!("The database has version {version}, which this program does not know.");
            Finding::problem("schema", says, "Install the newer connex.")
        }
        (None, 0) => Finding::good("schema", "The schema is up to date."),
        (None, missing) if db.is_embedded() => {
            let says = format!("The database lacks {missing} migrations.");
            Finding::hint("schema", says, "The next start of `connex serve` applies them.")
        }
        (None, missing) => {
            let says = format!("The database lacks {missing} migrations.");
            Finding::problem("schema", says, "Look at `connex migrate --plan`, then run `connex migrate`.")
        }
    }
}

/// Writes an entry and takes it back: a full disk and a read-only copy are found here.
async fn writing(db: &Db) -> Finding {
    let written = async {
        let mut unit = db.write().await?;
        audit::record(&mut unit, &Actor::Operator, Fact::new("operator.write_test", &"doctor")).await?;
        drop(unit);
        Ok::<_, Fault>(())
    };
    match written.await {
        Ok(()) => Finding::good("writing", "The database can be written."),
        Err(fault) => {
            let cure = "See that the disk has room and that the database is not a read-only copy.";
            Finding::problem("writing", format!("The database cannot be written: {fault:?}."), cure)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operator::cli::finding::Mark;

    #[test]
    fn a_file_that_others_can_read_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("connex.db");
        fs::write(&file, "").unwrap();
        for (mode, mark) in [(0o600, Mark::Good), (0o640, Mark::Problem), (0o604, Mark::Problem)] {
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(permissions(&file).mark, mark, "{mode:o}");
        }
        assert_eq!(permissions(&folder.path().join("other")).mark, Mark::Problem);
    }
}
