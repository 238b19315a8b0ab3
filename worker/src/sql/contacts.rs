//! Contacts and the ways to reach them.

use lead::{
    contact::{PointKind, Reach},
    intake::{KnownContact, OpenLead},
    view::{ContactView, PhoneView},
};
use serde::Deserialize;
use worker::Result;

use super::{Database, binds};

/// Finds the person by an exact match of phone, mailbox or messenger. When several contacts match,
/// one with an open lead is preferred, then the newest.
pub fn find(database: &Database, reach: &Reach) -> Result<Option<KnownContact>> {
    #[derive(Deserialize)]
    struct Found {
        contact: String,
        open: i64,
        created_at: i64,
    }
    // The first point that is known decides: further ones may be somebody else's.
    let mut found: Vec<Found> = Vec::new();
    for point in reach.points.iter().filter(|point| point.kind.identifies()) {
        found = database.rows::<Found>(
            "SELECT contact_points.contact AS contact, contacts.created_at AS created_at,
                    EXISTS (SELECT 1 FROM leads WHERE leads.contact = contact_points.contact AND leads.status IN ('open', 'suspect')) AS open
             FROM contact_points JOIN contacts ON contacts.id = contact_points.contact
             WHERE contact_points.normal = ? AND contact_points.kind = ?",
            binds![point.normal.as_str(), point.kind.code()],
        )?;
        if !found.is_empty() {
            break;
        }
    }
    found.sort_by_key(|found| (found.open, found.created_at));
    let Some(id) = found.pop().map(|found| found.contact) else { return Ok(None) };

    #[derive(Deserialize)]
    struct LeadRow {
        id: String,
        stage: String,
        status: String,
        assigned_to: String,
        response_owed_by: Option<i64>,
    }
    let leads = database.rows::<LeadRow>(
        "SELECT id, stage, status, assigned_to,
                (SELECT min(due_at) FROM tasks WHERE tasks.lead = leads.id AND kind = 'first_response' AND done_at IS NULL)
                  AS response_owed_by
         FROM leads WHERE contact = ? ORDER BY opened_at DESC, id DESC LIMIT 20",
        binds![id.as_str()],
    )?;
    // A lead that is set aside is as open as any: whoever writes again joins it.
    let is_open = |lead: &LeadRow| lead.status == "open" || lead.status == "suspect";
    let closed_lead = leads.iter().find(|lead| !is_open(lead)).map(|lead| lead.id.clone());
    let open_lead = leads.into_iter().find(is_open).map(|lead| OpenLead {
        id: lead.id,
        stage: lead.stage,
        assigned_to: lead.assigned_to,
        response_owed_by: lead.response_owed_by,
    });
    let do_not_contact = is_silent(database, &id)?;
    Ok(Some(KnownContact { id, open_lead, closed_lead, do_not_contact }))
}

fn is_silent(database: &Database, id: &str) -> Result<bool> {
    let rows: Vec<serde_json::Value> =
        database.rows("SELECT 1 AS found FROM contacts WHERE id = ? AND do_not_contact = 'forever'", binds![id])?;
    Ok(!rows.is_empty())
}

/// Nobody is to disturb the person, or he has written again himself.
pub fn put_silence(database: &Database, id: &str, silent: bool) -> Result<()> {
    let word = if silent { "forever" } else { "none" };
    database.run("UPDATE contacts SET do_not_contact = ? WHERE id = ?", binds![word, id])
}

/// Creates a contact.
pub fn add(database: &Database, id: &str, name: &str, at: i64) -> Result<()> {
    database.run("INSERT INTO contacts (id, name, created_at) VALUES (?, ?, ?)", binds![id, name, at])
}

/// Adds what a further inquiry says of a known contact: points, and a name where there was none.
pub fn extend(database: &Database, id: &str, name: &str, reach: &Reach) -> Result<()> {
    database.run("UPDATE contacts SET name = ? WHERE id = ? AND name = ''", binds![name, id])?;
    for point in &reach.points {
        database.run(
            "INSERT OR IGNORE INTO contact_points (contact, kind, raw, normal) VALUES (?, ?, ?, ?)",
            binds![id, point.kind.code(), point.raw.as_str(), point.normal.as_str()],
        )?;
    }
    Ok(())
}

/// A contact as the desk shows it.
pub fn view(database: &Database, id: &str) -> Result<ContactView> {
    #[derive(Deserialize)]
    struct NameRow {
        name: String,
        do_not_contact: String,
    }
    #[derive(Deserialize)]
    struct PointRow {
        kind: PointKind,
        raw: String,
        normal: String,
    }
    let row = database.row::<NameRow>("SELECT name, do_not_contact FROM contacts WHERE id = ?", binds![id])?;
    let mut view = ContactView::default();
    if let Some(NameRow { name, do_not_contact }) = row {
        view = ContactView { name, do_not_contact: do_not_contact == "forever", ..view };
    }
    let points = database.rows::<PointRow>(
        "SELECT kind, raw, normal FROM contact_points WHERE contact = ? ORDER BY kind, normal LIMIT 50",
        binds![id],
    )?;
    for point in points {
        match point.kind {
            PointKind::Phone => view.phones.push(PhoneView { raw: point.raw, e164: point.normal }),
            PointKind::Email => view.emails.push(point.normal),
            PointKind::Messenger => view.messengers.push(point.normal),
            PointKind::Other => view.other.push(point.raw),
        }
    }
    Ok(view)
}
