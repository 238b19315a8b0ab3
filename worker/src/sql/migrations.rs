//! Migrations, run when an object wakes. Each is one commented file, applied once and in order, in
//! one transaction with the note that it was applied.

use worker::Result;

use super::{Database, binds};

/// A file of the folder beside this one, without the essays in it: they are for readers of the source.
macro_rules! migration {
    ($name:literal) => {
        include_str!(concat!(env!("OUT_DIR"), "/migrations/", $name, ".sql"))
    };
}

/// The ledger's migrations, oldest first.
pub const LEDGER: [&str; 15] = [
    migration!("0001_ledger"),
    migration!("0002_attachments"),
    migration!("0003_counts"),
    migration!("0004_closings"),
    migration!("0005_published_forms"),
    migration!("0007_suspects"),
    migration!("0008_backfills"),
    migration!("0009_routing"),
    migration!("0010_people"),
    migration!("0011_destinations"),
    migration!("0012_unclaimed"),
    migration!("0013_turnstile"),
    migration!("0014_again"),
    migration!("0015_waiting"),
    migration!("0016_loss_alerts"),
];

/// The directory's migrations, oldest first.
pub const DIRECTORY: [&str; 2] = [migration!("0001_directory"), migration!("0002_due")];

/// A spill's migrations, oldest first.
pub const SPILL: [&str; 1] = [migration!("0001_spill")];

/// Brings the database up to the last migration; costs one look-up when it is there already.
pub fn run(database: &Database, migrations: &[&str]) -> Result<()> {
    run_until(database, migrations, migrations.len())
}

/// How many migrations this database has had.
pub fn applied(database: &Database) -> Result<usize> {
    struct Applied {
        applied: usize,
    }
    row!(Applied: applied);
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
