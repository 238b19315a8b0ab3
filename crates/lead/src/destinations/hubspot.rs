//! HubSpot: a contact found or made, and a deal at its side; or the submission of a HubSpot form.
//!
//! A lead is known there as `DEAL`, or as `DEAL/CONTACT` where the contact was made for it: that one is ours to erase.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Fields, Secret, Settings,
    contract::{Adapter, Answer, BY_HAND, Ended, Http, Job, Next, Request, Step, lost, text_at},
    members::{members, usual_members},
    needs, problem,
};
use crate::delivery::Outcome;

/// The longest value, in characters.
const LONGEST: usize = 2_000;

/// The form whose submission is sent, in place of contact and deal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "HubspotForm"))]
#[serde(rename(deserialize = "HubspotForm!"), deny_unknown_fields)]
pub struct HubspotForm {
    /// The account's number.
    pub portal: String,
    /// The form's id.
    pub guid: String,
}

/// `kind = "hubspot"`
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct Hubspot {
    /// A short code.
    pub id: String,
    /// The token of a private app; a form needs none.
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "Secret::is_none"))]
    pub secret: Secret,
    /// The pipeline of deals; `default` when nothing is said.
    #[cfg_attr(feature = "schema", schemars(default = "default_pipeline"))]
    pub pipeline: String,
    /// The stage a deal begins at, by its internal id.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub stage: String,
    /// The stage of a closed lead; nothing is closed without it.
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "Option::is_none"))]
    pub closed_stage: Option<String>,
    /// Send a form's submission instead.
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "Option::is_none"))]
    pub form: Option<HubspotForm>,
    /// Another address of the service; its own when nothing is said.
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "String::is_empty"))]
    pub url: String,
    /// The events it hears of; all when nothing is said.
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "Vec::is_empty"))]
    pub events: Vec<String>,
    /// Properties: `deal.NAME`, `contact.NAME`; of a form just `NAME`. A deal's property that is `{{lead}}` tells repetitions.
    #[cfg_attr(feature = "schema", schemars(default, skip_serializing_if = "Fields::is_empty"))]
    pub fields: Fields,
}

members!(Hubspot: id; secret = Default::default, pipeline = default_pipeline, stage = Default::default, closed_stage = Default::default, form = Default::default, url = Default::default, events = Default::default, fields = Default::default);

fn default_pipeline() -> String {
    "default".into()
}

const USUAL_CONTACT: [(&str, &str); 3] = [("firstname", "{{name}}"), ("phone", "{{phone}}"), ("email", "{{email}}")];
const USUAL_DEAL: [(&str, &str); 2] = [("dealname", "{{reach}}"), ("description", "{{messages}}\n{{answers}}")];

impl Settings for Hubspot {
    usual_members!(fields);

    fn usual_events(&self) -> &'static [&'static str] {
        // A form takes submissions and no changes of them.
        if self.form.is_some() { &["lead.created"] } else { super::EVENTS }
    }

    fn problems(&self, secret: Option<&str>) -> Vec<(String, String)> {
        let mut found = if self.form.is_some() { vec![] } else { needs(secret, "a private app's token") };
        let is_id =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        match &self.form {
            Some(form) if !is_id(&form.portal) || !is_id(&form.guid) => {
                found.push(problem("form", "must be a portal's number and a form's id"));
            }
            None if self.stage.is_empty() => found.push(problem("stage", "must be the internal id of a deal's stage")),
            _ => {}
        }
        for field in self.fields.keys() {
            let known = field.starts_with("deal.") || field.starts_with("contact.");
            if self.form.is_none() && !known {
                found.push(problem(&format!("fields.{field}"), "must begin with deal. or contact."));
            }
        }
        found
    }

    fn takes_erasure(&self) -> bool {
        // Whose submission it was, a form does not say.
        self.form.is_none()
    }

    fn addresses(&self, _secret: Option<&str>) -> Vec<(&'static str, String)> {
        vec![("url", self.at(""))]
    }
}

impl Hubspot {
    fn at(&self, path: &str) -> String {
        let own = if self.form.is_some() { "https://api.hsforms.com" } else { "https://api.hubapi.com" };
        format!("{}{path}", if self.url.is_empty() { own } else { self.url.trim_end_matches('/') })
    }

    fn properties(&self, job: &Job<'_>, of: &str, usual: &[(&str, &str)]) -> BTreeMap<String, String> {
        let mut own = BTreeMap::new();
        for (field, template) in &self.fields {
            if let Some(name) = field.strip_prefix(of) {
                own.insert(name.to_owned(), template.clone());
            }
        }
        job.telling.map(usual, &own, LONGEST)
    }

    /// The deal's property that carries our lead's id, if the mapping has one.
    fn mark(&self) -> Option<&str> {
        super::mark(&self.fields, |field| field.strip_prefix("deal."))
    }

    fn ask(&self, job: &Job<'_>, step: Step, method: &'static str, path: &str, body: &Value) -> Next {
        Next::Ask(step, Request::Http(Http::json(method, self.at(path), body).bearer(job.secret)))
    }

    fn search(&self, job: &Job<'_>, step: Step, object: &str, filter: &Value) -> Next {
        let properties = [filter.get("propertyName")];
        let body = json!({ "filterGroups": [{ "filters": [filter] }], "properties": properties, "limit": 50 });
        self.ask(job, step, "POST", &format!("/crm/v3/objects/{object}/search"), &body)
    }

    /// With a mailbox the contact is found or made in one call; without one the phone is looked for first.
    fn contact(&self, job: &Job<'_>) -> Next {
        let properties = self.properties(job, "contact.", &USUAL_CONTACT);
        let (email, phone) = (job.telling.get("email"), job.telling.get("phone"));
        if !email.is_empty() {
            let body = json!({ "inputs": [{ "idProperty": "email", "id": email, "properties": properties }] });
            return self.ask(job, Step::with("upsert", ""), "POST", "/crm/v3/objects/contacts/batch/upsert", &body);
        }
        if !phone.is_empty() {
            let filter = json!({ "propertyName": "phone", "operator": "EQ", "value": phone });
            return self.search(job, Step::with("find_contact", ""), "contacts", &filter);
        }
        self.make_contact(job)
    }

    fn make_contact(&self, job: &Job<'_>) -> Next {
        let mut properties = self.properties(job, "contact.", &USUAL_CONTACT);
        // A contact without any property is refused: the way to reach the person is his name then.
        properties.entry("firstname".into()).or_insert_with(|| job.telling.get("reach").to_owned());
        self.ask(
            job,
            Step::with("make_contact", ""),
            "POST",
            "/crm/v3/objects/contacts",
            &json!({ "properties": properties }),
        )
    }

    /// `made` says that the contact was not there before.
    fn deal(&self, job: &Job<'_>, contact: &str, made: bool) -> Next {
        let mut properties = self.properties(job, "deal.", &USUAL_DEAL);
        properties.insert("pipeline".into(), self.pipeline.clone());
        properties.insert(
            "dealstage".into(),
            job.moved_to(&self.stage, self.closed_stage.as_deref()).unwrap_or(&self.stage).to_owned(),
        );
        let kind = json!([{ "associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 3 }]);
        let body = json!({ "properties": properties, "associations": [{ "to": { "id": contact }, "types": kind }] });
        let step = Step::with("deal", if made { contact } else { "" });
        self.ask(job, step, "POST", "/crm/v3/objects/deals", &body)
    }

    fn update(&self, job: &Job<'_>, remote: &str) -> Next {
        let deal = remote.split('/').next().unwrap_or_default();
        // The deal's name is the team's from now on.
        let usual = if job.says_more() { USUAL_DEAL.get(1..).unwrap_or_default() } else { &[] };
        let mut properties = self.properties(job, "deal.", usual);
        if let Some(stage) = job.moved_to(&self.stage, self.closed_stage.as_deref()) {
            properties.insert("dealstage".into(), stage.to_owned());
        }
        if properties.is_empty() {
            return Ended::sent(Some(remote.to_owned())).into();
        }
        let body = json!({ "properties": properties });
        self.ask(job, Step::with("update", remote), "PATCH", &format!("/crm/v3/objects/deals/{deal}"), &body)
    }

    /// Begins to erase: what we know of the person's deals and contacts, each with a comma behind it, and what can be
    /// found.
    fn forget(&self, job: &Job<'_>) -> Next {
        let (mut contacts, mut deals) = (String::new(), String::new());
        for remote in job.remotes() {
            let (deal, contact) = remote.split_once('/').unwrap_or((&remote, ""));
            deals.push_str(&format!("{deal},"));
            if !contact.is_empty() {
                contacts.push_str(&format!("{contact},"));
            }
        }
        let step = Step::with("find_deals", format!("{contacts}/{deals}"));
        let Some(mark) = self.mark() else { return self.erase(job, &step) };
        let filter = json!({ "propertyName": mark, "operator": "IN", "values": job.telling.leads() });
        self.search(job, step, "deals", &filter)
    }

    /// What was known and what was found: only a deal with our lead's id is ours.
    fn found(&self, job: &Job<'_>, step: &Step, body: &Value) -> Next {
        let (leads, (contacts, known)) = (job.telling.leads(), step.kept.split_once('/').unwrap_or_default());
        let mut deals = known.to_owned();
        for deal in body.pointer("/results").and_then(Value::as_array).into_iter().flatten() {
            let lead = deal.get("properties").and_then(|properties| properties.get(self.mark()?));
            if let (Some(id), true) = (text_at(deal, "/id"), lead.is_some_and(|lead| leads.contains(lead)))
                && !known.split(',').any(|known| known == id)
            {
                deals.push_str(&format!("{id},"));
            }
        }
        self.erase(job, &Step::with("find_deals", format!("{contacts}/{deals}")))
    }

    /// Erases contact after contact and then all the deals, which lead to them no more. A contact that was there before
    /// us, and knows now what we told of it, is left to people.
    fn erase(&self, job: &Job<'_>, step: &Step) -> Next {
        let (contacts, deals) = step.kept.split_once('/').unwrap_or_default();
        if let Some((contact, others)) = contacts.split_once(',') {
            let step = Step::with("erase_contact", format!("{others}/{deals}"));
            let body = json!({ "objectId": contact });
            return self.ask(job, step, "POST", "/crm/v3/objects/contacts/gdpr-delete", &body);
        }
        let inputs: Vec<Value> =
            deals.split(',').filter(|deal| !deal.is_empty()).map(|deal| json!({ "id": deal })).collect();
        if inputs.is_empty() {
            return Ended::permanent(BY_HAND).into();
        }
        let step = Step::with("erase_deals", if step.name == "erase_contact" { "with_contact" } else { "" });
        self.ask(job, step, "POST", "/crm/v3/objects/deals/batch/archive", &json!({ "inputs": inputs }))
    }

    /// After a request to erase: what is gone already is gone.
    fn erased(&self, job: &Job<'_>, step: &Step) -> Next {
        match (step.name, step.kept.as_str()) {
            ("erase_contact", _) => self.erase(job, step),
            (_, "") => Ended::permanent(BY_HAND).into(),
            _ => Ended::sent(None).into(),
        }
    }

    fn submission(&self, job: &Job<'_>, form: &HubspotForm) -> Next {
        let usual: Vec<(&str, &str)> = USUAL_CONTACT.to_vec();
        let fields: Vec<Value> = (job.telling.map(&usual, &self.fields, LONGEST).into_iter())
            .map(|(name, value)| json!({ "objectTypeId": "0-1", "name": name, "value": value }))
            .collect();
        let at = job.telling.get("opened_at").parse::<jiff::Timestamp>();
        let body = json!({
            "submittedAt": at.map_or(job.now.saturating_mul(1_000), jiff::Timestamp::as_millisecond).to_string(),
            "fields": fields,
            "context": { "pageUri": job.telling.get("page"), "pageName": job.telling.get("form") },
        });
        let way = if job.secret.is_empty() { "submit" } else { "secure/submit" };
        let path = format!("/submissions/v3/integration/{way}/{}/{}", form.portal, form.guid);
        let request = Http::json("POST", self.at(&path), &body);
        let request = if job.secret.is_empty() { request } else { request.bearer(job.secret) };
        Next::Ask(Step::with("submit", ""), Request::Http(request))
    }
}

impl Adapter for Hubspot {
    fn next(&self, job: &Job<'_>, step: &Step, answer: Option<&Answer>) -> Next {
        let Some(answer) = answer else {
            return match (&self.form, job.remote, self.mark()) {
                (Some(form), ..) => self.submission(job, form),
                (None, ..) if job.erases() => self.forget(job),
                (None, Some(remote), _) => self.update(job, remote),
                (None, None, Some(mark)) if job.may_be_there() => {
                    let filter = json!({ "propertyName": mark, "operator": "EQ", "value": job.telling.get("lead") });
                    self.search(job, Step::with("find_deal", ""), "deals", &filter)
                }
                (None, None, _) => self.contact(job),
            };
        };
        let body = answer.json();
        let said = text_at(&body, "/category").or_else(|| text_at(&body, "/errors/0/errorType")).unwrap_or_default();
        if !answer.succeeded() {
            return match (answer.status, step.name) {
                // The deal was deleted there: it is made anew.
                (404, "update") => self.contact(job),
                (404, "erase_contact" | "erase_deals") => self.erased(job, step),
                // The right to delete is another one than that to change.
                (403, "erase_contact" | "erase_deals") => answer.by_status_and(&said).into(),
                // Somebody changes the same record at this moment.
                (409 | 423 | 477, _) => {
                    answer.by_status_and(&said).but(Outcome::Retry { after: answer.retry_after }).into()
                }
                _ => answer.by_status_with_token(&said).into(),
            };
        }
        let first = text_at(&body, "/results/0/id");
        let refused = answer.status == 207 || body.get("numErrors").and_then(Value::as_i64).unwrap_or(0) > 0;
        let without = |what: &str| Next::from(Ended::retry(format!("{} without {what}", answer.status)));
        match (step.name, first) {
            // A page beside a good status is not the service's answer; to a deletion it is an empty one.
            ("erase_contact" | "erase_deals", _) if answer.status != 204 => without("a deletion"),
            ("find_deal" | "find_deals" | "find_contact", _) if body.get("results").is_none() => without("results"),
            ("update", _) if body.get("id").is_none() => without("an id"),
            ("submit", _) if !body.is_object() && !answer.body.is_empty() => without("a submission"),
            ("submit", _) => Ended::sent(None).into(),
            ("find_deal", Some(deal)) => self.update(job, &deal),
            ("find_deal", None) => self.contact(job),
            ("find_deals", _) => self.found(job, step, &body),
            ("erase_contact" | "erase_deals", _) => self.erased(job, step),
            ("find_contact", Some(contact)) => self.deal(job, &contact, false),
            ("find_contact", None) => self.make_contact(job),
            ("upsert", Some(contact)) => {
                self.deal(job, &contact, body.pointer("/results/0/new") == Some(&Value::Bool(true)))
            }
            // The answer is a success, and the one contact in it was refused.
            ("upsert", None) if refused => {
                Ended::permanent(format!("207 {}", super::contract::code_only(&said))).into()
            }
            ("upsert", None) => without("an id"),
            ("make_contact" | "deal", _) => match (step.name, text_at(&body, "/id")) {
                ("make_contact", Some(contact)) => self.deal(job, &contact, true),
                (_, Some(deal)) if step.kept.is_empty() => Ended::sent(Some(deal)).into(),
                (_, Some(deal)) => Ended::sent(Some(format!("{deal}/{}", step.kept))).into(),
                _ => without("an id"),
            },
            ("update", _) => Ended::sent(Some(step.kept.clone())).into(),
            _ => lost(),
        }
    }

    fn supposed(&self, step: &Step) -> Answer {
        Answer::ok(match step.name {
            "find_contact" => r#"{"results":[]}"#,
            _ => r#"{"id":"1","results":[{"id":"1"}]}"#,
        })
    }
}
