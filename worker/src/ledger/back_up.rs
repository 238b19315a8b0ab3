//! Backing up while everything goes on, and restoring into an empty ledger without sending anything twice.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Ledger, Outcome, operate, reply};
use crate::{
    clock,
    keys::{self, Key, Kind},
    rejection::{Failure, NOT_FOUND, Rejection},
    sql::{
        backups::{self, Row, Table},
        keys as given, migrations, settings, standing,
    },
};

const BACKUP_GONE: Rejection = Rejection::new(409, "backup_gone", "this backup was given up; begin another");
const BACKUP_OVERTAKEN: Rejection = Rejection::new(
    409,
    "backup_overtaken",
    "another backup of this workspace was begun after this one, which is given up; wait until that one has ended",
);

/// A part of a backup, in the order they are asked for.
#[derive(Debug, Serialize, Deserialize)]
#[serde(remote = "Self", rename_all = "snake_case")]
pub enum Backup {
    /// Begins it: from now on changes are written down.
    Begin,
    /// A page of a table.
    Page {
        /// Which backup, as its beginning said.
        backup: String,
        /// The table.
        table: String,
        /// The last row's key on the page before.
        after: Option<Row>,
    },
    /// Some of what changed meanwhile; asked for until little is left.
    Changes {
        /// Which backup, as its beginning said.
        backup: String,
    },
    /// Ends it with the rest of what changed.
    End {
        /// Which backup, as its beginning said.
        backup: String,
    },
}

lead::form::named_by!(Backup, "part");

/// A part of a restore, in the order they are asked for.
#[derive(Debug, Serialize, Deserialize)]
#[serde(remote = "Self", rename_all = "snake_case")]
pub enum Restore {
    /// Begins it, in a ledger that has nothing.
    Begin {
        /// How many migrations the backup's database had.
        schema: usize,
    },
    /// Rows of a table.
    Rows {
        /// The table.
        table: String,
        /// The columns.
        columns: Vec<String>,
        /// The rows.
        rows: Vec<Row>,
    },
    /// Ends it: deliveries are paused, and what a later build adds is added.
    End {
        /// By which the installation that the backup came from is known.
        installation: String,
    },
}

lead::form::named_by!(Restore, "part");

impl Ledger {
    pub(super) fn back_up(&self, workspace: &str, part: Backup) -> Outcome {
        let tables = backups::tables(&self.database)?;
        match part {
            Backup::Begin => {
                let now = clock::now();
                let id = clock::mint(now)?;
                self.database.transaction(|| backups::begin(&self.database, &tables, &id, now.as_millisecond()))?;
                reply(
                    200,
                    &json!({
                        "backup": id, "workspace": workspace, "name": self.config()?.1.name, "begun_at": now.to_string(),
                        "schema": migrations::applied(&self.database)?, "build": env!("CARGO_PKG_VERSION"),
                        "installation": self.installation(workspace)?, "tables": tables,
                    }),
                )
            }
            Backup::Page { backup, table, after } => {
                self.goes_on(&backup)?;
                let table = named(&tables, &table)?;
                reply(200, &json!({ "rows": backups::page(&self.database, table, after.as_deref())? }))
            }
            Backup::Changes { backup } => {
                self.goes_on(&backup)?;
                let some = || backups::changed(&self.database, &tables, backups::SOME);
                let (changed, more) = self.database.transaction(some)?;
                reply(200, &json!({ "changed": changed, "more": more }))
            }
            Backup::End { backup } => {
                self.goes_on(&backup)?;
                let now = clock::now();
                let changed = self.database.transaction(|| {
                    let (changed, _) = backups::changed(&self.database, &tables, backups::ALL)?;
                    backups::end(&self.database, &tables)?;
                    Ok(changed)
                })?;
                reply(200, &json!({ "taken_at": now.to_string(), "changed": changed }))
            }
        }
    }

    /// What changes is written down for one backup at a time: the one that was begun last.
    fn goes_on(&self, backup: &str) -> Result<(), Failure> {
        if backups::is_of(&self.database, backup)? {
            return Ok(());
        }
        let overtaken = backups::going_on(&self.database)?;
        Err(if overtaken { BACKUP_OVERTAKEN } else { BACKUP_GONE }.into())
    }

    pub(super) async fn restore(&self, workspace: &str, part: Restore) -> Outcome {
        match part {
            Restore::Begin { schema } => {
                migrations::run_until(&self.database, &migrations::LEDGER, 1)?;
                let half = backups::restoring(&self.database)?;
                if !half && settings::published(&self.database)?.is_some() {
                    return Err(Rejection::new(409, "workspace_exists", "this workspace exists already").into());
                }
                if schema == 0 || schema > migrations::LEDGER.len() {
                    let why = format!("it has {schema} migrations, this build knows {}", migrations::LEDGER.len());
                    return Err(Rejection::new(422, "backup_newer", "the backup is of a later build")
                        .because(why)
                        .into());
                }
                self.state.storage().delete_all().await?;
                self.awake.set(false);
                self.in_force.take();
                self.armed.set(None);
                self.told.set(None);
                self.salt.take();
                // As it was when it was backed up; what this build adds is added when the rows are there.
                migrations::run_until(&self.database, &migrations::LEDGER, schema)?;
                let tables = backups::tables(&self.database)?;
                self.database.transaction(|| {
                    backups::empty(&self.database, &tables)?;
                    backups::mark_restoring(&self.database)
                })?;
                reply(200, &json!({ "schema": schema }))
            }
            _ if !backups::restoring(&self.database)? => {
                Err(Rejection::new(409, "restore_not_begun", "no restore has begun").into())
            }
            Restore::Rows { table, columns, rows } => {
                let tables = backups::tables(&self.database)?;
                let table = named(&tables, &table)?;
                self.database.transaction(|| backups::put(&self.database, table, &columns, &rows))?;
                reply(200, &json!({ "rows": rows.len() }))
            }
            Restore::End { installation } => {
                let now = clock::now().as_millisecond();
                let (_, config) = self.config()?;
                let paused = self.database.transaction(|| {
                    let paused = backups::pause_deliveries(&self.database)?;
                    self.audit("workspace_restored", workspace, now)?;
                    backups::restored(&self.database)?;
                    Ok(paused)
                })?;
                self.wake().await?;
                self.database.transaction(|| {
                    backups::mark_paused(&self.database)?;
                    self.leave_losses(&config)
                })?;
                let secret = self.environment.secret()?;
                let mut sites = Vec::new();
                for row in given::all(&self.database)? {
                    if row.kind == "site" && row.revoked_at.is_none_or(|until| until > now) {
                        let key = Key { kind: Kind::Site, workspace: workspace.to_owned(), id: row.id };
                        sites.push(json!({ "site": row.site, "key": key.text(&secret) }));
                    }
                }
                reply(
                    201,
                    &json!({
                        "name": config.name, "standing": standing::read(&self.database)?, "paused": paused, "sites": sites,
                        "same_installation": installation == self.installation(workspace)?,
                    }),
                )
            }
        }
    }

    /// Lets go what a restore has paused.
    pub(super) async fn resume_deliveries(&self) -> Outcome {
        self.config()?;
        let now = clock::now().as_millisecond();
        let resumed = self.database.transaction(|| {
            self.audit("deliveries_resumed", "", now)?;
            backups::resume_deliveries(&self.database, now)
        })?;
        self.arm().await?;
        reply(200, &json!({ "resumed": resumed }))
    }

    /// By which an installation is known without its secret: keys hold only where it is the same.
    fn installation(&self, workspace: &str) -> Result<String, Failure> {
        let mut secret = String::from_utf8_lossy(&self.environment.secret()?).into_owned();
        secret.insert_str(0, &format!("{workspace} "));
        Ok(keys::hash(&secret).chars().take(16).collect())
    }

    /// While a restore is going on nothing else is answered: visitors' inquiries wait in the spill.
    pub(super) fn refuse_while_restoring(&self) -> Result<(), Failure> {
        if !self.awake.get() && backups::restoring(&self.database)? { Err(operate::restoring()) } else { Ok(()) }
    }
}

fn named<'a>(tables: &'a [Table], name: &str) -> Result<&'a Table, Failure> {
    tables.iter().find(|table| table.name == name).ok_or_else(|| NOT_FOUND.because(format!("no table {name}")).into())
}
