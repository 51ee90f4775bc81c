//! Which database.

use std::path::PathBuf;

use url::Url;

use super::{problem::Wrong, reading::Reading};
use crate::kernel::Secret;

/// `[database]`.
#[derive(Debug, Clone)]
pub enum Database {
    /// A file of our own.
    Sqlite {
        /// The file; its folder exists already.
        path: PathBuf,
    },
    /// A PostgreSQL server, maybe shared by several nodes.
    Postgres {
        /// `postgres://…`, with the password.
        url: Secret<String>,
    },
}

impl Database {
    pub(super) fn read(from: &mut Reading<'_>) -> Option<Self> {
        let folder = from.folder();
        from.text("database.url", |text| match text.strip_prefix("sqlite:") {
            Some(path) => sqlite(path).map(|path| Self::Sqlite { path: folder.join(path) }),
            None => postgres(text),
        })
    }
}

fn sqlite(path: &str) -> Result<PathBuf, Wrong> {
    // `sqlite::memory:`, `sqlite://…` and `?mode=…` mean something to other programs, and would
    // silently become odd file names here.
    if path.is_empty() || path.starts_with([':', '?']) || path.starts_with("//") || path.contains('?') {
        let cure =
            "Write sqlite: and the path of a file, such as sqlite:connex.db or sqlite:/var/lib/connex/connex.db.";
        return Err(Wrong::new("names no file", cure));
    }
    Ok(PathBuf::from(path))
}

fn postgres(text: &str) -> Result<Database, Wrong> {
    // The text may hold a password, so no message repeats any of it.
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "postgres" | "postgresql"));
    let Some(url) = url else {
        let cure = "Write sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE (special letters as %XX).";
        return Err(Wrong::new("is neither sqlite:PATH nor a postgres:// URL", cure));
    };
    if url.path().trim_start_matches('/').is_empty() {
        return Err(Wrong::new("names no database", "Write the database after the host: postgres://HOST/DATABASE."));
    }
    Ok(Database::Postgres { url: Secret::new(text.to_owned()) })
}
