//! The shell: it reads what strangers send, checks keys, asks the ledger, and answers.
//!
//! The way of a lead through it:
//!
//! 1. [`routes`]: every route, in one table;
//! 2. [`doors`]: one per caller, checking size, key, origin and shape;
//! 3. [`ledger`]: one object per workspace records, qualifies and delivers;
//! 4. [`sql`]: all statements and migrations;
//! 5. [`couriers`]: one per kind of destination.
//!
//! Beside the way: [`spill`] keeps what a ledger could not take, [`directory`] lists the workspaces and
//! finds those whose alarm was lost, [`pages`] are drawn on the server, [`keys`]
//! prove themselves, [`environment`] reads the runtime's bindings, [`clock`] reads the time,
//! [`vault`] seals and signs, [`proof`] and [`turnstile`] are what a site may ask of browsers,
//! [`compression`] makes the embed script small, [`rejection`] is how a call fails, [`built`] is what the build made for browsers.

#![allow(clippy::future_not_send, reason = "the runtime has one thread per object")]

pub mod built;
pub mod clock;
pub mod compression;
pub mod couriers;
pub mod directory;
pub mod doors;
pub mod environment;
pub mod keys;
pub mod ledger;
pub mod pages;
pub mod plain_object;
pub mod proof;
pub mod rejection;
pub mod routes;
pub mod spill;
pub mod sql;
pub mod turnstile;
pub mod vault;

use worker::{Context, Env, Request, Response, Result, event};

use environment::Environment;
use rejection::{NOT_FOUND, Rejection};
use routes::Missing;

#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> Result<Response> {
    let environment = Environment::new(env);
    let outcome = match routes::find(&request.method(), &request.path()) {
        Ok(found) => doors::open(found, request, &environment).await,
        Err(Missing::Path) => Err(NOT_FOUND.into()),
        Err(Missing::Method) => {
            Err(Rejection::new(405, "method_unknown", "this address does not take this method").into())
        }
    };
    match outcome {
        Ok(response) => Ok(response),
        Err(failure) => failure.response(),
    }
}
