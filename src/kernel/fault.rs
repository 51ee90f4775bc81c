//! Something broke inside: nothing that the caller did, nothing that the caller can mend.

use std::{error::Error, fmt};

/// What was being done when something broke, and the cause.
///
/// People see "something broke" and a reference; the log gets the whole chain, once, at the edge.
pub struct Fault {
    doing: &'static str,
    kind: Kind,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

/// Whether trying again may help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A defect, or damaged data.
    Broken,
    /// Too much to do, or a part that does not answer: try again shortly.
    Busy,
}

impl Fault {
    /// A fault found by our own checks.
    #[must_use]
    pub const fn new(doing: &'static str) -> Self {
        Self { doing, kind: Kind::Broken, cause: None }
    }

    /// A fault with its cause.
    pub fn of(doing: &'static str, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { doing, kind: Kind::Broken, cause: Some(cause.into()) }
    }

    /// A part that has too much to do, or does not answer in time.
    #[must_use]
    pub const fn busy(doing: &'static str) -> Self {
        Self { doing, kind: Kind::Busy, cause: None }
    }

    /// Whether trying again may help.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The database's own error, where that is the cause.
    #[must_use]
    pub fn database(&self) -> Option<&sqlx::Error> {
        self.cause.as_ref()?.downcast_ref()
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "could not {}", self.doing)
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        let mut cause = self.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl Error for Fault {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as &(dyn Error + 'static))
    }
}

impl From<sqlx::Error> for Fault {
    fn from(cause: sqlx::Error) -> Self {
        let kind = match &cause {
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => Kind::Busy,
            // SQLite: the file is locked by somebody else for too long, the disk or a quota is full,
            // or the disk does not write. PostgreSQL: shutting down, starting up, out of connections
            // or of disk; and a unit that waited too long for others, or they for it.
            sqlx::Error::Database(error) => match error.code().as_deref() {
                Some(
                    "5" | "13" | "261" | "517" | "778" | "1034" | "4874" | "57P01" | "57P02" | "57P03" | "53100"
                    | "53200" | "53300" | "40001" | "40P01" | "55P03" | "57014",
                ) => Kind::Busy,
                _ => Kind::Broken,
            },
            _ => Kind::Broken,
        };
        Self { doing: "use the database", kind, cause: Some(Box::new(cause)) }
    }
}

/// Says what was being done when a foreign error came up: `read(path).doing("read the key")?`.
pub trait Doing<T> {
    /// Turns the error into a [`Fault`].
    ///
    /// # Errors
    /// The fault, when there was an error.
    fn doing(self, what: &'static str) -> Result<T, Fault>;
}

impl<T, E: Into<Box<dyn Error + Send + Sync>>> Doing<T> for Result<T, E> {
    fn doing(self, what: &'static str) -> Result<T, Fault> {
        self.map_err(|cause| Fault::of(what, cause))
    }
}
