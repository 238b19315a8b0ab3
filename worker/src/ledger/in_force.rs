//! The configuration in force, kept parsed for the next call.
//!
//! Reading it anew for every inquiry was the dearest part of recording one. Memory of an object that is gone is not
//! given back, so what is kept belongs to the whole process and is bounded: a few configurations, the latest used
//! first. It is only believed while the database names the same version, published at the same moment.

use std::{cell::RefCell, rc::Rc};

use lead::config::Config;
use worker::Result;

use crate::sql::{
    Database,
    settings::{self, Published},
};

/// Workspaces whose configuration is kept.
const KEPT: usize = 16;

struct Known {
    object: String,
    published: Published,
    config: Rc<Config>,
}

thread_local! {
    static KNOWN: RefCell<Vec<Known>> = const { RefCell::new(Vec::new()) };
}

/// The configuration in force in this object, with its version.
pub fn config(database: &Database, object: &str) -> Result<Option<(u32, Rc<Config>)>> {
    let Some(published) = settings::published(database)? else { return Ok(None) };
    if let Some(config) = recall(object, &published) {
        return Ok(Some((published.version, config)));
    }
    let Some(config) = settings::version(database, published.version)?.map(Rc::new) else { return Ok(None) };
    let version = published.version;
    KNOWN.with_borrow_mut(|known| {
        known.retain(|other| other.object != object);
        known.truncate(KEPT.saturating_sub(1));
        known.insert(0, Known { object: object.to_owned(), published, config: Rc::clone(&config) });
    });
    Ok(Some((version, config)))
}

fn recall(object: &str, published: &Published) -> Option<Rc<Config>> {
    KNOWN.with_borrow_mut(|known| {
        let at = known.iter().position(|known| known.object == object && known.published == *published)?;
        let found = known.remove(at);
        let config = Rc::clone(&found.config);
        known.insert(0, found);
        Some(config)
    })
}
