//! The database: one SQL text, two engines.
//!
//! A [`Reader`] reads, a [`Unit`] of work writes; functions that only read take `&mut impl Sql`,
//! functions that write take `&mut Unit`. A unit is rolled back unless it is committed, and its
//! commit is durable before [`Unit::commit`] returns. No network call happens inside a unit: it
//! holds the one writer that SQLite has.

mod clock;
mod conflict;
mod facts;
mod migrate;
mod open;
mod portable;
mod statement;
mod unit;
mod writer;

pub use clock::Clock;
pub use conflict::violates;
pub use facts::EngineFacts;
pub use migrate::{MigrationPlan, PlannedMigration};
pub use open::{Db, Patience};
pub use portable::{Bind, Record, Scalar};
pub use statement::Statement;
pub use unit::{Reader, Sql, Unit};
