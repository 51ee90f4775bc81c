//! One statement with its parameters; the only `match` on the engine for statements.

use sqlx::{
    Arguments as _,
    postgres::{PgArguments, PgConnection},
    sqlite::{SqliteArguments, SqliteConnection},
};

use super::{Bind, Record, Scalar};
use crate::kernel::Fault;

/// A statement with its parameters, ready to run.
#[must_use = "a statement does nothing until it is run"]
pub struct Statement<'c> {
    text: &'static str,
    on: Target<'c>,
    refused: Option<Fault>,
}

enum Target<'c> {
    Sqlite(&'c mut SqliteConnection, SqliteArguments),
    Postgres(&'c mut PgConnection, PgArguments),
    /// The connection is gone; the fault stands in `refused`.
    Nowhere,
}

impl<'c> Statement<'c> {
    pub(super) fn on_sqlite(connection: &'c mut SqliteConnection, text: &'static str) -> Self {
        Self { text, on: Target::Sqlite(connection, SqliteArguments::default()), refused: None }
    }

    pub(super) fn on_postgres(connection: &'c mut PgConnection, text: &'static str) -> Self {
        Self { text, on: Target::Postgres(connection, PgArguments::default()), refused: None }
    }

    pub(super) fn nowhere(text: &'static str) -> Self {
        Self { text, on: Target::Nowhere, refused: Some(Fault::new("use a unit of work that has ended")) }
    }

    /// Adds the next parameter: the first call is `$1`.
    pub fn bind<'t>(mut self, value: impl Bind<'t>) -> Self {
        let added = match &mut self.on {
            Target::Sqlite(_, arguments) => arguments.add(value),
            Target::Postgres(_, arguments) => arguments.add(value),
            Target::Nowhere => Ok(()),
        };
        if let Err(cause) = added {
            self.refused = Some(Fault::of("encode a parameter", cause));
        }
        self
    }

    /// Runs it and says how many rows it touched.
    ///
    /// # Errors
    /// When the database refuses it.
    pub async fn run(self) -> Result<u64, Fault> {
        match self.ready()? {
            (text, Target::Sqlite(on, with)) => Ok(sqlx::query_with(text, with).execute(on).await?.rows_affected()),
            (text, Target::Postgres(on, with)) => Ok(sqlx::query_with(text, with).execute(on).await?.rows_affected()),
            (_, Target::Nowhere) => Ok(0),
        }
    }

    /// The row, if there is one.
    ///
    /// # Errors
    /// When the database refuses it, or the row does not fit.
    pub async fn maybe<R: Record>(self) -> Result<Option<R>, Fault> {
        Ok(match self.ready()? {
            (text, Target::Sqlite(on, with)) => sqlx::query_as_with(text, with).fetch_optional(on).await?,
            (text, Target::Postgres(on, with)) => sqlx::query_as_with(text, with).fetch_optional(on).await?,
            (_, Target::Nowhere) => None,
        })
    }

    /// All rows.
    ///
    /// # Errors
    /// When the database refuses it, or a row does not fit.
    pub async fn all<R: Record>(self) -> Result<Vec<R>, Fault> {
        Ok(match self.ready()? {
            (text, Target::Sqlite(on, with)) => sqlx::query_as_with(text, with).fetch_all(on).await?,
            (text, Target::Postgres(on, with)) => sqlx::query_as_with(text, with).fetch_all(on).await?,
            (_, Target::Nowhere) => Vec::new(),
        })
    }

    /// The one value of a statement that returns one, or nothing.
    ///
    /// # Errors
    /// When the database refuses it, or the value does not fit.
    pub async fn scalar<S: Scalar>(self) -> Result<Option<S>, Fault> {
        Ok(match self.ready()? {
            (text, Target::Sqlite(on, with)) => sqlx::query_scalar_with(text, with).fetch_optional(on).await?,
            (text, Target::Postgres(on, with)) => sqlx::query_scalar_with(text, with).fetch_optional(on).await?,
            (_, Target::Nowhere) => None,
        })
    }

    fn ready(self) -> Result<(&'static str, Target<'c>), Fault> {
        match self.refused {
            Some(fault) => Err(fault),
            None => Ok((self.text, self.on)),
        }
    }
}
