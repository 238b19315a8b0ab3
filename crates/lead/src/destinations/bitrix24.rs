//! A lead or deal in Bitrix24 by an inbound webhook, whose address is the secret. Nothing there tells a repetition,
//! so whatever may have arrived is looked for before it is sent again.

use serde_json::{Map, Value, json};

use super::{
    Fields, Secret, Settings,
    contract::{Adapter, Answer, Ended, Http, Job, Next, Request, Step, lost, text_at},
    members::{members, usual_members},
    needs, problem,
};
use crate::delivery::Outcome;

/// The longest value, in characters.
const LONGEST: usize = 2_000;

/// By what our leads are known there.
const ORIGINATOR: &str = "first-contact";

/// The longest values, in characters, where a field takes less.
const LIMITS: [(&str, usize); 2] = [("title", 255), ("name", 50)];

/// What goes on a card that is there when the visitor has said more.
const NEWER: [(&str, &str); 1] = [COMMENTS];

const COMMENTS: (&str, &str) = ("comments", "{{messages}}\n{{answers}}");

const USUAL: [(&str, &str); 10] = [
    ("title", "{{reach}}"),
    ("name", "{{name}}"),
    ("sourceDescription", "{{channel}} {{network}} {{landing}}"),
    COMMENTS,
    ("utmSource", "{{network}}"),
    ("utmMedium", "{{medium}}"),
    ("utmCampaign", "{{campaign}}"),
    ("utmContent", "{{content}}"),
    ("utmTerm", "{{term}}"),
    ("sourceId", "WEB"),
];

/// `kind = "bitrix24"`
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct Bitrix24 {
    /// A short code.
    pub id: String,
    /// The webhook's address, `https://PORTAL/rest/USER/CODE/`.
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "Secret::is_none"))]
    pub secret: Secret,
    /// `1` makes leads, `2` deals where the portal works without leads; leads when nothing is said.
    #[cfg_attr(feature = "schema", schemars(default = "leads"))]
    pub entity: u8,
    /// The stage it begins at; `NEW` when nothing is said.
    #[cfg_attr(feature = "schema", schemars(default = "new"))]
    pub stage: String,
    /// The stage of a closed lead; nothing is closed without it.
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "Option::is_none"))]
    pub closed_stage: Option<String>,
    /// The events it hears of; all when nothing is said.
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "Vec::is_empty"))]
    pub events: Vec<String>,
    /// Names of fields as `crm.item.add` takes them, for example `ufCrm_PRIORITY`.
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "Fields::is_empty"))]
    pub fields: Fields,
}

members!(Bitrix24: id; secret = Default::default, entity = leads, stage = new, closed_stage = Default::default, events = Default::default, fields = Default::default);

fn leads() -> u8 {
    1
}

fn new() -> String {
    "NEW".into()
}

impl Settings for Bitrix24 {
    usual_members!(fields);

    fn problems(&self, secret: Option<&str>) -> Vec<(String, String)> {
        let mut found = needs(secret, "the webhook's address");
        if secret.is_some_and(|secret| !secret.contains("/rest/")) {
            found.push(problem("secret", "must be an address with /rest/USER/CODE/"));
        }
        if !matches!(self.entity, 1 | 2) {
            found.push(problem("entity", "must be 1 (leads) or 2 (deals)"));
        }
        for field in self.fields.keys() {
            let taken = ["originatorId", "originId", "fm", "id", "stageId"].contains(&field.as_str());
            if taken || !field.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
                found.push(problem(&format!("fields.{field}"), "is not a field that can be mapped"));
            }
        }
        found
    }

    fn takes_erasure(&self) -> bool {
        true
    }

    fn addresses(&self, secret: Option<&str>) -> Vec<(&'static str, String)> {
        secret.map(|secret| ("secret", secret.to_owned())).into_iter().collect()
    }

    fn mask(&self) -> String {
        format!("https://PORTAL/rest/{}/", super::preview::MASK)
    }
}

impl Bitrix24 {
    fn call(job: &Job<'_>, method: &str, body: &Value) -> Request {
        Request::Http(Http::json("POST", format!("{}/{method}.json", job.secret.trim_end_matches('/')), body))
    }

    fn fields(&self, job: &Job<'_>, usual: &[(&str, &str)]) -> Map<String, Value> {
        let mut fields = Map::new();
        for (field, text) in job.telling.map(usual, &self.fields, LONGEST) {
            // What is marked up there, links and pictures among it, was typed by strangers.
            let text = if field == "comments" { text.replace('[', "[\u{200b}") } else { text };
            let text = super::telling::cut(&text, longest(&field));
            fields.insert(field, text.into());
        }
        fields
    }

    /// Makes a lead, or a deal at the side of a contact: a deal itself holds no phone and no mailbox. A contact that is
    /// there is looked for, which also tells one that an earlier attempt has made.
    fn add(&self, job: &Job<'_>) -> Next {
        let (phone, email) = (job.telling.get("phone"), job.telling.get("email"));
        let (kind, value) = if phone.is_empty() { ("EMAIL", email) } else { ("PHONE", phone) };
        if self.entity == 1 || value.is_empty() {
            return self.card(job, None);
        }
        let body = json!({ "entity_type": "CONTACT", "type": kind, "values": [value] });
        Next::Ask(Step::with("find_contact", ""), Self::call(job, "crm.duplicate.findbycomm", &body))
    }

    fn contact(job: &Job<'_>) -> Next {
        let name = [job.telling.get("name"), job.telling.get("reach")].into_iter().find(|name| !name.is_empty());
        let mut fields = Map::new();
        fields.insert("name".into(), name.map(|name| super::telling::cut(name, longest("name"))).into());
        Self::make(job, "add_contact", 3, fields)
    }

    fn card(&self, job: &Job<'_>, contact: Option<String>) -> Next {
        let mut fields = self.fields(job, &USUAL);
        fields.insert(
            "stageId".into(),
            job.moved_to(&self.stage, self.closed_stage.as_deref()).unwrap_or(&self.stage).into(),
        );
        if let Some(contact) = contact {
            fields.insert("contactIds".into(), json!([number(&contact)]));
        }
        Self::make(job, "add", self.entity, fields)
    }

    fn make(job: &Job<'_>, step: &'static str, entity: u8, mut fields: Map<String, Value>) -> Next {
        let ways = [("PHONE", job.telling.get("phone")), ("EMAIL", job.telling.get("email"))];
        let ways = ways.into_iter().filter(|(_, value)| !value.is_empty());
        let ways: Vec<Value> =
            ways.map(|(kind, value)| json!({ "typeId": kind, "valueType": "WORK", "value": value })).collect();
        if entity != 2 && !ways.is_empty() {
            fields.insert("fm".into(), ways.into());
        }
        fields.insert("opened".into(), "N".into());
        fields.insert("originatorId".into(), ORIGINATOR.into());
        fields.insert("originId".into(), job.telling.get("lead").into());
        let body = json!({ "entityTypeId": entity, "fields": fields });
        Next::Ask(Step::with(step, ""), Self::call(job, "crm.item.add", &body))
    }

    fn update(&self, job: &Job<'_>, id: &str) -> Next {
        // Phone and mailbox would stand on the card once more at every update; title, name and notes are the team's
        // from now on, unless there is something new that the visitor said.
        let usual = if job.says_more() { NEWER.as_slice() } else { &[] };
        let mut fields = self.fields(job, usual);
        if let Some(stage) = job.moved_to(&self.stage, self.closed_stage.as_deref()) {
            fields.insert("stageId".into(), stage.into());
        }
        if fields.is_empty() {
            return Ended::sent(Some(id.to_owned())).into();
        }
        let body = json!({ "entityTypeId": self.entity, "id": number(id), "fields": fields });
        Next::Ask(Step::with("update", id), Self::call(job, "crm.item.update", &body))
    }

    fn search(job: &Job<'_>, step: Step, entity: u8) -> Next {
        let filter = json!({ "=originatorId": ORIGINATOR, "@originId": job.telling.leads() });
        let body = json!({ "entityTypeId": entity, "select": ["id", "originId"], "filter": filter });
        Next::Ask(step, Self::call(job, "crm.item.list", &body))
    }

    /// Deletes the first of these cards, each with a comma behind it and a contact with a `c` before it.
    fn erase(&self, job: &Job<'_>, cards: &str) -> Next {
        let Some((card, others)) = cards.split_once(',') else { return Ended::sent(None).into() };
        let (entity, id) = card.strip_prefix('c').map_or((self.entity, card), |contact| (3, contact));
        let body = json!({ "entityTypeId": entity, "id": number(id) });
        Next::Ask(Step::with("erase", others), Self::call(job, "crm.item.delete", &body))
    }

    /// What a search has found. A filter that is not understood there is ignored: only a card with our lead's id is ours.
    fn found(&self, job: &Job<'_>, step: &Step, items: &[Value]) -> Next {
        let leads = job.telling.leads();
        let ours = items.iter().filter(|item| item.get("originId").is_some_and(|origin| leads.contains(origin)));
        let mut ids = ours.filter_map(|item| text_at(item, "/id"));
        if step.name == "search" {
            return ids.next().map_or_else(|| self.add(job), |id| self.update(job, &id));
        }
        let mut cards = step.kept.clone();
        for id in ids {
            let sign = if step.name == "find_cards" { "" } else { "c" };
            cards.push_str(&format!("{sign}{id},"));
        }
        if step.name == "find_contacts" {
            return self.erase(job, &cards);
        }
        // What the contact of a lead would hold stands on the lead itself.
        if self.entity == 1 {
            self.erase(job, &cards)
        } else {
            Self::search(job, Step::with("find_contacts", cards), 3)
        }
    }
}

/// The longest value of a field.
fn longest(field: &str) -> usize {
    LIMITS.iter().find(|(limited, _)| *limited == field).map_or(LONGEST, |(_, longest)| *longest)
}

/// An id, which is a number there.
fn number(id: &str) -> i64 {
    id.parse().unwrap_or(0)
}

impl Adapter for Bitrix24 {
    fn next(&self, job: &Job<'_>, step: &Step, answer: Option<&Answer>) -> Next {
        let Some(answer) = answer else {
            return match job.remote {
                _ if job.erases() => Self::search(job, Step::with("find_cards", ""), self.entity),
                Some(id) => self.update(job, id),
                None if job.may_be_there() => Self::search(job, Step::with("search", ""), self.entity),
                None => self.add(job),
            };
        };
        let body = answer.json();
        let code = text_at(&body, "/error").unwrap_or_default();
        if code.is_empty() && answer.succeeded() {
            return match step.name {
                "search" | "find_cards" | "find_contacts" => {
                    match body.pointer("/result/items").and_then(Value::as_array) {
                        Some(items) => self.found(job, step, items),
                        None => Ended::retry(format!("{} without a result", answer.status)).into(),
                    }
                }
                "find_contact" if body.get("result").is_some() => match text_at(&body, "/result/CONTACT/0") {
                    Some(contact) => self.card(job, Some(contact)),
                    None => Self::contact(job),
                },
                "add" | "add_contact" => match text_at(&body, "/result/item/id") {
                    Some(contact) if step.name == "add_contact" => self.card(job, Some(contact)),
                    Some(id) => Ended::sent(Some(id)).into(),
                    None => Ended::retry(format!("{} without an id", answer.status)).into(),
                },
                "update" if body.get("result").is_some() => Ended::sent(Some(step.kept.clone())).into(),
                "erase" if body.get("result").is_some() => self.erase(job, &step.kept),
                "update" | "find_contact" | "erase" => {
                    Ended::retry(format!("{} without a result", answer.status)).into()
                }
                _ => lost(),
            };
        }
        let ended = answer.by_status_and(&code);
        match code.to_ascii_uppercase().as_str() {
            "QUERY_LIMIT_EXCEEDED" | "OVERLOAD_LIMIT" | "INTERNAL_SERVER_ERROR" => {
                Ended::retry(ended.said).but(Outcome::Retry { after: answer.retry_after }).into()
            }
            "OPERATION_TIME_LIMIT" => {
                let free_at = body.pointer("/time/operating_reset_at").and_then(Value::as_i64);
                let after = free_at.map(|at| at.saturating_sub(job.now)).or(answer.retry_after);
                ended.but(Outcome::Retry { after }).into()
            }
            // Gone already, or for people to delete: the right to change cards is another one.
            "NOT_FOUND" if step.name == "erase" => self.erase(job, &step.kept),
            "ACCESS_DENIED" if step.name == "erase" => ended.but(Outcome::Permanent).into(),
            "NO_AUTH_FOUND"
            | "EXPIRED_TOKEN"
            | "INVALID_CREDENTIALS"
            | "INSUFFICIENT_SCOPE"
            | "ACCESS_DENIED"
            | "INVALID_TOKEN"
            | "PAYMENT_REQUIRED" => ended.but(Outcome::Auth).into(),
            // The card was deleted there: it is made anew.
            "NOT_FOUND" if step.name == "update" => self.add(job),
            // An error beside a good status is an error all the same.
            _ if answer.succeeded() => ended.but(Outcome::Permanent).into(),
            _ => answer.by_status_with_token(&code).into(),
        }
    }

    fn supposed(&self, _step: &Step) -> Answer {
        Answer::ok(r#"{"result":{"item":{"id":1}}}"#)
    }
}
