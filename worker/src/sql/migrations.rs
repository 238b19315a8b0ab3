//! Migrations, run when an object wakes. Each is one commented file, applied once and in order, in
//! one transaction with the note that it was applied.

use worker::Result;

use super::{Database, binds};

/// The ledger's migrations, oldest first.
pub const LEDGER: [&str; 9] = [
    include_str!("migrations/0001_ledger.sql"),
    include_str!("migrations/0002_attachments.sql"),
    include_str!("migrations/0003_counts.sql"),
    include_str!("migrations/0004_closings.sql"),
    include_str!("migrations/0005_published_forms.sql"),
    include_str!("migrations/0008_backfills.sql"),
    include_str!("migrations/0009_routing.sql"),
    include_str!("migrations/0010_people.sql"),
    include_str!("migrations/0011_destinations.sql"),
];

/// The directory's migrations, oldest first.
pub const DIRECTORY: [&str; 2] =
    [include_str!("migrations/0001_directory.sql"), include_str!("migrations/0002_due.sql")];

/// A spill's migrations, oldest first.
pub const SPILL: [&str; 1] = [include_str!("migrations/0001_spill.sql")];

/// Brings the database up to the last migration; costs one look-up when it is there already.
pub fn run(database: &Database, migrations: &[&str]) -> Result<()> {
    run_until(database, migrations, migrations.len())
}

/// How many migrations this database has had.
pub fn applied(database: &Database) -> Result<usize> {
    #[derive(serde::Deserialize)]
    struct Applied {
        applied: usize,
    }
    Ok(database.row::<Applied>("SELECT count(*) AS applied FROM migrations", binds![])?.map_or(0, |row| row.applied))
}

/// The same, but only up to so many migrations.
pub fn run_until(database: &Database, migrations: &[&str], most: usize) -> Result<()> {
    database.run("CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY)", binds![])?;
    let applied = applied(database)?;
    for (number, migration) in migrations.iter().enumerate().take(most).skip(applied) {
        database.transaction(|| {
            database.run(migration, binds![])?;
            database.run("INSERT INTO migrations (number) VALUES (?)", binds![i64::try_from(number).unwrap_or(0)])
        })?;
    }
    Ok(())
}
