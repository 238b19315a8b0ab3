//! The hosted page's door: draws the form, takes native form posts, and records the same lead as
//! every other way.

use data_encoding::BASE64URL_NOPAD;
use lead::{
    form::{
        Answer, Answers, ConsentKind, Context, Question, branching,
        wire::{AnswersReply, AnswersRequest, Attribution, Contact, GivenConsent, InquiryReply, InquiryRequest},
    },
    intake,
};
use worker::{Headers, Request, ResponseBuilder};

use super::{Outcome, body, embed, embed::Published, inquiries};
use crate::{
    built, clock,
    environment::Environment,
    ledger::call::Arrival,
    pages::{
        hosted::{self, Again, Page, Visit},
        hosted_words::words,
    },
    rejection::{Failure, NOT_FOUND},
    routes::Found,
};

/// The fields of a posted form, in their order.
type Fields = Vec<(String, String)>;

/// What both methods begin with.
struct Asked {
    published: Published,
    site: String,
    lang: String,
    framed: bool,
    script: String,
}

/// `GET /f/{site}/{form}`
pub async fn show(found: &Found, request: &Request, environment: &Environment) -> Outcome {
    let asked = asked(found, request, environment).await?;
    let (id, secret) = minted()?;
    let visit = Visit {
        id,
        secret,
        landing: request.url()?.to_string(),
        referrer: request.headers().get("referer")?.unwrap_or_default(),
        answer_by: String::new(),
    };
    page(200, hosted::contact(&asked.page(), &visit, &Contact::default(), None))
}

/// `POST /f/{site}/{form}`
pub async fn post(found: &Found, mut request: Request, environment: &Environment) -> Outcome {
    let raw = body::text(&mut request, body::VISITOR).await?;
    let fields: Fields = url::form_urlencoded::parse(raw.as_bytes()).into_owned().collect();
    let asked = asked(found, &request, environment).await?;
    let visit = Visit {
        id: value(&fields, "id"),
        secret: value(&fields, "secret"),
        landing: value(&fields, "landing"),
        referrer: value(&fields, "referrer"),
        answer_by: value(&fields, "answer_by"),
    };
    // A host's own form need not bring an id and a secret; each post is then one inquiry.
    let usable = intake::is_uuid(&visit.id) && intake::is_secret(&visit.secret);
    let visit = if usable { visit } else { minted().map(|(id, secret)| Visit { id, secret, ..visit })? };
    match value(&fields, "step").as_str() {
        "question" => answer(&asked, visit, &fields, environment).await,
        _ => record(&asked, visit, &fields, &request, environment).await,
    }
}

/// A new id and secret.
fn minted() -> Result<(String, String), Failure> {
    Ok((clock::mint(clock::now())?, BASE64URL_NOPAD.encode(&clock::random::<16>()?)))
}

async fn record(asked: &Asked, visit: Visit, fields: &Fields, request: &Request, environment: &Environment) -> Outcome {
    let contact = Contact {
        name: value(fields, "name"),
        reach: value(fields, "reach"),
        message: value(fields, "message"),
        best_time: value(fields, "best_time"),
    };
    let page_of = asked.page();
    let consent = &asked.published.form.contact.consent;
    let ticked = value(fields, "consent") == "yes";
    if consent.kind == ConsentKind::Required && !ticked {
        return page(422, hosted::contact(&page_of, &visit, &contact, Some(Again::ConsentMissing)));
    }
    let inquiry = InquiryRequest {
        id: visit.id.clone(),
        secret: Some(visit.secret.clone()),
        site: asked.site.clone(),
        form: Some(asked.published.form.id.clone()),
        form_version: value(fields, "form_version").parse().ok(),
        lang: Some(asked.lang.clone()),
        tz: None,
        device: None,
        contact: contact.clone(),
        consent: Some(GivenConsent {
            processing: ticked || consent.kind == ConsentKind::Notice,
            marketing: value(fields, "marketing") == "yes",
            version: value(fields, "consent_version"),
        }),
        source: Attribution {
            page: visit.landing.clone(),
            landing: visit.landing.clone(),
            referrer: visit.referrer.clone(),
            ..Attribution::default()
        },
        fields: std::collections::BTreeMap::new(),
    };
    let raw = serde_json::to_string(&inquiry)?;
    let arrival = Arrival { channel: "hosted".into(), raw, ..inquiries::arrival(request)? };
    let mut response = inquiries::send(environment, inquiry, arrival).await?;
    match response.status_code() {
        200..=202 => {
            let reply: InquiryReply = response.json().await?;
            let visit = Visit { answer_by: asked.answer_by(&reply.answer_by), ..visit };
            asked.next(&visit, branching::next(&asked.published.form, &Answers::default(), &Context::default()))
        }
        422 => page(422, hosted::contact(&page_of, &visit, &contact, Some(Again::ContactMissing))),
        status => page(status, hosted::contact(&page_of, &visit, &contact, Some(Again::NotThrough))),
    }
}

async fn answer(asked: &Asked, visit: Visit, fields: &Fields, environment: &Environment) -> Outcome {
    let form = &asked.published.form;
    let question = form.question(&value(fields, "question")).ok_or(NOT_FOUND)?;
    let given: Option<Answer> = hosted::read_answer(question, fields);
    // Seconds since 1970 grow with every answer, also with one given after going back.
    let seq = u32::try_from(clock::now().as_second()).unwrap_or(u32::MAX);
    let message = AnswersRequest {
        site: asked.site.clone(),
        secret: visit.secret.clone(),
        seq,
        form_version: Some(form.version),
        answers: [(question.id.clone(), given)].into(),
    };
    let raw = serde_json::to_string(&message)?;
    let mut response = inquiries::send_answers(environment, &visit.id, message, raw).await?;
    if response.status_code() != 200 {
        // The lead is recorded whatever becomes of its answers: the visitor may go on from here.
        return asked.next(&visit, Some(question));
    }
    let reply: AnswersReply = response.json().await?;
    let next = reply.next.as_deref().and_then(|next| form.question(next));
    asked.next(&visit, next)
}

impl Asked {
    fn page(&self) -> Page<'_> {
        Page {
            form: &self.published.form,
            lang: &self.lang,
            site: &self.site,
            site_name: &self.published.site_name,
            framed: self.framed,
            css: built::HOSTED_CSS,
            script: &self.script,
        }
    }

    /// The next question, or the end.
    fn next(&self, visit: &Visit, question: Option<&Question>) -> Outcome {
        let form = &self.published.form;
        let Some(question) = question else { return page(200, hosted::thanks(&self.page(), visit)) };
        let passed = form.questions.iter().position(|candidate| candidate.id == question.id).unwrap_or(0);
        page(200, hosted::question(&self.page(), visit, question, (passed, form.questions.len())))
    }

    /// The deadline in words, in the workspace's own time: without script nobody knows the visitor's.
    fn answer_by(&self, at: &str) -> String {
        let zoned = at
            .parse::<jiff::Timestamp>()
            .ok()
            .and_then(|at| Some((at, jiff::tz::TimeZone::get(&self.published.time_zone).ok()?)))
            .map(|(at, zone)| at.to_zoned(zone));
        match (zoned, self.lang.as_str()) {
            (None, _) => words(&self.lang).soon.to_owned(),
            (Some(at), "ru") => at.strftime("до %H:%M %d.%m.%Y (%Q)").to_string(),
            (Some(at), _) => at.strftime("by %H:%M on %Y-%m-%d (%Q)").to_string(),
        }
    }
}

async fn asked(found: &Found, request: &Request, environment: &Environment) -> Result<Asked, Failure> {
    let site = found.param("site").to_owned();
    let published = embed::published(environment, &site, found.param("form"), None).await?;
    let url = request.url()?;
    let query = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let spoken =
        query("lang").or(request.headers().get("accept-language")?).unwrap_or_else(|| published.language.clone());
    let lang = if spoken.to_lowercase().starts_with("ru") { "ru" } else { "en" }.to_owned();
    let script = built::HOSTED_CSS.replace(".css", ".js");
    Ok(Asked { published, site, lang, framed: query("frame").is_some(), script })
}

fn value(fields: &Fields, name: &str) -> String {
    fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).unwrap_or_default()
}

fn page(status: u16, html: String) -> Outcome {
    let headers = Headers::new();
    headers.set("content-type", "text/html; charset=utf-8")?;
    headers.set("cache-control", "no-store")?;
    headers.set(
        "content-security-policy",
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; \
         img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors *",
    )?;
    headers.set("x-content-type-options", "nosniff")?;
    headers.set("referrer-policy", "strict-origin-when-cross-origin")?;
    Ok(ResponseBuilder::new().with_status(status).with_headers(headers).fixed(html.into_bytes()))
}
