//! The directory's one table.

use serde::{Deserialize, Serialize};
use worker::Result;

use super::{Database, binds};

/// A workspace, as the directory lists it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Workspace {
    /// Its id: 16 hexadecimal digits.
    pub id: String,
    /// The client company's name.
    pub name: String,
    /// Milliseconds since 1970.
    pub created_at: i64,
}

/// Adds a workspace.
pub fn add(database: &Database, workspace: &Workspace) -> Result<()> {
    database.run(
        "INSERT INTO workspaces (id, name, created_at) VALUES (?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name",
        binds![workspace.id.as_str(), workspace.name.as_str(), workspace.created_at],
    )
}

/// All workspaces, oldest first.
pub fn all(database: &Database) -> Result<Vec<Workspace>> {
    database.rows("SELECT id, name, created_at FROM workspaces ORDER BY created_at, id", binds![])
}
