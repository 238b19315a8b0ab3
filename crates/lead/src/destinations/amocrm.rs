//! A lead in amoCRM or Kommo (API v4): `leads/complex` makes lead and contact at once, in an explicit stage and
//! never in the bin for incoming leads; later events change the lead that is known.

use serde_json::{Map, Value, json};

use super::{
    Fields, Secret, Settings,
    contract::{Adapter, Answer, Ended, Http, Job, Next, Request, Step, code_only, text_at},
    members::{members, usual_members},
    needs, problem,
};
use crate::delivery::Outcome;

/// The longest value, in characters.
const LONGEST: usize = 250;

/// The longest note, in characters.
const LONGEST_NOTE: usize = 10_000;

/// What a lead is called, and the tracking fields every account has.
const USUAL: [(&str, &str); 9] = [
    ("name", "{{reach}}"),
    ("UTM_SOURCE", "{{network}}"),
    ("UTM_MEDIUM", "{{medium}}"),
    ("UTM_CAMPAIGN", "{{campaign}}"),
    ("UTM_CONTENT", "{{content}}"),
    ("UTM_TERM", "{{term}}"),
    ("REFERRER", "{{referrer}}"),
    ("contact.PHONE", "{{phone}}"),
    ("contact.EMAIL", "{{email}}"),
];

/// `kind = "amocrm"`
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct Amocrm {
    /// A short code.
    pub id: String,
    /// A long-lived token of an integration.
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "Secret::is_none"))]
    pub secret: Secret,
    /// The account's address, for example `https://company.amocrm.ru` or `https://company.kommo.com`.
    pub url: String,
    /// The pipeline.
    pub pipeline: i64,
    /// The stage a lead begins at, «Первый контакт».
    pub status: i64,
    /// The loss reason that a closed lead gets, from `GET /api/v4/leads/loss_reasons`; nothing is closed without it.
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "Option::is_none"))]
    pub loss_reason: Option<i64>,
    /// The events it hears of; all when nothing is said.
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "Vec::is_empty"))]
    pub events: Vec<String>,
    /// `name`, `price`, a field's number (`294471`) or code (`UTM_SOURCE`), the same of the contact after `contact.`.
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "Fields::is_empty"))]
    pub fields: Fields,
}

members!(Amocrm: id, url, pipeline, status; secret = Default::default, loss_reason = Default::default, events = Default::default, fields = Default::default);

impl Settings for Amocrm {
    usual_members!(fields);

    fn problems(&self, secret: Option<&str>) -> Vec<(String, String)> {
        let mut found = needs(secret, "a long-lived token");
        for field in self.fields.keys() {
            let code = field.strip_prefix("contact.").unwrap_or(field);
            let known = matches!(field.as_str(), "name" | "price" | "contact.first_name")
                || (!code.is_empty() && code.bytes().all(|byte| byte.is_ascii_digit()))
                || (!code.is_empty()
                    && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_'));
            if !known {
                found.push(problem(&format!("fields.{field}"), "must be name, price, a field's number or its code"));
            }
        }
        found
    }

    fn addresses(&self, _secret: Option<&str>) -> Vec<(&'static str, String)> {
        vec![("url", self.url.clone())]
    }
}

impl Amocrm {
    /// A lead's own members and its fields; the contact's likewise.
    fn mapped(&self, job: &Job<'_>, usual: &[(&str, &str)]) -> (Map<String, Value>, Map<String, Value>) {
        let (mut lead, mut contact) = (Map::new(), Map::new());
        let (mut lead_fields, mut contact_fields) = (Vec::new(), Vec::new());
        for (field, text) in job.telling.map(usual, &self.fields, LONGEST) {
            match field.as_str() {
                "name" => _ = lead.insert("name".into(), text.into()),
                "price" => _ = lead.insert("price".into(), text.parse::<i64>().unwrap_or(0).into()),
                "contact.first_name" => _ = contact.insert("first_name".into(), text.into()),
                _ => match field.strip_prefix("contact.") {
                    Some(code) => contact_fields.push(custom(code, &text)),
                    None => lead_fields.push(custom(&field, &text)),
                },
            }
        }
        let name = job.telling.get("name");
        if !contact.contains_key("first_name") && !name.is_empty() {
            contact.insert("first_name".into(), super::telling::cut(name, LONGEST).into());
        }
        // The service takes at most 40 values of an entity.
        lead_fields.truncate(40);
        contact_fields.truncate(40);
        for (entity, fields) in [(&mut lead, lead_fields), (&mut contact, contact_fields)] {
            if !fields.is_empty() {
                entity.insert("custom_fields_values".into(), fields.into());
            }
        }
        (lead, contact)
    }

    fn create(&self, job: &Job<'_>) -> Http {
        let (mut lead, contact) = self.mapped(job, &USUAL);
        let telling = job.telling;
        let sent_at = telling.get("opened_at").parse::<jiff::Timestamp>().map_or(job.now, jiff::Timestamp::as_second);
        lead.insert("pipeline_id".into(), self.pipeline.into());
        lead.insert("status_id".into(), self.status.into());
        self.close(job, &mut lead);
        lead.insert("request_id".into(), telling.get("lead").into());
        lead.insert(
            "_embedded".into(),
            json!({
                "contacts": [contact],
                "metadata": {
                    "category": "forms", "form_id": telling.get("form"), "form_name": telling.get("form"),
                    "form_page": telling.get("page"), "form_sent_at": sent_at, "referer": telling.get("referrer"),
                },
            }),
        );
        Http::json("POST", self.at("/api/v4/leads/complex"), &json!([lead])).bearer(job.secret)
    }

    /// 143 is every account's "closed and lost"; it goes with its reason, never into a bin without one.
    fn close(&self, job: &Job<'_>, lead: &mut Map<String, Value>) {
        if let (Some(reason), Some(true)) = (self.loss_reason, job.closes()) {
            lead.insert("status_id".into(), 143.into());
            lead.insert("loss_reason_id".into(), reason.into());
        }
    }

    fn update(&self, job: &Job<'_>, id: &str) -> Next {
        // The card's name and where it came from are the team's from now on.
        let (mut lead, _) = self.mapped(job, &[]);
        self.close(job, &mut lead);
        if job.closes() == Some(false) {
            lead.insert("pipeline_id".into(), self.pipeline.into());
            lead.insert("status_id".into(), self.status.into());
        }
        if lead.is_empty() {
            return self.note(job, "note", id);
        }
        let request = Http::json("PATCH", self.at(&format!("/api/v4/leads/{id}")), &Value::Object(lead));
        Next::Ask(Step::with("update", id), Request::Http(request.bearer(job.secret)))
    }

    /// What the visitor wrote stands beside the card as a note, in his own words: its fields are the team's. The step
    /// is `first_note` on a card that was made just now.
    fn note(&self, job: &Job<'_>, step: &'static str, id: &str) -> Next {
        let words = if step == "first_note" { "{{messages}}\n{{answers}}" } else { "{{message}}\n{{answers}}" };
        let text = job.telling.fill(words, &str::to_owned);
        let text = super::telling::cut(text.trim(), LONGEST_NOTE);
        if text.is_empty() || !job.says_more() {
            return Ended::sent(Some(id.to_owned())).into();
        }
        let body = json!([{ "note_type": "common", "params": { "text": text } }]);
        let request = Http::json("POST", self.at(&format!("/api/v4/leads/{id}/notes")), &body).bearer(job.secret);
        Next::Ask(Step::with(step, id), Request::Http(request))
    }

    /// True when one of the lead's fields carries our lead's id: a search finds it there.
    fn is_marked(&self) -> bool {
        super::mark(&self.fields, |field| (!field.starts_with("contact.")).then_some(field)).is_some()
    }

    fn search(&self, job: &Job<'_>) -> Http {
        let path = format!("/api/v4/leads?limit=1&query={}", job.telling.get("lead"));
        Http::get(self.at(&path)).bearer(job.secret)
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url.trim_end_matches('/'))
    }
}

fn custom(code: &str, text: &str) -> Value {
    let mut field = if code.bytes().all(|byte| byte.is_ascii_digit()) {
        json!({ "field_id": code.parse::<i64>().unwrap_or(0), "values": [{ "value": text }] })
    } else {
        json!({ "field_code": code, "values": [{ "value": text }] })
    };
    if matches!(code, "PHONE" | "EMAIL")
        && let Some(value) = field.pointer_mut("/values/0").and_then(Value::as_object_mut)
    {
        value.insert("enum_code".into(), "WORK".into());
    }
    field
}

impl Adapter for Amocrm {
    fn next(&self, job: &Job<'_>, step: &Step, answer: Option<&Answer>) -> Next {
        let create = || Next::Ask(Step::with("create", ""), Request::Http(self.create(job)));
        let Some(answer) = answer else {
            return match job.remote {
                Some(id) => self.update(job, id),
                None if job.may_be_there() && self.is_marked() => {
                    Next::Ask(Step::with("search", ""), Request::Http(self.search(job)))
                }
                None => create(),
            };
        };
        let body = answer.json();
        let is_noted = answer.succeeded() && body.pointer("/_embedded/notes").is_some();
        if step.name == "first_note" {
            // Sent again the card might stand there twice; what is missing on it stands on the desk.
            let said = if is_noted { "200".to_owned() } else { format!("{} for the note", answer.status) };
            return Ended { said, ..Ended::sent(Some(step.kept.clone())) }.into();
        }
        let code = text_at(&body, "/validation-errors/0/errors/0/code").unwrap_or_default();
        if !answer.succeeded() {
            return match (answer.status, step.name) {
                // The lead was deleted there: it is made anew. A search that is refused holds up nothing.
                (404, "update" | "note") | (400..=422, "search") if !matches!(answer.status, 401..=403 | 408) => {
                    create()
                }
                // 402 is an account that is not paid for.
                (402, _) => answer.by_status_and(&code).but(Outcome::Auth).into(),
                _ => answer.by_status_with_token(&code_only(&code)).into(),
            };
        }
        // A page beside a good status is not the service's answer.
        let without = |what: &str| Next::from(Ended::retry(format!("{} without {what}", answer.status)));
        // `merged` is the account's own control of duplicates: the id is the lead that it joined.
        match (step.name, text_at(&body, "/0/id")) {
            // The search may be for likeness: only a lead with our lead's id in it is ours.
            ("search", _) if answer.status != 204 && body.get("_embedded").is_none() => without("leads"),
            ("search", _) => match text_at(&body, "/_embedded/leads/0/id") {
                Some(id) if answer.body.contains(job.telling.get("lead")) => self.update(job, &id),
                _ => create(),
            },
            ("update", _) if body.get("id").is_none() => without("an id"),
            ("update", _) => self.note(job, "note", &step.kept),
            ("note", _) if !is_noted => without("a note"),
            ("note", _) => Ended::sent(Some(step.kept.clone())).into(),
            (_, Some(id)) => self.note(job, "first_note", &id),
            _ => without("an id"),
        }
    }

    fn supposed(&self, _step: &Step) -> Answer {
        Answer::ok(r#"[{"id":1,"merged":false}]"#)
    }
}
