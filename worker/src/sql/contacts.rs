//! Contacts and the ways to reach them.

use lead::{
    contact::{PointKind, Reach},
    intake::{KnownContact, OpenLead},
    person::{self, Candidate, Recognised, Typed},
    view::{ContactView, PhoneView},
};
use worker::Result;

use super::{Database, binds, erasures, json, persons};

/// Who an inquiry is from.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// The person, where he is known.
    pub known: Option<KnownContact>,
    /// Others who may be the same person.
    pub perhaps: Vec<String>,
}

/// How many are looked at who share one point: an office's number may have many.
const MOST_CANDIDATES: i64 = 50;

/// Finds the person by an exact match of phone, mailbox or messenger, and by the rule of [`person::recognise`]
/// where several share it.
pub fn find(database: &Database, name: &str, reach: &Reach) -> Result<Found> {
    struct Row {
        contact: String,
    }
    row!(Row: contact);
    let mut candidates: Vec<Candidate> = Vec::new();
    for point in reach.points.iter().filter(|point| point.kind.identifies()) {
        let rows = database.rows::<Row>(
            "SELECT contact FROM contact_points WHERE normal = +? AND kind = +? ORDER BY contact DESC LIMIT +?",
            binds![point.normal.as_str(), point.kind.code(), MOST_CANDIDATES],
        )?;
        for row in rows {
            let person = persons::of(database, &row.contact)?;
            if !candidates.iter().any(|known| known.contact == person) {
                candidates.push(candidate(database, person)?);
            }
        }
    }
    let Recognised { same, perhaps } = person::recognise(Typed { name, points: &reach.points }, &candidates);
    let known = same.map(|id| known(database, id)).transpose()?;
    Ok(Found { known, perhaps })
}

/// Everything that tells one person from another.
pub fn candidate(database: &Database, contact: String) -> Result<Candidate> {
    struct NameRow {
        name: String,
        created_at: i64,
    }
    row!(NameRow: name, created_at);
    struct PointRow {
        kind: PointKind,
        normal: String,
    }
    row!(PointRow: kind, normal);
    let everyone = persons::contacts_of(database, &contact)?;
    let list = json(&everyone)?;
    let names = database.rows::<NameRow>(
        "SELECT name, created_at FROM contacts WHERE id IN (SELECT value FROM json_each(?))",
        binds![list.as_str()],
    )?;
    let points = database.rows::<PointRow>(
        "SELECT kind, normal FROM contact_points WHERE contact IN (SELECT value FROM json_each(?)) LIMIT 100",
        binds![list.as_str()],
    )?;
    let open = database.any(
        "SELECT 1 AS found FROM leads WHERE contact = ? AND status IN ('open', 'suspect') LIMIT 1",
        binds![contact.as_str()],
    )?;
    Ok(Candidate {
        contact,
        created_at: names.iter().map(|row| row.created_at).min().unwrap_or(0),
        names: names.into_iter().map(|row| row.name).filter(|name| !name.is_empty()).collect(),
        points: points.into_iter().map(|row| (row.kind, row.normal)).collect(),
        open,
    })
}

/// What a further inquiry of a person has to know.
fn known(database: &Database, id: String) -> Result<KnownContact> {
    struct LeadRow {
        id: String,
        stage: String,
        status: String,
        assigned_to: String,
        response_owed_by: Option<i64>,
    }
    row!(LeadRow: id, stage, status, assigned_to, response_owed_by);
    let leads = database.rows::<LeadRow>(
        "SELECT id, stage, status, assigned_to,
                (SELECT min(due_at) FROM tasks WHERE tasks.lead = leads.id AND kind = 'first_response' AND done_at IS NULL)
                  AS response_owed_by
         FROM leads WHERE contact = ? ORDER BY status IN ('open', 'suspect') DESC, opened_at DESC, id DESC LIMIT 20",
        binds![id.as_str()],
    )?;
    let owner = leads.first().map(|lead| lead.assigned_to.clone());
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
    Ok(KnownContact { id, open_lead, closed_lead, owner, do_not_contact })
}

/// True when nobody is to disturb the person.
pub fn is_silent(database: &Database, id: &str) -> Result<bool> {
    database.any("SELECT 1 AS found FROM contacts WHERE id = ? AND do_not_contact = 'forever'", binds![id])
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

/// Adds what a further inquiry says of a known person: a name where there was none, and points that are not known of
/// him. Of several contacts that are one, it is said of the one that has the point he wrote from, so that it goes with
/// that one should they turn out to be two.
pub fn extend(database: &Database, id: &str, name: &str, reach: &Reach) -> Result<()> {
    struct Row {
        contact: String,
    }
    row!(Row: contact);
    let everyone = json(&persons::contacts_of(database, id)?)?;
    let mut home = id.to_owned();
    for point in reach.points.iter().filter(|point| point.kind.identifies()) {
        let has: Option<Row> = database.row(
            "SELECT contact FROM contact_points
             WHERE contact IN (SELECT value FROM json_each(?)) AND kind = ? AND normal = ? ORDER BY contact LIMIT 1",
            binds![everyone.as_str(), point.kind.code(), point.normal.as_str()],
        )?;
        if let Some(row) = has {
            home = row.contact;
            break;
        }
    }
    database.run("UPDATE contacts SET name = ? WHERE id = ? AND name = ''", binds![name, home.as_str()])?;
    for point in &reach.points {
        database.run(
            "INSERT INTO contact_points (contact, kind, raw, normal) SELECT ?1, ?2, ?3, ?4
             WHERE NOT EXISTS (SELECT 1 FROM contact_points
                               WHERE contact IN (SELECT value FROM json_each(?5)) AND kind = ?2 AND normal = ?4)",
            binds![home.as_str(), point.kind.code(), point.raw.as_str(), point.normal.as_str(), everyone.as_str()],
        )?;
    }
    Ok(())
}

/// Adds the ways to reach somebody that are not known yet.
pub fn add_points(database: &Database, id: &str, reach: &Reach) -> Result<()> {
    for point in &reach.points {
        database.run(
            "INSERT OR IGNORE INTO contact_points (contact, kind, raw, normal) VALUES (?, ?, ?, ?)",
            binds![id, point.kind.code(), point.raw.as_str(), point.normal.as_str()],
        )?;
    }
    Ok(())
}

/// Takes points away that another person turned out to have.
pub fn take_points(database: &Database, id: &str, reach: &Reach) -> Result<()> {
    for point in &reach.points {
        database.run(
            "DELETE FROM contact_points WHERE contact = ? AND kind = ? AND normal = ?",
            binds![id, point.kind.code(), point.normal.as_str()],
        )?;
    }
    Ok(())
}

/// Takes a name away that another person turned out to have.
pub fn take_name(database: &Database, id: &str, name: &str) -> Result<()> {
    database.run("UPDATE contacts SET name = '' WHERE id = ? AND name = ?", binds![id, name])
}

/// Writes a contact's name.
pub fn put_name(database: &Database, id: &str, name: &str) -> Result<()> {
    database.run("UPDATE contacts SET name = ? WHERE id = ?", binds![name, id])
}

/// A contact as the desk shows it, with everything that is known of the person under other contacts.
pub fn view(database: &Database, id: &str) -> Result<ContactView> {
    struct NameRow {
        name: String,
        do_not_contact: String,
    }
    row!(NameRow: name, do_not_contact);
    struct PointRow {
        kind: PointKind,
        raw: String,
        normal: String,
    }
    row!(PointRow: kind, raw, normal);
    let row = database.row::<NameRow>("SELECT name, do_not_contact FROM contacts WHERE id = ?", binds![id])?;
    let mut view = ContactView::default();
    if let Some(NameRow { name, do_not_contact }) = row {
        let erased = name.is_empty() && erasures::of_contact(database, id)?.is_some();
        view = ContactView { name, do_not_contact: do_not_contact == "forever", erased, ..view };
    }
    let everyone = persons::contacts_of(database, id)?;
    if view.name.is_empty() && everyone.len() > 1 {
        let named = database.row::<NameRow>(
            "SELECT name, do_not_contact FROM contacts
             WHERE id IN (SELECT value FROM json_each(?)) AND name <> '' ORDER BY id LIMIT 1",
            binds![json(&everyone)?],
        )?;
        view.name = named.map(|row| row.name).unwrap_or_default();
    }
    let points = database.rows::<PointRow>(
        "SELECT kind, raw, normal FROM contact_points WHERE contact IN (SELECT value FROM json_each(?))
         GROUP BY kind, normal ORDER BY kind, normal LIMIT 50",
        binds![json(&everyone)?],
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
