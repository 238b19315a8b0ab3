//! Leads of the people whose ways to be reached begin like this. Every statement is an index scan
//! with a bound, however many leads there are.

use worker::Result;

use super::{Database, binds, leads};

/// People looked at per beginning, and leads shown of each.
const PEOPLE: i64 = 20;
const LEADS_EACH: i64 = 5;

/// Leads of one member, or (`None`) of everyone, newest first.
pub fn leads(database: &Database, beginnings: &[String], member: Option<&str>) -> Result<Vec<leads::Row>> {
    struct Found {
        contact: String,
    }
    row!(Found: contact);
    let mut people: Vec<String> = Vec::new();
    for beginning in beginnings {
        let found = database.rows::<Found>(
            "SELECT DISTINCT contact FROM contact_points WHERE normal >= ? AND normal < ? LIMIT ?",
            binds![beginning.as_str(), format!("{beginning}\u{10ffff}"), PEOPLE],
        )?;
        for Found { contact } in found {
            if !people.contains(&contact) {
                people.push(contact);
            }
        }
    }
    let mut rows = Vec::new();
    for contact in people {
        let of_person = leads::newest_of_contact(database, &contact, LEADS_EACH)?;
        rows.extend(of_person.into_iter().filter(|row| member.is_none_or(|member| row.assigned_to == member)));
    }
    Ok(lead::form::in_order(rows, |row| std::cmp::Reverse(row.opened_at)))
}
