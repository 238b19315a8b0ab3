//! An e-mail about a lead, and its MIME text (RFC 5322, 2045 to 2047).

use base64ct::{Base64, Encoding};
use serde_json::{Value, json};

use super::{
    Fields,
    contract::Job,
    is_mailbox,
    message::{html, message, straight},
    problem,
    telling::cut,
};

/// A letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The sender's mailbox.
    pub from: String,
    /// The sender's name; may be empty.
    pub from_name: String,
    /// The recipients.
    pub to: Vec<String>,
    /// One line.
    pub subject: String,
    /// The plain part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// The visitor's mailbox, when it is a plain one: the seller answers with one click.
    pub reply_to: Option<String>,
}

/// The longest subject, in characters.
const LONGEST_SUBJECT: usize = 120;

/// What is wrong with the mailboxes and fields of an e-mail destination.
pub fn problems(from: &str, to: &[String], fields: &Fields) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let (mailbox, name) = sender(from);
    if !is_mailbox(&mailbox) || name.chars().any(char::is_control) {
        found.push(problem("from", "must be a mailbox, for example Sales <sales@company.ru>"));
    }
    if to.is_empty() || to.len() > 20 {
        found.push(problem("to", "must be 1 to 20 mailboxes"));
    }
    if to.iter().any(|mailbox| !is_mailbox(mailbox)) {
        found.push(problem("to", "must be mailboxes, for example sales@company.ru"));
    }
    for field in fields.keys().filter(|field| *field != "subject") {
        found.push(problem(&format!("fields.{field}"), "only subject can be said here"));
    }
    found
}

/// `Sales <sales@company.ru>` or `sales@company.ru`: the mailbox and the name.
fn sender(from: &str) -> (String, String) {
    match from.trim().strip_suffix('>').and_then(|text| text.split_once('<')) {
        Some((name, mailbox)) => (mailbox.trim().to_owned(), name.trim().trim_matches('"').to_owned()),
        None => (from.trim().to_owned(), String::new()),
    }
}

/// Writes the letter.
pub fn write(job: &Job<'_>, from: &str, to: &[String], fields: &Fields) -> Letter {
    let message = message(job.telling);
    let (from, from_name) = sender(from);
    let usual =
        if job.telling.get("assigned_name").is_empty() { "{{event}}" } else { "{{reach}} · {{assigned_name}}" };
    let subject = match fields.get("subject") {
        _ if super::is_alert(job.telling.event()) => message.title.clone(),
        Some(template) => job.telling.fill(template, &str::to_owned),
        _ => format!("{}: {}", message.title, job.telling.fill(usual, &str::to_owned)),
    };
    let mut text = format!("{}\n{}\n\n", message.title, message.last);
    let mut rows = String::new();
    for (label, value) in message.lines.iter().chain(&message.answers) {
        text.push_str(&format!("{label}: {value}\n"));
        rows.push_str(&format!(
            "<tr><td style=\"padding:4px 16px 4px 0;color:#656c67;vertical-align:top\">{}</td><td style=\"padding:4px 0\">{}</td></tr>",
            html(label),
            html(value).replace('\n', "<br>")
        ));
    }
    let page = format!(
        "<!doctype html><html><head><meta charset=\"utf-8\"></head><body style=\"font:15px/1.45 system-ui,sans-serif;color:#191c1a\">\
         <h1 style=\"font-size:18px;margin:0 0 4px\">{}</h1><p style=\"margin:0 0 16px;color:#474e49\">{}</p>\
         <table style=\"border-collapse:collapse\">{rows}</table></body></html>",
        html(&message.title),
        html(&message.last),
    );
    Letter {
        from,
        from_name,
        to: to.to_vec(),
        subject: cut(&one_line(&subject), LONGEST_SUBJECT),
        text,
        html: page,
        reply_to: Some(job.telling.get("email").to_owned()).filter(|mailbox| is_mailbox(mailbox)),
    }
}

impl Letter {
    /// `Sales <sales@company.ru>`, as services take it.
    pub fn sender(&self) -> String {
        if self.from_name.is_empty() {
            return self.from.clone();
        }
        let name: String =
            self.from_name.chars().filter(|sign| !"\"\\<>".contains(*sign) && !sign.is_control()).collect();
        format!("\"{name}\" <{}>", self.from)
    }

    /// What a preview shows.
    pub fn shown(&self) -> Value {
        json!({ "from": self.sender(), "to": self.to, "subject": self.subject, "replyTo": self.reply_to, "text": self.text, "html": self.html })
    }

    /// The MIME text, with lines that end in CR LF. `date` is RFC 2822, `id` the delivery's.
    pub fn mime(&self, id: &str, date: &str) -> String {
        let host = self.from.rsplit('@').next().unwrap_or("localhost");
        let name = if self.from_name.is_empty() { String::new() } else { format!("{} ", phrase(&self.from_name)) };
        let mut lines = vec![
            format!("From: {name}<{}>", self.from),
            format!("To: {}", self.to.join(",\r\n ")),
            format!("Subject: {}", encoded(&self.subject)),
            format!("Date: {date}"),
            format!("Message-ID: <{id}@{host}>"),
        ];
        lines.extend(self.reply_to.as_ref().map(|mailbox| format!("Reply-To: {mailbox}")));
        lines.extend(
            ["MIME-Version: 1.0", "Auto-Submitted: auto-generated"]
                .map(str::to_owned)
                .into_iter()
                .chain([format!("Content-Type: multipart/alternative; boundary=\"{id}\"")]),
        );
        for (kind, content) in [("plain", &self.text), ("html", &self.html)] {
            lines.extend([
                String::new(),
                format!("--{id}"),
                format!("Content-Type: text/{kind}; charset=utf-8"),
                "Content-Transfer-Encoding: base64".to_owned(),
                String::new(),
            ]);
            let coded = Base64::encode_string(content.replace('\n', "\r\n").as_bytes());
            lines.extend(coded.as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line).into_owned()));
        }
        lines.push(format!("--{id}--"));
        lines.push(String::new());
        lines.join("\r\n")
    }
}

/// A name before a mailbox: what means something there (RFC 5322, 3.2.3) stands in quotes.
fn phrase(name: &str) -> String {
    let coded = encoded(name);
    if coded.contains([',', ':', '.']) && !coded.starts_with("=?") { format!("\"{coded}\"") } else { coded }
}

/// A header's text as encoded words of at most 75 characters, each of whole characters; the lines are folded.
fn encoded(text: &str) -> String {
    let text = one_line(text);
    if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" .,:-".contains(&byte)) {
        return text;
    }
    let mut words: Vec<String> = vec![String::new()];
    for sign in text.chars() {
        if let Some(last) = words.last_mut() {
            if last.len().saturating_add(sign.len_utf8()) > 42 {
                words.push(sign.to_string());
            } else {
                last.push(sign);
            }
        }
    }
    let words: Vec<String> =
        words.iter().map(|word| format!("=?utf-8?B?{}?=", Base64::encode_string(word.as_bytes()))).collect();
    words.join("\r\n ")
}

/// One line without control characters: nothing that was typed begins another header.
fn one_line(text: &str) -> String {
    let text = straight(text);
    let plain =
        text.chars().map(|sign| if sign.is_control() || matches!(sign, '\u{2028}' | '\u{2029}') { ' ' } else { sign });
    plain.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}
