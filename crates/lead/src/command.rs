//! What the team may do with a lead, and what nobody may (methodology §3, I-5, I-6).

use serde::{Deserialize, Serialize};

use crate::role::Role;

/// `POST /api/leads/{id}/commands`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", rename_all = "snake_case")]
pub enum Command {
    /// Writes down what was learnt, in free words.
    Note {
        /// The words.
        text: String,
    },
    /// The first response was given.
    Responded {
        /// What came of it.
        #[serde(default)]
        result: String,
    },
    /// A person sent it: a lead that was set aside goes on, with its time and its source.
    Genuine,
    /// Nobody sent it: closed with that reason, and never deleted.
    Spam,
}

form::named_by!(Command, "command");

/// Commands that do not exist for anyone, by the names people look for: no claiming, no picking,
/// no refusing, no hiding, no deleting, no typing of the category.
/// They are answered with 403 and written to the audit log, so that the wish is seen.
pub const FORBIDDEN: [&str; 20] = [
    "take",
    "claim",
    "pick",
    "grab",
    "assign",
    "assign_to_me",
    "swap",
    "refuse",
    "decline",
    "reject",
    "hide",
    "delete",
    "remove",
    "set_priority",
    "set_category",
    "set_rank",
    "set_filter",
    "priority",
    "category",
    "will_buy",
];

/// What became of a command body before it was looked at any closer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// A command that exists.
    Exists(Command),
    /// One of [`FORBIDDEN`]: its name.
    Forbidden(String),
    /// Not a command.
    Unknown(String),
}

/// Reads a command body.
pub fn read(body: &serde_json::Value) -> Asked {
    let name = body.get("command").and_then(serde_json::Value::as_str).unwrap_or_default();
    if FORBIDDEN.contains(&name) {
        return Asked::Forbidden(name.to_owned());
    }
    match form::json::from_tree(body.clone()) {
        Ok(command) => Asked::Exists(command),
        Err(error) => Asked::Unknown(error.to_string()),
    }
}

/// May someone with this role do this to a lead he sees?
pub fn allowed(command: &Command, role: Role) -> bool {
    match command {
        Command::Note { .. } | Command::Responded { .. } => role.works_leads(),
        // Whoever has it may let a person through; that nobody wrote is confirmed by those who have no
        // lead to lose (methodology §9), or it would be a way to be rid of one (I-5).
        Command::Genuine => matches!(role, Role::Seller | Role::Head | Role::Owner),
        Command::Spam => role.sees_every_lead(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn i_05_nobody_takes_refuses_deletes_or_types_the_category() {
        for name in FORBIDDEN {
            assert_eq!(read(&json!({ "command": name, "text": "x" })), Asked::Forbidden(name.to_owned()));
        }
        assert!(matches!(read(&json!({ "command": "note", "text": "x" })), Asked::Exists(_)));
        assert!(matches!(read(&json!({ "command": "dance" })), Asked::Unknown(_)));
        assert!(matches!(read(&json!([])), Asked::Unknown(_)));
    }
}
