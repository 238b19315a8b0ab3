//! HubSpot: a contact found or made, and a deal at its side; or the submission of a HubSpot form.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Fields, Secret, Settings,
    contract::{Adapter, Answer, Ended, Http, Job, Next, Request, Step, lost, text_at},
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
const USUAL_DEAL: [(&str, &str); 2] = [("dealname", "{{reach}}"), ("description", "{{message}}\n{{answers}}")];

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

    fn search(&self, job: &Job<'_>, step: Step, object: &str, property: &str, value: &str) -> Next {
        let filter = json!({ "propertyName": property, "operator": "EQ", "value": value });
        let body = json!({ "filterGroups": [{ "filters": [filter] }], "properties": [property], "limit": 1 });
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
            return self.search(job, Step::with("find_contact", ""), "contacts", "phone", phone);
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

    fn deal(&self, job: &Job<'_>, contact: &str) -> Next {
        let mut properties = self.properties(job, "deal.", &USUAL_DEAL);
        properties.insert("pipeline".into(), self.pipeline.clone());
        properties.insert("dealstage".into(), self.stage.clone());
        let kind = json!([{ "associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 3 }]);
        let body = json!({ "properties": properties, "associations": [{ "to": { "id": contact }, "types": kind }] });
        self.ask(job, Step::with("deal", contact), "POST", "/crm/v3/objects/deals", &body)
    }

    fn update(&self, job: &Job<'_>, deal: &str) -> Next {
        let mut properties = self.properties(job, "deal.", &USUAL_DEAL);
        match (job.telling.event(), &self.closed_stage) {
            ("lead.closed", Some(stage)) => _ = properties.insert("dealstage".into(), stage.clone()),
            ("lead.reopened", _) => _ = properties.insert("dealstage".into(), self.stage.clone()),
            _ => {}
        }
        let body = json!({ "properties": properties });
        self.ask(job, Step::with("update", deal), "PATCH", &format!("/crm/v3/objects/deals/{deal}"), &body)
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
                (None, Some(deal), _) => self.update(job, deal),
                (None, None, Some(mark)) if job.may_be_there() => {
                    self.search(job, Step::with("find_deal", ""), "deals", mark, job.telling.get("lead"))
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
                // Somebody changes the same record at this moment.
                (409 | 423 | 477, _) => {
                    answer.by_status_and(&said).but(Outcome::Retry { after: answer.retry_after }).into()
                }
                _ => answer.by_status_with_token(&said).into(),
            };
        }
        let first = text_at(&body, "/results/0/id");
        let refused = answer.status == 207 || body.get("numErrors").and_then(Value::as_i64).unwrap_or(0) > 0;
        match (step.name, first) {
            ("submit", _) => Ended::sent(None).into(),
            ("find_deal", Some(deal)) => self.update(job, &deal),
            ("find_deal", None) => self.contact(job),
            ("find_contact", Some(contact)) => self.deal(job, &contact),
            ("find_contact", None) => self.make_contact(job),
            ("upsert", Some(contact)) => self.deal(job, &contact),
            // The answer is a success, and the one contact in it was refused.
            ("upsert", None) if refused => {
                Ended::permanent(format!("207 {}", super::contract::code_only(&said))).into()
            }
            ("upsert", None) => Ended::retry(format!("{} without an id", answer.status)).into(),
            ("make_contact" | "deal", _) => match (step.name, text_at(&body, "/id")) {
                ("make_contact", Some(contact)) => self.deal(job, &contact),
                (_, Some(deal)) => Ended::sent(Some(deal)).into(),
                _ => Ended::retry(format!("{} without an id", answer.status)).into(),
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
