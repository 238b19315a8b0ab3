//! The directory object: lists the workspaces, for the operator. It is never on a visitor's way.

#![allow(missing_docs, reason = "the methods that the runtime calls are made by a macro")]

use serde::{Deserialize, Serialize};
use worker::{DurableObject, Env, Request, Response, Result, State, durable_object};

use crate::{
    rejection::Failure,
    sql::{Database, migrations, workspaces},
};

/// A call to the directory.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// Adds a workspace.
    Add {
        /// The workspace.
        workspace: workspaces::Workspace,
    },
    /// All workspaces.
    List,
}

/// The directory object.
#[durable_object(fetch)]
pub struct Directory {
    database: Database,
}

impl DurableObject for Directory {
    fn new(state: State, _env: Env) -> Self {
        Self { database: Database::of(&state) }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let text = request.text().await?;
        match self.answer(&text) {
            Ok(response) => Ok(response),
            Err(failure) => failure.response(),
        }
    }
}

impl Directory {
    fn answer(&self, text: &str) -> std::result::Result<Response, Failure> {
        migrations::run(&self.database, &migrations::DIRECTORY)?;
        match serde_json::from_str(text)? {
            Call::Add { workspace } => workspaces::add(&self.database, &workspace)?,
            Call::List => {}
        }
        Ok(Response::from_json(&serde_json::json!({ "workspaces": workspaces::all(&self.database)? }))?)
    }
}
