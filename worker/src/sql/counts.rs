//! How visitors go through a form, added up by day, site, form, version and source.

use lead::{
    counting::{MOST_SOURCES, Place},
    report::Counted,
};
use worker::Result;

use super::{Database, binds};

/// Where something is counted.
#[derive(Debug, Clone, Copy)]
pub struct Column<'a> {
    /// The site.
    pub site: &'a str,
    /// The form.
    pub form: &'a str,
    /// The form's version.
    pub form_version: u32,
}

struct Id {
    id: i64,
}
row!(Id: id);

/// Adds steps, each with its day (`YYYY-MM-DD`, where the workspace is). Runs inside the caller's transaction.
pub fn add<'a>(
    database: &Database,
    column: Column<'_>,
    place: &Place,
    steps: impl Iterator<Item = (&'a str, &'a str, u32)>,
) -> Result<()> {
    let mut last = None;
    for (day, step, n) in steps {
        let source = match last {
            Some((of, source)) if of == day => source,
            _ => source(database, column, day, place.clone())?,
        };
        last = Some((day, source));
        database.run(
            "INSERT INTO counts (form, source, form_version, step, n) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (form, source, form_version, step) DO UPDATE SET n = n + excluded.n",
            binds![column.form, source, i64::from(column.form_version), step, i64::from(n)],
        )?;
    }
    Ok(())
}

/// The day's row of this source. When the day has too many already, they are added up.
fn source(database: &Database, column: Column<'_>, day: &str, place: Place) -> Result<i64> {
    if let Some(known) = known(database, column, day, &place)? {
        return Ok(known);
    }
    struct Count {
        sources: usize,
    }
    row!(Count: sources);
    let sources = database
        .row::<Count>(
            "SELECT count(*) AS sources FROM count_sources WHERE day = ? AND site = ?",
            binds![day, column.site],
        )?
        .map_or(0, |count| count.sources);
    let place = if sources < MOST_SOURCES { place } else { place.added_up() };
    if let Some(known) = known(database, column, day, &place)? {
        return Ok(known);
    }
    let added = database.row::<Id>(
        "INSERT INTO count_sources (day, site, channel, network, campaign) VALUES (?, ?, ?, ?, ?) RETURNING id",
        binds![day, column.site, place.channel.as_str(), place.network.as_str(), place.campaign.as_str()],
    )?;
    added.map(|row| row.id).ok_or_else(|| worker::Error::RustError("a source has no row".into()))
}

fn known(database: &Database, column: Column<'_>, day: &str, place: &Place) -> Result<Option<i64>> {
    let row = database.row::<Id>(
        "SELECT id FROM count_sources WHERE day = ? AND site = ? AND channel = ? AND network = ? AND campaign = ?",
        binds![day, column.site, place.channel.as_str(), place.network.as_str(), place.campaign.as_str()],
    )?;
    Ok(row.map(|row| row.id))
}

row!(Counted: channel, network, campaign, step, n);

/// What was counted for a form from one day to another, both included.
pub fn of_form(database: &Database, form: &str, from: &str, to: &str) -> Result<Vec<Counted>> {
    database.rows(
        "SELECT channel, network, campaign, step, sum(n) AS n
         FROM count_sources JOIN counts ON counts.source = count_sources.id AND counts.form = ?
         WHERE day BETWEEN ? AND ? GROUP BY channel, network, campaign, step",
        binds![form, from, to],
    )
}
