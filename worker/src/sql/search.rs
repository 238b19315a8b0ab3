//! Leads of the people whose ways to be reached begin like this. Every statement is an index scan
//! with a bound, however many leads there are.

use serde::Deserialize;
use worker::Result;

use super::{Database, binds, leads};

/// People looked at per beginning, and leads shown of each.
const PEOPLE: i64 = 20;
const LEADS_EACH: i64 = 5;

/// Leads of one member, or (`None`) of everyone, newest first.
pub fn leads(database: &Database, beginnings: &[String], member: Option<&str>) -> Result<Vec<leads::Row>> {
    #[derive(Deserialize)]
    struct Id {
        id: String,
    }
    let mut people: Vec<String> = Vec::new();
    for beginning in beginnings {
        let found = database.rows::<Id>(
            "SELECT DISTINCT contact AS id FROM contact_points WHERE normal >= ? AND normal < ? LIMIT ?",
            binds![beginning.as_str(), format!("{beginning}\u{10ffff}"), PEOPLE],
        )?;
        for Id { id } in found {
            if !people.contains(&id) {
                people.push(id);
            }
        }
    }
    let mut rows = Vec::new();
    for contact in people {
        let found = database.rows::<Id>(
            "SELECT id FROM leads WHERE contact = ? ORDER BY opened_at DESC LIMIT ?",
            binds![contact.as_str(), LEADS_EACH],
        )?;
        for Id { id } in found {
            rows.extend(
                leads::find(database, &id)?.filter(|row| member.is_none_or(|member| row.assigned_to == member)),
            );
        }
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.opened_at));
    Ok(rows)
}
