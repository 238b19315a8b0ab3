//! The hosted page's door: draws the form, takes native form posts, and records the same lead as
//! every other way. The questions that follow are in [`super::hosted_step`].

use base64ct::{Base64UrlUnpadded, Encoding};
use lead::{
    form::{
        ConsentKind, Form,
        wire::{Attribution, Contact, GivenConsent, InquiryRequest},
    },
    intake,
    zone::zone,
};
use url::Url;
use worker::{Headers, Request, ResponseBuilder};

use super::{
    Outcome, attachments, body, embed,
    embed::Published,
    hosted_guard,
    hosted_step::{self, Step},
    inquiries,
    multipart::{self, Parts},
    rate,
};
use crate::{
    built, clock,
    environment::{self, Environment},
    ledger::call::{Arrival, Said},
    pages::{
        hosted::{self, Again, Page, Visit},
        hosted_words,
    },
    rejection::{Failure, KEY_UNKNOWN, NOT_FOUND, TOO_LARGE, TOO_OFTEN, UNAVAILABLE},
    routes::Found,
};

/// The fields of a native form stand before its file.
const FIELDS: usize = 32 * 1024;

/// What a browser's native form has posted.
pub(super) struct Posted {
    /// The fields, in their order.
    pub(super) fields: Vec<(String, String)>,
    /// A file: its name and content.
    pub(super) file: Option<(String, Vec<u8>)>,
    /// True when there was a file, too large to be read.
    pub(super) too_large: bool,
}

/// What both methods begin with.
pub(super) struct Asked {
    pub(super) published: Published,
    pub(super) site: String,
    pub(super) network: String,
    lang: String,
    framed: bool,
    script: String,
    /// True when nobody could say what the form is.
    is_bare: bool,
}

/// `GET /f/{site}/{form}`
pub async fn show(found: &Found, request: &Request, environment: &Environment) -> Outcome {
    let asked = asked(found, request, environment, None).await?;
    let (id, secret) = minted()?;
    let visit = Visit {
        id,
        secret,
        landing: request.url()?.to_string(),
        referrer: request.headers().get("referer")?.unwrap_or_default(),
        answer_by: String::new(),
        shown: hosted_guard::shown(environment)?,
    };
    asked.respond(200, hosted::contact(&asked.page(), &visit, &Contact::default(), None))
}

/// `POST /f/{site}/{form}`
pub async fn post(found: &Found, mut request: Request, environment: &Environment) -> Outcome {
    let posted = Posted::read(&mut request).await?;
    // A visitor who began on a version goes on with it, whatever is published meanwhile.
    let version = posted.value("form_version").parse().ok();
    let asks = posted.value("step") == "question";
    let asked = match asked(found, &request, environment, version).await {
        Err(failure) if !asks && !matches!(&failure, Failure::Rejected(why) if *why == KEY_UNKNOWN) => {
            // Whoever can be reached is a lead, whatever has become of the form or of those who know it.
            let form = Form::bare(found.param("form"), version.unwrap_or_default());
            Asked { is_bare: true, ..Asked::of(found, &request, Published::bare(form))? }
        }
        asked => asked?,
    };
    let visit = Visit {
        id: posted.value("id"),
        secret: posted.value("secret"),
        landing: posted.value("landing"),
        referrer: posted.value("referrer"),
        answer_by: posted.value("answer_by"),
        shown: posted.value(hosted_guard::SHOWN),
    };
    // A host's own form need not bring an id and a secret; each post is then one inquiry.
    let usable = intake::is_uuid(&visit.id) && intake::is_secret(&visit.secret);
    let visit = if usable { visit } else { minted().map(|(id, secret)| Visit { id, secret, ..visit })? };
    if asks {
        hosted_step::answer(&asked, visit, &posted, environment).await
    } else {
        record(&asked, visit, &posted, &request, environment).await
    }
}

/// A new id and secret.
fn minted() -> Result<(String, String), Failure> {
    Ok((clock::mint(clock::now())?, Base64UrlUnpadded::encode_string(&clock::random::<16>()?)))
}

async fn record(asked: &Asked, visit: Visit, posted: &Posted, request: &Request, environment: &Environment) -> Outcome {
    let contact = Contact {
        name: posted.value("name"),
        reach: posted.value("reach"),
        message: posted.value("message"),
        best_time: posted.value("best_time"),
    };
    let page = asked.page();
    let consent = &asked.published.form.contact.consent;
    let ticked = posted.value("consent") == "yes";
    if consent.kind == ConsentKind::Required && !ticked {
        return asked.respond(422, hosted::contact(&page, &visit, &contact, Some(Again::ConsentMissing)));
    }
    let arrival = inquiries::arrival(request)?;
    let inquiry = InquiryRequest {
        id: visit.id.clone(),
        secret: Some(visit.secret.clone()),
        site: asked.site.clone(),
        form: Some(asked.published.form.id.clone()),
        form_version: Some(asked.published.form.version),
        lang: Some(asked.lang.clone()),
        tz: None,
        device: Some(device(&arrival.user_agent).to_owned()),
        contact: contact.clone(),
        consent: Some(GivenConsent {
            processing: ticked || (consent.kind == ConsentKind::Notice && !asked.is_bare),
            marketing: posted.value("marketing") == "yes",
            version: posted.value("consent_version"),
        }),
        source: Attribution {
            page: visit.landing.clone(),
            landing: visit.landing.clone(),
            referrer: visit.referrer.clone(),
            ..Attribution::default()
        },
        fields: visit.fields(),
        took: hosted_guard::took(environment, posted)?,
        trap: posted.value(hosted_guard::TRAP),
        ..InquiryRequest::default()
    };
    let raw = serde_json::to_string(&inquiry)?;
    let arrival = Arrival { channel: "hosted".into(), raw, ..arrival };
    let response = match inquiries::send(environment, &inquiry.site, arrival).await {
        // What was typed stays on the page: in a moment it goes through.
        Err(Failure::Rejected(rejection)) if [TOO_OFTEN.code, UNAVAILABLE.code].contains(&rejection.code) => {
            let again = hosted::contact(&page, &visit, &contact, Some(Again::NotThrough));
            let mut response = asked.respond(rejection.status, again)?;
            if let Some(seconds) = rejection.retry_after {
                response.headers_mut().set("retry-after", &seconds.to_string())?;
            }
            return Ok(response);
        }
        sent => sent?,
    };
    match response.status_code() {
        200..=202 => {
            let is_new = response.status_code() != 200;
            // What is kept in the spill has no deadline yet.
            let reply: serde_json::Value = environment::read(response).await?;
            let by = reply.get("answer_by").and_then(serde_json::Value::as_str).unwrap_or_default();
            let visit = Visit { answer_by: asked.answer_by(by), ..visit };
            let said = Said { request: inquiry, ..Said::default() };
            // A page that was loaded again has sent nothing off.
            let steps: &[&str] = if is_new { &["open", "contact", "minted"] } else { &[] };
            let counted = steps.iter().map(|step| (*step).to_owned()).collect();
            hosted_step::go_on(Step { asked, visit: &visit, said: &said, environment }, counted).await
        }
        422 => asked.respond(422, hosted::contact(&page, &visit, &contact, Some(Again::ContactMissing))),
        status => asked.respond(status, hosted::contact(&page, &visit, &contact, Some(Again::NotThrough))),
    }
}

/// The device as far as its browser names it.
fn device(user_agent: &str) -> &'static str {
    let says = |word: &str| user_agent.contains(word);
    if says("iPad") || says("Tablet") || (says("Android") && !says("Mobile")) {
        "tablet"
    } else if says("Mobi") || says("iPhone") {
        "phone"
    } else {
        "computer"
    }
}

impl Posted {
    /// Reads a native form, with its file if it has one. Of a file that is too large only the fields
    /// before it are read, so that the question can be asked again.
    async fn read(request: &mut Request) -> Result<Self, Failure> {
        let content_type = request.headers().get("content-type")?.unwrap_or_default();
        let Some(boundary) = multipart::boundary(&content_type) else {
            let raw = body::text(request, body::VISITOR).await?;
            let fields = url::form_urlencoded::parse(raw.as_bytes()).into_owned().collect();
            return Ok(Self { fields, file: None, too_large: false });
        };
        let refused = attachments::refused(lead::attachment::Refusal::TooLarge);
        let mut reading = body::Reading::begin_undeclared(request, attachments::BODY, refused)?;
        reading.at_least(FIELDS).await?;
        let too_large = match reading.at_least(usize::MAX).await {
            Ok(()) => false,
            Err(Failure::Rejected(_)) => true,
            Err(fault) => return Err(fault),
        };
        let parts = Parts::read(&reading.bytes, &boundary);
        let fields = parts.fields();
        // Room is for a file: what is typed has no more of it than in any other body.
        if fields.iter().map(|(name, value)| name.len().saturating_add(value.len())).sum::<usize>() > body::VISITOR {
            return Err(TOO_LARGE.into());
        }
        let file = parts.file("file").map(|(name, content)| (name.to_owned(), content.to_vec()));
        Ok(Self { fields, file, too_large })
    }

    /// A field's value; empty when there is none.
    pub(super) fn value(&self, name: &str) -> String {
        self.fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).unwrap_or_default()
    }
}

impl Asked {
    fn of(found: &Found, request: &Request, published: Published) -> Result<Self, Failure> {
        let url = request.url()?;
        let query = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        let wanted =
            query("lang").or(request.headers().get("accept-language")?).unwrap_or_else(|| published.language.clone());
        Ok(Self {
            lang: hosted_words::language(&wanted, &published.form.words),
            published,
            site: found.param("site").to_owned(),
            network: rate::network_of(request)?,
            framed: query("frame").is_some(),
            script: built::HOSTED_CSS.replace(".css", ".js"),
            is_bare: false,
        })
    }

    pub(super) fn page(&self) -> Page<'_> {
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

    /// Where the end leads: a page of the form's choice, or of the site where it names a path only.
    pub(super) fn redirect(&self) -> Option<String> {
        let address = self.published.form.end.redirect.as_deref()?;
        let origin = &self.published.site_origin;
        match address.strip_prefix('/') {
            Some(_) if origin.is_empty() => None,
            Some(_) => Some(format!("{origin}{address}")),
            None => Some(address.to_owned()),
        }
    }

    pub(super) fn respond(&self, status: u16, html: String) -> Outcome {
        let form = &self.published.form;
        let pictures =
            form.questions.iter().flat_map(|question| &question.choices).any(|choice| choice.picture.is_some());
        // A browser that is sent on after a post asks the page's policy whether it may go there.
        let onward = self.redirect().and_then(|address| Url::parse(&address).ok());
        let onward = onward.map(|url| format!(" {}", url.origin().ascii_serialization())).unwrap_or_default();
        let headers = Headers::new();
        headers.set("content-type", "text/html; charset=utf-8")?;
        headers.set("cache-control", "no-store")?;
        headers.set(
            "content-security-policy",
            &format!(
                "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; \
                 img-src 'self' data:{}; form-action 'self'{onward}; base-uri 'none'; frame-ancestors *",
                if pictures { " https:" } else { "" }
            ),
        )?;
        headers.set("x-content-type-options", "nosniff")?;
        headers.set("referrer-policy", "strict-origin-when-cross-origin")?;
        Ok(ResponseBuilder::new().with_status(status).with_headers(headers).fixed(html.into_bytes()))
    }

    /// The deadline in words, in the workspace's own time: without script nobody knows the visitor's.
    fn answer_by(&self, at: &str) -> String {
        let zoned = at
            .parse::<jiff::Timestamp>()
            .ok()
            .and_then(|at| Some((at, zone(&self.published.time_zone)?)))
            .map(|(at, zone)| at.to_zoned(zone));
        let Some(at) = zoned else { return self.page().say().soon.to_owned() };
        let (time, day, zone) = (lead::zone::hours_minutes(&at), at.date(), &self.published.time_zone);
        match self.lang.as_str() {
            "ru" => format!("до {time} {:02}.{:02}.{} ({zone})", day.day(), day.month(), day.year()),
            "en" => format!("by {time} on {day} ({zone})"),
            _ => format!("{day} {time} ({zone})"),
        }
    }
}

async fn asked(
    found: &Found,
    request: &Request,
    environment: &Environment,
    version: Option<u32>,
) -> Result<Asked, Failure> {
    let (site, form) = (found.param("site"), found.param("form"));
    let published = match embed::published(environment, site, form, version).await {
        Err(Failure::Rejected(rejection)) if rejection == NOT_FOUND && version.is_some() => {
            embed::published(environment, site, form, None).await?
        }
        published => published?,
    };
    Asked::of(found, request, published)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_as_their_browsers_name_them() {
        for (user_agent, named) in [
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148", "phone"),
            ("Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/140.0 Mobile Safari/537.36", "phone"),
            ("Mozilla/5.0 (Linux; Android 15; SM-X910) Chrome/140.0 Safari/537.36", "tablet"),
            ("Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) Mobile/15E148", "tablet"),
            ("Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36", "computer"),
            ("", "computer"),
        ] {
            assert_eq!(device(user_agent), named, "{user_agent}");
        }
    }
}
