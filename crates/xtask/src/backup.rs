//! A workspace as one portable file: gzipped lines of JSON.
//!
//! The first line says what it is, then each table is a line with its name and columns and a line per row, and
//! the last line has the number of rows and the SHA-256 of all lines before it. Binary values are
//! `{"base64": …}`. Nothing in it depends on the runtime or machine it came from.

use std::{
    collections::{BTreeMap, HashMap},
    fs::{self, File},
    io::{BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};
use data_encoding::HEXLOWER;
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{operator::Operator, secrets};

/// The version of the file that this build writes, and the newest it reads.
const FORMAT: u32 = 1;

/// Rows sent at once when restoring, in bytes of JSON.
const SENT_AT_ONCE: usize = 1024 * 1024;

/// The first line.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Header {
    /// The file's version.
    pub first_contact_backup: u32,
    /// The workspace's id.
    pub workspace: String,
    /// The client company's name.
    pub name: String,
    /// The moment that everything in it is of.
    pub taken_at: String,
    /// How many migrations its database had.
    pub schema: usize,
    /// The build that wrote it.
    pub build: String,
    /// By which the installation is known.
    pub installation: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct TableLine {
    table: String,
    columns: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct LastLine {
    rows: u64,
    sha256: String,
}

#[derive(Debug, Clone, Deserialize)]
struct Table {
    name: String,
    columns: Vec<String>,
    key: Vec<String>,
}

impl Table {
    fn key_of(&self, row: &[Value]) -> Vec<Value> {
        let places = self.key.iter().filter_map(|key| self.columns.iter().position(|column| column == key));
        places.filter_map(|place| row.get(place).cloned()).collect()
    }
}

/// What a backup or restore was of.
#[derive(Debug)]
pub struct Summary {
    /// Its first line.
    pub header: Header,
    /// Rows per table, without the empty ones.
    pub tables: Vec<(String, u64)>,
}

/// How often changes are asked for at most: a workspace that changes faster than it is read must come to an end too.
const MOST_ROUNDS: usize = 2_000;

/// Writes a backup of a workspace while it goes on working.
pub fn back_up(operator: &Operator, workspace: &str, file: &Path) -> Result<Summary> {
    #[derive(Deserialize)]
    struct Begun {
        backup: String,
        workspace: String,
        name: String,
        schema: usize,
        build: String,
        installation: String,
        tables: Vec<Table>,
    }
    #[derive(Deserialize)]
    struct Page {
        rows: Vec<Vec<Value>>,
    }
    #[derive(Deserialize)]
    struct Changes {
        changed: Vec<Changed>,
        more: bool,
    }
    #[derive(Deserialize)]
    struct Ended {
        taken_at: String,
        changed: Vec<Changed>,
    }
    #[derive(Deserialize)]
    struct Changed {
        table: String,
        keys: Vec<Vec<Value>>,
        rows: Vec<Vec<Value>>,
    }

    let begun: Begun = operator.step(workspace, &json!({ "step": "backup", "part": "begin" }))?;
    // Pages are read while rows change. They wait in a file of their own until the end says which rows those were.
    let waiting = beside(file, "pages");
    let mut pages = BufWriter::new(private(&waiting)?);
    for (index, table) in begun.tables.iter().enumerate() {
        let mut after: Option<Vec<Value>> = None;
        loop {
            let wanted = json!({ "step": "backup", "part": "page", "backup": begun.backup, "table": table.name, "after": after });
            let page: Page = operator.step(workspace, &wanted)?;
            let Some(last) = page.rows.last() else { break };
            after = Some(table.key_of(last));
            for row in &page.rows {
                serde_json::to_writer(&mut pages, &(index, row))?;
                pages.write_all(b"\n")?;
            }
        }
    }
    pages.flush()?;
    // What a row was last, or that it is gone: by its table and its key.
    let mut changed: HashMap<String, BTreeMap<String, Option<Vec<Value>>>> = HashMap::new();
    let mut note = |some: Vec<Changed>| -> Result<()> {
        for Changed { table, keys, rows } in some {
            let Some(known) = begun.tables.iter().find(|known| known.name == table) else { continue };
            let last = changed.entry(table).or_default();
            for key in keys {
                last.insert(serde_json::to_string(&key)?, None);
            }
            for row in rows {
                last.insert(serde_json::to_string(&known.key_of(&row))?, Some(row));
            }
        }
        Ok(())
    };
    for _ in 0..MOST_ROUNDS {
        let some: Changes =
            operator.step(workspace, &json!({ "step": "backup", "part": "changes", "backup": begun.backup }))?;
        note(some.changed)?;
        if !some.more {
            break;
        }
    }
    let ended: Ended = operator.step(workspace, &json!({ "step": "backup", "part": "end", "backup": begun.backup }))?;
    note(ended.changed)?;

    let header = Header {
        first_contact_backup: FORMAT,
        workspace: begun.workspace,
        name: begun.name,
        taken_at: ended.taken_at,
        schema: begun.schema,
        build: begun.build,
        installation: begun.installation,
    };
    let unfinished = beside(file, "unfinished");
    let mut lines = Lines::begin(&unfinished)?;
    lines.write(&header)?;
    let mut read = BufReader::new(File::open(&waiting)?).lines().peekable();
    let mut tables = Vec::new();
    for (index, table) in begun.tables.iter().enumerate() {
        lines.write(&TableLine { table: table.name.clone(), columns: table.columns.clone() })?;
        let before = lines.rows;
        let last = changed.remove(&table.name).unwrap_or_default();
        let mine = format!("[{index},");
        while let Some(line) = read.next_if(|line| line.as_ref().map_or(true, |line| line.starts_with(&mine))) {
            let (_, row): (usize, Vec<Value>) = serde_json::from_str(&line?)?;
            if !last.contains_key(&serde_json::to_string(&table.key_of(&row))?) {
                lines.row(&row)?;
            }
        }
        for row in last.into_values().flatten() {
            lines.row(&row)?;
        }
        if lines.rows > before {
            tables.push((table.name.clone(), lines.rows - before));
        }
    }
    lines.end()?;
    fs::rename(&unfinished, file).with_context(|| format!("could not write {}", file.display()))?;
    fs::remove_file(waiting)?;
    Ok(Summary { header, tables })
}

/// What a restored workspace is told.
#[derive(Debug, Deserialize)]
pub struct Restored {
    /// The deliveries that wait for the operator's word.
    pub paused: u64,
    /// A key per site, as it is here.
    pub sites: Vec<RestoredSite>,
    /// True when keys that were given out there hold here too.
    pub same_installation: bool,
}

/// A site's key.
#[derive(Debug, Deserialize)]
pub struct RestoredSite {
    /// The site.
    pub site: String,
    /// Its key.
    pub key: String,
}

/// Reads a file to its end: nothing is sent before it is known to be whole.
pub fn check(file: &Path) -> Result<Summary> {
    let mut header = None;
    let mut tables: Vec<(String, u64)> = Vec::new();
    each_line(file, |line| {
        match line {
            Line::Header(read) => header = Some(read),
            Line::Table(table) => tables.push((table.table, 0)),
            Line::Row(_) => {
                if let Some((_, rows)) = tables.last_mut() {
                    *rows += 1;
                }
            }
        }
        Ok(())
    })?;
    tables.retain(|(_, rows)| *rows > 0);
    Ok(Summary { header: header.context("the file is empty")?, tables })
}

/// Restores a checked file.
pub fn restore(operator: &Operator, file: &Path, header: &Header) -> Result<Restored> {
    let step = |wanted: Value| operator.step::<Value>(&header.workspace, &wanted);
    step(json!({ "step": "restore", "part": "begin", "schema": header.schema }))?;
    let mut table: Option<TableLine> = None;
    let mut rows: Vec<Value> = Vec::new();
    let mut bytes = 0;
    let send = |table: &Option<TableLine>, rows: &mut Vec<Value>, bytes: &mut usize| -> Result<()> {
        if let Some(TableLine { table, columns }) = table
            && !rows.is_empty()
        {
            let rows = std::mem::take(rows);
            step(json!({ "step": "restore", "part": "rows", "table": table, "columns": columns, "rows": rows }))?;
        }
        *bytes = 0;
        Ok(())
    };
    each_line(file, |line| {
        match line {
            Line::Header(_) => {}
            Line::Table(next) => {
                send(&table, &mut rows, &mut bytes)?;
                table = Some(next);
            }
            Line::Row(row) => {
                bytes += row.len();
                rows.push(serde_json::from_str(&row)?);
                if bytes >= SENT_AT_ONCE {
                    send(&table, &mut rows, &mut bytes)?;
                }
            }
        }
        Ok(())
    })?;
    send(&table, &mut rows, &mut bytes)?;
    operator.step(&header.workspace, &json!({ "step": "restore", "part": "end", "installation": header.installation }))
}

enum Line {
    Header(Header),
    Table(TableLine),
    Row(String),
}

/// Reads the lines, and fails unless the last one vouches for them all.
fn each_line(file: &Path, mut told: impl FnMut(Line) -> Result<()>) -> Result<()> {
    let opened = File::open(file).with_context(|| format!("could not open {}", file.display()))?;
    let mut digest = Sha256::new();
    let mut rows = 0;
    let mut vouched = false;
    for (number, line) in BufReader::new(GzDecoder::new(BufReader::new(opened))).lines().enumerate() {
        let line = line.with_context(|| format!("{} is cut off or damaged", file.display()))?;
        ensure!(!vouched, "{} goes on after its end", file.display());
        if number == 0 {
            let header: Header =
                serde_json::from_str(&line).with_context(|| format!("{} is not a backup", file.display()))?;
            if header.first_contact_backup > FORMAT {
                bail!("{} was written by a later build ({})", file.display(), header.build);
            }
            told(Line::Header(header))?;
        } else if line.starts_with('[') {
            rows += 1;
            told(Line::Row(line.clone()))?;
        } else if let Ok(table) = serde_json::from_str(&line) {
            told(Line::Table(table))?;
        } else {
            let last: LastLine =
                serde_json::from_str(&line).with_context(|| format!("{} is damaged", file.display()))?;
            let sum = HEXLOWER.encode(&digest.clone().finalize());
            ensure!(
                last.sha256 == sum && last.rows == rows,
                "{} is damaged: its checksum does not hold",
                file.display()
            );
            vouched = true;
        }
        digest.update(line.as_bytes());
        digest.update(b"\n");
    }
    ensure!(vouched, "{} is cut off", file.display());
    Ok(())
}

struct Lines {
    out: GzEncoder<BufWriter<File>>,
    digest: Sha256,
    rows: u64,
}

impl Lines {
    fn begin(path: &Path) -> Result<Self> {
        let out = GzEncoder::new(BufWriter::new(private(path)?), Compression::default());
        Ok(Self { out, digest: Sha256::new(), rows: 0 })
    }

    fn write(&mut self, line: &impl Serialize) -> Result<()> {
        let mut line = serde_json::to_vec(line)?;
        line.push(b'\n');
        self.digest.update(&line);
        self.out.write_all(&line)?;
        Ok(())
    }

    fn row(&mut self, row: &[Value]) -> Result<()> {
        self.rows += 1;
        self.write(&row)
    }

    fn end(mut self) -> Result<()> {
        let last = LastLine { rows: self.rows, sha256: HEXLOWER.encode(&self.digest.clone().finalize()) };
        self.write(&last)?;
        self.out.finish()?.into_inner().map_err(|error| error.into_error())?.sync_all()?;
        Ok(())
    }
}

/// What clients' customers wrote is nobody else's: the file is readable by its owner only.
fn private(path: &Path) -> Result<File> {
    secrets::write_private(path, "").with_context(|| format!("could not write {}", path.display()))?;
    Ok(File::options().write(true).truncate(true).open(path)?)
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}
