//! The requests that a destination would make, for the one who maps its fields. No secret is in them: the
//! destination is asked with a mask in the secret's place, and supposes that the service agrees.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Destination,
    contract::{Job, Next, Request, Step},
    telling::Telling,
};
use crate::config::Config;

/// What stands in a preview for a secret.
pub const MASK: &str = "•••";

/// The most requests of one delivery: only erasing somebody with many cards needs more, and goes on at the next attempt;
/// a mistake of ours ends here.
pub const MOST_STEPS: usize = 12;

/// One request, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// `POST`, `PATCH`, `GET`; `SMTP`, `EMAIL` or `SIGN` for what is no HTTP request.
    pub method: String,
    /// Where.
    pub url: String,
    /// Headers, one a line.
    pub headers: Vec<String>,
    /// The body.
    pub body: String,
}

/// The requests for this body of an event.
pub fn preview(destination: &Destination, body: &str, now: i64) -> Vec<Shown> {
    let telling = Telling::of(body);
    let settings = destination.settings();
    let mask = settings.mask();
    let job = Job { id: "msg_preview", telling: &telling, secret: &mask, remote: None, attempt: 1, now };
    let mut shown = Vec::new();
    let mut next = settings.next(&job, &Step::begin(), None);
    while let Next::Ask(step, request) = next {
        shown.push(show(&request));
        if shown.len() >= MOST_STEPS {
            break;
        }
        next = settings.next(&job, &step, Some(&settings.supposed(&step)));
    }
    shown
}

/// The body of an event, with empty places for what every workspace has its own of.
const SAMPLE: &str = r#"{
"type":"lead.created","timestamp":"","data":{"id":"01890a5d-ac96-774b-bcce-b302099a8057","workspace":"","language":"",
"time_zone":"","stage":"first_contact","status":"open","close_reason":null,"do_not_contact":false,"opened_at":"",
"answer_by":"","priority":"AAA","reachable":["AAA"],"rank":1,"filter":"urgent","assigned_to":"","assigned_name":"",
"rule":"catch-all","source":{"kind":"ad_campaign","channel":"paid","network":"yandex","campaign":"brand","medium":"cpc",
"content":"b1","term":"table","click":"yclid","click_id":"1234567890","referrer":"ya.ru","landing":"/price","site":"",
"form":""},"contact":{"name":"","phones":[{"raw":"8 999 123-45-67","e164":"+79991234567"}],
"emails":["ivan@example.com"],"messengers":["telegram:@ivan"],"other":[]},"message":"",
"answers":[{"question":"timing","asked":"","answered":""}],
"facts":[{"key":"need","value":"explicit","known":"yes"}],"files":[],"best_time":"10:00",
"page":"https://shop.example/price","fields":{"plan":"pro"}}}"#;

/// A lead as it might be, for a preview before the first one has come.
pub fn sample(config: &Config, at: &str) -> String {
    let (name, message, asked, answered) = if config.language == "en" {
        ("Ivan Petrov", "How much is a table for six?", "When do you plan to solve this at all?", "Within a month")
    } else {
        (
            "Иван Петров",
            "Сколько стоит стол на шестерых?",
            "Когда вообще планируете решать этот вопрос?",
            "В ближайший месяц",
        )
    };
    let member = config.member(&config.catch_all.assign).map_or("", |member| &member.name);
    let mut sample: Value = serde_json::from_str(SAMPLE).unwrap_or_default();
    for (place, text) in [
        ("/timestamp", at),
        ("/data/opened_at", at),
        ("/data/answer_by", at),
        ("/data/workspace", &config.name),
        ("/data/language", &config.language),
        ("/data/time_zone", &config.time_zone),
        ("/data/assigned_to", &config.catch_all.assign),
        ("/data/assigned_name", member),
        ("/data/source/site", config.sites.first().map_or("", |site| &site.id)),
        ("/data/source/form", config.forms.first().map_or("", |form| &form.id)),
        ("/data/contact/name", name),
        ("/data/message", message),
        ("/data/answers/0/asked", asked),
        ("/data/answers/0/answered", answered),
    ] {
        if let Some(value) = sample.pointer_mut(place) {
            *value = text.into();
        }
    }
    sample.to_string()
}

fn show(request: &Request) -> Shown {
    match request {
        Request::Http(http) => Shown {
            method: http.method.into(),
            url: http.url.clone(),
            headers: http.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect(),
            body: serde_json::from_str::<Value>(&http.body)
                .and_then(|value| serde_json::to_string_pretty(&value))
                .unwrap_or_else(|_| http.body.clone()),
        },
        Request::Sign { .. } => {
            Shown { method: "SIGN".into(), url: "RS256".into(), headers: vec![], body: String::new() }
        }
        Request::Smtp(dialogue) => Shown {
            method: "SMTP".into(),
            url: format!("{}:{}", dialogue.host, dialogue.port),
            headers: vec![],
            body: dialogue.mime().to_owned(),
        },
        Request::Letter(letter) => Shown {
            method: "EMAIL".into(),
            url: "EMAIL".into(),
            headers: vec![],
            body: serde_json::to_string_pretty(&letter.shown()).unwrap_or_default(),
        },
    }
}
