//! Backups: every row of every table, as of one instant, while everything goes on.
//!
//! Reading takes many calls, and rows change between them. So from the beginning of a backup triggers write
//! down the key of every row that changes. Those rows are read once more, some at a time, until few are left, and at
//! its end these in one go: pages and later rows together are the database as it was at that moment.
//!
//! Nothing here names a table or a column of the product: what a later migration adds is backed up too.

use base64ct::{Base64, Encoding};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use worker::{Error, Result, SqlStorageValue};

use super::{Database, binds};

/// Rows on one page.
const PAGE: i64 = 200;

/// A table.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns, with the row's number where that is not one of them.
    pub columns: Vec<String>,
    /// The columns that say which row it is.
    pub key: Vec<String>,
    /// Rows are large: it has binary columns.
    pub large: bool,
}

/// One row: values in the order of the table's columns.
pub type Row = Vec<Value>;

/// The tables, in the order they were made, so that what is referred to comes first.
pub fn tables(database: &Database) -> Result<Vec<Table>> {
    struct Named {
        name: String,
        without_number: i64,
    }
    row!(Named: name, without_number);
    struct Column {
        name: String,
        kind: String,
        pk: i64,
    }
    row!(Column: name, kind, pk);
    let named: Vec<Named> = database.rows(
        "SELECT m.name AS name, l.wr AS without_number FROM sqlite_master AS m JOIN pragma_table_list AS l ON l.name = m.name
         WHERE m.type = 'table' AND l.type = 'table' AND m.name NOT GLOB '_cf_*' AND m.name NOT GLOB 'sqlite_*'
           AND m.name NOT IN ('migrations', 'backup_changes', 'restoring') ORDER BY m.rowid",
        binds![],
    )?;
    let mut tables = Vec::new();
    for Named { name, without_number } in named {
        let mut columns: Vec<Column> =
            database.rows("SELECT name, upper(type) AS kind, pk FROM pragma_table_info(?)", binds![name.as_str()])?;
        let large = columns.iter().any(|column| column.kind == "BLOB");
        let mut names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
        columns.retain(|column| column.pk > 0);
        let columns = lead::form::in_order(columns, |column| column.pk);
        let is_number = matches!(columns.as_slice(), [only] if only.kind == "INTEGER");
        let key = if without_number == 1 || is_number {
            columns.into_iter().map(|column| column.name).collect()
        } else {
            names.insert(0, "rowid".into());
            vec!["rowid".into()]
        };
        tables.push(Table { name, columns: names, key, large });
    }
    Ok(tables)
}

/// Where the id of the backup that goes on stands among what changed: no table has this name.
const ID: &str = " id";

/// Begins to write down what changes. An earlier backup that was not ended is given up.
pub fn begin(database: &Database, tables: &[Table], id: &str, now: i64) -> Result<()> {
    end(database, tables)?;
    database.run(
        "CREATE TABLE backup_changes (tbl TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (tbl, key)) WITHOUT ROWID",
        binds![],
    )?;
    database.run("INSERT INTO backup_changes (tbl, key) VALUES ('', ?), (?, ?)", binds![now.to_string(), ID, id])?;
    for table in tables {
        let note = |row: &str| {
            let key: Vec<String> = table.key.iter().map(|column| format!("{row}.{}", quoted(column))).collect();
            let (name, key) = (&table.name, key.join(", "));
            // Not `OR IGNORE`: in a trigger the statement that fired it says what a conflict does.
            format!(
                "INSERT INTO backup_changes SELECT '{name}', json_array({key}) WHERE NOT EXISTS
                 (SELECT 1 FROM backup_changes WHERE tbl = '{name}' AND key = json_array({key}));"
            )
        };
        for (event, notes) in
            [("INSERT", note("NEW")), ("UPDATE", format!("{} {}", note("OLD"), note("NEW"))), ("DELETE", note("OLD"))]
        {
            let name = quoted(&format!("backup_{}_{event}", table.name));
            let table = quoted(&table.name);
            database.run(&format!("CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN {notes} END"), binds![])?;
        }
    }
    Ok(())
}

/// True while a backup is going on.
pub fn going_on(database: &Database) -> Result<bool> {
    exists(database, "backup_changes")
}

/// True while the backup with this id is going on.
pub fn is_of(database: &Database, id: &str) -> Result<bool> {
    Ok(going_on(database)?
        && database.any("SELECT 1 AS found FROM backup_changes WHERE tbl = ? AND key = ?", binds![ID, id])?)
}

/// A page of a table, after the row with this key.
pub fn page(database: &Database, table: &Table, after: Option<&[Value]>) -> Result<Vec<Row>> {
    let order = list(&table.key);
    let (filter, bindings) = match after {
        Some(key) => (
            format!("WHERE ({order}) > ({})", places(table.key.len())),
            key.iter().map(stored).collect::<Result<Vec<_>>>()?,
        ),
        None => (String::new(), binds![]),
    };
    let most = if table.large { 1 } else { PAGE };
    let columns = list(&table.columns);
    let statement = format!("SELECT {columns} FROM {} {filter} ORDER BY {order} LIMIT {most}", quoted(&table.name));
    Ok(database.values(&statement, bindings)?.into_iter().map(|row| row.into_iter().map(shown).collect()).collect())
}

/// What changed in a table since the backup began: the keys, and the rows that are still there.
#[derive(Debug, Serialize)]
pub struct Changed {
    /// The table.
    pub table: String,
    /// Every key that changed.
    pub keys: Vec<Row>,
    /// The rows of those that are there.
    pub rows: Vec<Row>,
}

/// Changed rows in one answer while a backup goes on.
pub const SOME: i64 = 500;

/// Changed rows in its last answer: more than there can be.
pub const ALL: i64 = 1 << 50;

/// As how many rows one of a table with large rows counts.
const LARGE_AS: i64 = 100;

/// What changed since the backup began and was not given yet, as it is now, up to so many rows; and whether there may
/// be much more. What changes again after it was given is given again. Runs inside the caller's transaction.
pub fn changed(database: &Database, tables: &[Table], most: i64) -> Result<(Vec<Changed>, bool)> {
    struct Noted {
        key: String,
    }
    row!(Noted: key);
    let (mut all, mut left) = (Vec::new(), most);
    for table in tables {
        let (columns, key) = (list(&table.columns), list(&table.key));
        let statement =
            format!("SELECT {columns} FROM {} WHERE ({key}) = ({})", quoted(&table.name), places(table.key.len()));
        let weight = if table.large { LARGE_AS } else { 1 };
        let noted: Vec<Noted> = database.rows(
            "DELETE FROM backup_changes WHERE tbl = ?1 AND key IN (SELECT key FROM backup_changes WHERE tbl = ?1 LIMIT ?2)
             RETURNING key",
            binds![table.name.as_str(), left.checked_div(weight)],
        )?;
        let mut changed = Changed { table: table.name.clone(), keys: vec![], rows: vec![] };
        for Noted { key } in noted {
            let key: Row = super::parsed(&key)?;
            let bindings = key.iter().map(stored).collect::<Result<Vec<_>>>()?;
            let rows = database.values(&statement, bindings)?;
            changed.rows.extend(rows.into_iter().map(|row| row.into_iter().map(shown).collect::<Row>()));
            changed.keys.push(key);
            left = left.saturating_sub(weight);
        }
        if !changed.keys.is_empty() {
            all.push(changed);
        }
    }
    Ok((all, left < LARGE_AS))
}

/// Ends a backup: nothing is written down any more.
pub fn end(database: &Database, tables: &[Table]) -> Result<()> {
    for table in tables {
        for event in ["INSERT", "UPDATE", "DELETE"] {
            let name = quoted(&format!("backup_{}_{event}", table.name));
            database.run(&format!("DROP TRIGGER IF EXISTS {name}"), binds![])?;
        }
    }
    database.run("DROP TABLE IF EXISTS backup_changes", binds![])
}

/// Gives up a backup that was begun before then and never ended.
pub fn give_up_before(database: &Database, then: i64) -> Result<()> {
    if !going_on(database)? {
        return Ok(());
    }
    let given_up = database
        .any("SELECT 1 AS old FROM backup_changes WHERE tbl = '' AND CAST(key AS INTEGER) < ?", binds![then])?;
    if given_up { end(database, &tables(database)?) } else { Ok(()) }
}

/// Marks that this ledger is being restored, and takes its triggers aside meanwhile: what they would write for a row
/// is in the backup already.
pub fn mark_restoring(database: &Database) -> Result<()> {
    database.run(
        "CREATE TABLE restoring AS SELECT name AS \"trigger\", sql AS made_by FROM sqlite_master WHERE type = 'trigger'",
        binds![],
    )?;
    for Trigger { trigger, .. } in triggers_aside(database)? {
        database.run(&format!("DROP TRIGGER {}", quoted(&trigger)), binds![])?;
    }
    Ok(())
}

struct Trigger {
    trigger: String,
    made_by: String,
}
row!(Trigger: trigger, made_by);

fn triggers_aside(database: &Database) -> Result<Vec<Trigger>> {
    database.rows("SELECT \"trigger\", made_by FROM restoring", binds![])
}

/// True while this ledger is being restored.
pub fn restoring(database: &Database) -> Result<bool> {
    exists(database, "restoring")
}

/// The restore is over: its triggers are there again.
pub fn restored(database: &Database) -> Result<()> {
    let triggers = triggers_aside(database)?;
    database.run("DROP TABLE restoring", binds![])?;
    for Trigger { made_by, .. } in triggers {
        database.run(&made_by, binds![])?;
    }
    Ok(())
}

/// Takes away what migrations have put into new tables: the backup has its own.
pub fn empty(database: &Database, tables: &[Table]) -> Result<()> {
    for table in tables.iter().rev() {
        database.run(&format!("DELETE FROM {}", quoted(&table.name)), binds![])?;
    }
    Ok(())
}

/// Puts rows of a backup into a table.
pub fn put(database: &Database, table: &Table, columns: &[String], rows: &[Row]) -> Result<()> {
    if let Some(unknown) = columns.iter().find(|column| !table.columns.contains(column)) {
        return Err(Error::RustError(format!("{} has no column {unknown}", table.name)));
    }
    let statement = format!(
        "INSERT OR REPLACE INTO {} ({}) VALUES ({})",
        quoted(&table.name),
        list(columns),
        places(columns.len())
    );
    for row in rows {
        database.run(&statement, row.iter().map(stored).collect::<Result<Vec<_>>>()?)?;
    }
    Ok(())
}

/// Pauses every delivery that would go out, and gives how many: the installation the backup came from may
/// have sent them, or may still do so. The database may be of an older build.
pub fn pause_deliveries(database: &Database) -> Result<usize> {
    let paused = database.count(
        "UPDATE deliveries SET state = 'paused', next_at = NULL, last_result = 'restored' WHERE next_at IS NOT NULL
         RETURNING 1 AS paused",
        binds![],
    )?;
    // Triggers are aside at this moment; nothing is due any more.
    if exists(database, "due")? {
        database.run("DELETE FROM due", binds![])?;
    }
    Ok(paused)
}

/// Marks what was paused, and what waits behind it: it may have arrived, so that it is looked for before it is sent.
pub fn mark_paused(database: &Database) -> Result<()> {
    database.run("UPDATE deliveries SET again = 1 WHERE state = 'paused' OR wanted_at IS NOT NULL", binds![])
}

/// Lets paused deliveries go out, and gives how many.
pub fn resume_deliveries(database: &Database, now: i64) -> Result<usize> {
    database.count(
        "UPDATE deliveries SET state = CASE attempts WHEN 0 THEN 'queued' ELSE 'retrying' END, next_at = ?, last_result = ''
         WHERE state = 'paused' RETURNING 1 AS resumed",
        binds![now],
    )
}

fn exists(database: &Database, table: &str) -> Result<bool> {
    database.any("SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = ?", binds![table])
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn list(columns: &[String]) -> String {
    columns.iter().map(|column| quoted(column)).collect::<Vec<_>>().join(", ")
}

fn places(count: usize) -> String {
    vec!["?"; count].join(", ")
}

/// A value as a backup writes it: binary as `{"base64": …}`.
fn shown(value: SqlStorageValue) -> Value {
    match value {
        SqlStorageValue::Null => Value::Null,
        SqlStorageValue::Boolean(value) => json!(i64::from(value)),
        SqlStorageValue::Integer(value) => json!(value),
        SqlStorageValue::Float(value) => json!(value),
        SqlStorageValue::String(value) => Value::String(value),
        SqlStorageValue::Blob(bytes) => json!({ "base64": Base64::encode_string(&bytes) }),
    }
}

fn stored(value: &Value) -> Result<SqlStorageValue> {
    let odd = || Error::RustError("a backup holds a value of no known kind".into());
    Ok(match value {
        Value::Null => SqlStorageValue::Null,
        Value::String(text) => SqlStorageValue::String(text.clone()),
        Value::Number(number) => match number.as_i64() {
            Some(number) => SqlStorageValue::Integer(number),
            None => SqlStorageValue::Float(number.as_f64().ok_or_else(odd)?),
        },
        Value::Object(object) => {
            let text = object.get("base64").and_then(Value::as_str).ok_or_else(odd)?;
            SqlStorageValue::Blob(Base64::decode_vec(text).map_err(|_| odd())?)
        }
        Value::Bool(_) | Value::Array(_) => return Err(odd()),
    })
}
