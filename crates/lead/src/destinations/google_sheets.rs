//! A row in a Google sheet, as a service account. Values are RAW: nothing a visitor typed becomes a formula.
//!
//! Where a sheet hears of more than new leads, a row says in the column behind the last one which event it is and by
//! which delivery it came, and a repetition is told by that; elsewhere by the lead's id in `A`.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};

use super::{
    Fields, Secret, Settings,
    contract::{Adapter, Answer, BY_HAND, Ended, Http, Job, Next, Request, Step, code_only, lost, text_at},
    members::{members, usual_members},
    needs, preview, problem,
};
use crate::delivery::Outcome;

/// The longest value, in characters; a cell takes 50,000.
const LONGEST: usize = 2_000;

/// How many of the last rows are looked through before a row that may be there is sent again: as many as one answer
/// holds of a column of ids.
const LAST_ROWS: i64 = 1_000;

/// How many rows are looked through for those of a person who was erased: as many as one delivery's requests show.
const ERASED_ROWS: i64 = 8_000;

const USUAL: [(&str, &str); 10] = [
    ("A", "{{lead}}"),
    ("B", "{{opened_at}}"),
    ("C", "{{name}}"),
    ("D", "{{phones}}"),
    ("E", "{{emails}}"),
    ("F", "{{channel}}"),
    ("G", "{{network}}"),
    ("H", "{{campaign}}"),
    ("I", "{{assigned_name}}"),
    ("J", "{{message}}"),
];

/// The service account's address and its private key, from its key file.
fn key_file(secret: &str) -> Option<(String, String)> {
    let file: Value = serde_json::from_str(secret).ok()?;
    Some((text_at(&file, "/client_email")?, text_at(&file, "/private_key")?))
}

/// The last row of a range, for example 51 of `Leads!A1:J51`.
fn last_row(range: &str) -> i64 {
    range.rsplit(|sign: char| !sign.is_ascii_digit()).next().and_then(|row| row.parse().ok()).unwrap_or(1)
}

/// `kind = "google_sheets"`
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct GoogleSheets {
    /// A short code.
    pub id: String,
    /// The service account's key file, as it was downloaded (JSON).
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "Secret::is_none"))]
    pub secret: Secret,
    /// The spreadsheet's id, from its address.
    pub spreadsheet: String,
    /// The sheet's name, for example `Leads`.
    pub sheet: String,
    /// Another address of the service; its own when nothing is said.
    #[cfg_attr(feature = "schema", schemars(default = "official"))]
    pub url: String,
    /// Another address for tokens; the service's own when nothing is said.
    #[cfg_attr(feature = "schema", schemars(default = "official_token"))]
    pub token_url: String,
    /// The events it hears of; new leads when nothing is said.
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "Vec::is_empty"))]
    pub events: Vec<String>,
    /// Columns `A` to `Z`, each a template; `A` always is the lead's id.
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "Fields::is_empty"))]
    pub fields: Fields,
}

members!(GoogleSheets: id, spreadsheet, sheet; secret = Default::default, url = official, token_url = official_token, events = Default::default, fields = Default::default);

fn official() -> String {
    "https://sheets.googleapis.com".into()
}

fn official_token() -> String {
    "https://oauth2.googleapis.com/token".into()
}

impl Settings for GoogleSheets {
    usual_members!(fields);

    fn usual_events(&self) -> &'static [&'static str] {
        &["lead.created"]
    }

    fn problems(&self, secret: Option<&str>) -> Vec<(String, String)> {
        let sentence = "a service account's key file (JSON)";
        let mut found = needs(secret, sentence);
        if secret.is_some_and(|secret| key_file(secret).is_none()) {
            found.push(problem("secret", &format!("must be {sentence}")));
        }
        if self.spreadsheet.is_empty()
            || !self.spreadsheet.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        {
            found.push(problem("spreadsheet", "must be the id in the spreadsheet's address"));
        }
        if self.sheet.is_empty() || self.sheet.contains('\'') {
            found.push(problem("sheet", "must be the sheet's name"));
        }
        for column in self.fields.keys() {
            if column.len() != 1 || !column.bytes().all(|byte| (b'B'..=b'Z').contains(&byte)) {
                found.push(problem(&format!("fields.{column}"), "must be a column from B to Z; A is the lead's id"));
            }
        }
        found
    }

    fn takes_erasure(&self) -> bool {
        true
    }

    fn addresses(&self, _secret: Option<&str>) -> Vec<(&'static str, String)> {
        vec![("url", self.url.clone()), ("token_url", self.token_url.clone())]
    }

    fn mask(&self) -> String {
        json!({ "client_email": preview::MASK, "private_key": preview::MASK }).to_string()
    }
}

impl GoogleSheets {
    fn range(&self, cells: &str) -> String {
        let range = format!("'{}'!{cells}", self.sheet);
        range
            .bytes()
            .map(
                |byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") },
            )
            .collect()
    }

    fn at(&self, path: &str) -> String {
        format!("{}/v4/spreadsheets/{}{path}", self.url.trim_end_matches('/'), self.spreadsheet)
    }

    /// Header and claims of the token, in base64url, which are then signed.
    fn claims(&self, job: &Job<'_>, account: &str) -> String {
        let coded = |value: Value| Base64UrlUnpadded::encode_string(value.to_string().as_bytes());
        let claims = json!({
            "iss": account, "scope": "https://www.googleapis.com/auth/spreadsheets", "aud": self.token_url,
            "iat": job.now, "exp": job.now.saturating_add(600),
        });
        format!("{}.{}", coded(json!({ "alg": "RS256", "typ": "JWT" })), coded(claims))
    }

    /// The last column that is filled.
    fn last(&self) -> u8 {
        let filled = |column: &u8| {
            let name = char::from(*column).to_string();
            match self.fields.get(&name) {
                Some(template) => !template.is_empty(),
                None => USUAL.iter().any(|(usual, _)| *usual == name),
            }
        };
        (b'B'..=b'Z').rev().find(filled).unwrap_or(b'A')
    }

    /// The column and the cell in it by which the row of this delivery is known.
    fn mark(&self, job: &Job<'_>) -> (String, String) {
        let event = job.telling.event();
        let is_new = |event: &str| event == "lead.created";
        if is_new(event) && self.events.iter().all(|event| is_new(event)) {
            return ("A".into(), job.telling.get("lead").into());
        }
        (self.behind(), format!("{event} {}", job.id))
    }

    /// The column behind the last one that is filled.
    fn behind(&self) -> String {
        match self.last() {
            b'Z' => "AA".into(),
            last => char::from(last.saturating_add(1)).into(),
        }
    }

    fn post(&self, step: Step, path: &str, body: &Value, token: &str) -> Next {
        Next::Ask(step, Request::Http(Http::json("POST", self.at(path), body).bearer(token)))
    }

    fn append(&self, job: &Job<'_>, token: &str) -> Next {
        let mapped = job.telling.map(&USUAL, &self.fields, LONGEST);
        let mut row: Vec<String> = (b'A'..=self.last())
            .map(|column| mapped.get(&char::from(column).to_string()).cloned().unwrap_or_default())
            .collect();
        let (column, mark) = self.mark(job);
        if column != "A" {
            row.push(mark);
        }
        let path = format!(
            "/values/{}:append?valueInputOption=RAW&insertDataOption=INSERT_ROWS&fields=updates",
            self.range("A1")
        );
        self.post(Step::with("append", ""), &path, &json!({ "majorDimension": "ROWS", "values": [row] }), token)
    }

    /// Appends nothing: the answer says where the table ends that rows are appended to. Neither the sheet's size, which
    /// counts blank rows, nor its last cell says that.
    fn end(&self, token: &str) -> Next {
        let path = format!("/values/{}:append?valueInputOption=RAW&fields=tableRange", self.range("A1"));
        self.post(Step::with("end", token), &path, &json!({ "values": [] }), token)
    }

    /// Reads one column of the last rows down to this one; `table` and what was `found` below are carried on.
    fn look(&self, column: &str, to: i64, found: &str, table: &str, token: &str) -> Next {
        let from = to.saturating_sub(LAST_ROWS).saturating_add(1).max(1);
        let range = self.range(&format!("{column}{from}:{column}{to}"));
        let url = self.at(&format!("/values/{range}?majorDimension=COLUMNS&prettyPrint=false"));
        let kept = format!("{from}\n{found}\n{table}\n{token}");
        Next::Ask(Step::with("look", kept), Request::Http(Http::get(url).bearer(token)))
    }

    /// Looks further up for rows of a person who was erased, and clears them at the end. Our id in `A` stays: a blank row
    /// would cut the table in two.
    fn erase(&self, from: i64, found: &str, table: &str, token: &str) -> Next {
        let whole = from <= 1;
        if !whole && last_row(table).saturating_sub(from) < ERASED_ROWS.saturating_sub(1) {
            return self.look("A", from.saturating_sub(1), found, table, token);
        }
        let step = Step::with("clear", if whole { "" } else { "more" });
        if found.is_empty() {
            return Self::erased(&step);
        }
        let last =
            table.rsplit([':', '!']).next().unwrap_or_default().trim_end_matches(|sign: char| sign.is_ascii_digit());
        // An empty column ends a table for the service; what we write goes on behind it, and the delivery's id last.
        let ours = self.behind();
        let last = if (last.len(), last) < (ours.len(), ours.as_str()) { ours.as_str() } else { last };
        let rows = found.split(',').filter(|row| !row.is_empty());
        let ranges: Vec<String> = rows.map(|row| format!("'{}'!B{row}:{last}{row}", self.sheet)).collect();
        self.post(step, "/values:batchClear", &json!({ "ranges": ranges }), token)
    }

    fn erased(step: &Step) -> Next {
        if step.kept.is_empty() { Ended::sent(None) } else { Ended::permanent(BY_HAND) }.into()
    }
}

impl Adapter for GoogleSheets {
    fn next(&self, job: &Job<'_>, step: &Step, answer: Option<&Answer>) -> Next {
        let Some((account, key)) = key_file(job.secret) else {
            return Ended::permanent("the secret is malformed").but(Outcome::Auth).into();
        };
        let Some(answer) = answer else {
            let text = self.claims(job, &account);
            let sign = Request::Sign { text: text.clone(), key };
            return Next::Ask(Step::with("sign", text), sign);
        };
        let body = answer.json();
        let code = text_at(&body, "/error/status").or_else(|| text_at(&body, "/error")).unwrap_or_default();
        match step.name {
            "sign" if answer.succeeded() => {
                let grant = "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer";
                let request = Http {
                    method: "POST",
                    url: self.token_url.clone(),
                    headers: vec![("content-type", "application/x-www-form-urlencoded".into())],
                    body: format!("grant_type={grant}&assertion={}.{}", step.kept, answer.body),
                };
                return Next::Ask(Step::with("token", ""), Request::Http(request));
            }
            "sign" => return Ended::permanent("the private key is malformed").but(Outcome::Auth).into(),
            // A token that is refused (400 invalid_grant, 401) is the account's fault and nothing of this lead.
            "token" if matches!(answer.status, 400..=403) => {
                return answer.by_status_and(&code).but(Outcome::Auth).into();
            }
            // A sheet that ends before the column has nothing in it.
            "look" if answer.status == 400 && !job.erases() => {}
            _ if !answer.succeeded() => {
                let ended = answer.by_status_with_token(&code_only(&code));
                // The spreadsheet or sheet is not there any more.
                return if answer.status == 404 { ended.but(Outcome::Gone) } else { ended }.into();
            }
            _ => {}
        }
        match step.name {
            // An answer that cannot be read, because it was too long, says nothing of what is in it.
            "end" | "look" if body.is_null() => Ended::retry(format!("{} without rows", answer.status)).into(),
            "token" => match text_at(&body, "/access_token") {
                Some(token) if job.attempt > 1 || job.erases() => self.end(&token),
                Some(token) => self.append(job, &token),
                None => Ended::retry(format!("{} without a token", answer.status)).into(),
            },
            "end" => match text_at(&body, "/tableRange") {
                Some(table) => {
                    let column = if job.erases() { "A".to_owned() } else { self.mark(job).0 };
                    self.look(&column, last_row(&table), "", &table, &step.kept)
                }
                None if job.erases() => Ended::permanent(BY_HAND).into(),
                None => self.append(job, &step.kept),
            },
            "look" => {
                let mut kept = step.kept.splitn(4, '\n');
                let mut part = || kept.next().unwrap_or_default();
                let (from, found, table, token) = (part().parse().unwrap_or(1), part(), part(), part());
                let mut column = body.pointer("/values/0").and_then(Value::as_array).into_iter().flatten();
                if job.erases() {
                    let (leads, mut found) = (job.telling.leads(), found.to_owned());
                    for (row, _) in (from..).zip(column).filter(|(_, cell)| leads.contains(cell)) {
                        found.push_str(&format!("{row},"));
                    }
                    return self.erase(from, &found, table, token);
                }
                let (_, mark) = self.mark(job);
                if column.any(|cell| cell.as_str() == Some(&mark)) {
                    return Ended::sent(None).into();
                }
                self.append(job, token)
            }
            "clear" if body.get("clearedRanges").is_some() => Self::erased(step),
            "clear" => Ended::retry(format!("{} without ranges", answer.status)).into(),
            "append" => match body.pointer("/updates/updatedRows").and_then(Value::as_i64) {
                Some(1..) => Ended::sent(text_at(&body, "/updates/updatedRange")).into(),
                _ => Ended::retry(format!("{} without a row", answer.status)).into(),
            },
            _ => lost(),
        }
    }

    fn supposed(&self, step: &Step) -> Answer {
        Answer::ok(match step.name {
            "sign" => preview::MASK,
            _ => r#"{"access_token":"•••","updates":{"updatedRows":1}}"#,
        })
    }
}
