//! The tag's door: the embed script with a published form's first step inside, and published forms.

use std::time::Duration;

use lead::{first_step, form::Form, suspicion::guard::Guard};
use serde::Deserialize;
use serde_json::json;
use worker::{EncodeBody, Headers, Request, Response, ResponseBuilder};

use super::Outcome;
use crate::{
    built, clock, compression,
    environment::{self, Environment},
    keys::{self, Key, Kind},
    ledger::call::Call,
    rejection::{BODY_MALFORMED, Failure, KEY_UNKNOWN, NOT_FOUND, UNAVAILABLE},
    routes::Found,
};

/// How long browsers and caches may keep a form in force, in seconds; a numbered version never changes.
const IN_FORCE_FOR: u32 = 60;

/// How long the ledger may take to say what a form is.
const PATIENCE: Duration = Duration::from_secs(8);

/// What the ledger answers for a form.
#[derive(Debug, Deserialize)]
pub struct Published {
    /// The form.
    pub form: Form,
    /// The site's name.
    pub site_name: String,
    /// The first origin that the site lists; may be empty.
    #[serde(default)]
    pub site_origin: String,
    /// What the site asks of browsers, if anything.
    #[serde(default)]
    pub guard: Option<Guard>,
    /// The workspace's language.
    pub language: String,
    /// The workspace's time zone.
    pub time_zone: String,
}

impl Published {
    /// What is known where nobody could be asked: no more than the form's name.
    pub fn bare(form: Form) -> Self {
        Self {
            form,
            site_name: String::new(),
            site_origin: String::new(),
            guard: None,
            language: "en".into(),
            time_zone: "UTC".into(),
        }
    }
}

/// Asks the ledger for a published form.
pub async fn published(
    environment: &Environment,
    site: &str,
    form: &str,
    version: Option<u32>,
) -> Result<Published, Failure> {
    let key = Key::read(site, Kind::Site, &environment.secret()?).ok_or(KEY_UNKNOWN)?;
    let ledger = environment.ledger(&key.workspace)?;
    let call = Call::Form { key, form: form.to_owned(), version };
    let response = clock::in_time(PATIENCE, environment::call(&ledger, &call)).await.map_err(|error| {
        worker::console_error!("the ledger does not say what a form is: {error}");
        UNAVAILABLE
    })?;
    match response.status_code() {
        200 => Ok(environment::read(response).await?),
        403 => Err(KEY_UNKNOWN.into()),
        429 | 500.. => Err(UNAVAILABLE.into()),
        _ => Err(NOT_FOUND.into()),
    }
}

/// `GET /embed/{site}/{form}.js`
pub async fn script(found: &Found, request: &Request, environment: &Environment) -> Outcome {
    let site = found.param("site");
    let form = found.param("form").strip_suffix(".js").ok_or(NOT_FOUND)?;
    let published = published(environment, site, form, None).await?;
    let base = request.url()?.origin().ascii_serialization();
    let first_step = first_step::of(&published.form);
    let is_quiz = first_step.first.is_some();
    let mut definition = json!({ "base": base, "site": site, "form": first_step });
    if let (Some(guard), Some(form)) =
        (&published.guard, definition.get_mut("form").and_then(|form| form.as_object_mut()))
    {
        form.insert("guard".to_owned(), json!(guard));
    }
    // U+2028 and U+2029 end a line in older JavaScript; `</` would end a script element if a page
    // ever inlined this file.
    let definition =
        definition.to_string().replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029").replace("</", "<\\/");
    let call = if is_quiz {
        format!("(()=>{{{}firstContact.d({definition},quiz.firstChoice)}})();", built::FIRST_CHOICE.trim_end())
    } else {
        format!("firstContact.d({definition});")
    };
    let text = format!("{}\n{call}\n", built::LOADER.trim_end());

    let headers = Headers::new();
    // Every byte here travels with every page of every client: what says nothing over its absence is left out. With a
    // type of its own no browser takes this for anything else, and with an age everybody may keep it.
    headers.set("content-type", "text/javascript;charset=utf-8")?;
    headers.set("cache-control", &format!("max-age={IN_FORCE_FOR},stale-while-revalidate=86400"))?;
    headers.set("access-control-allow-origin", "*")?;
    headers.set("cross-origin-resource-policy", "cross-origin")?;
    headers.set("vary", "accept-encoding")?;
    let response = ResponseBuilder::new();
    match encoding(request)? {
        Some("br") => {
            headers.set("content-encoding", "br")?;
            let bytes = compression::brotli(&keys::hash(&text), &text)?;
            Ok(response.with_headers(headers).with_encode_body(EncodeBody::Manual).fixed(bytes))
        }
        Some(other) => {
            // The runtime itself compresses a body whose headers say that it is compressed.
            headers.set("content-encoding", other)?;
            Ok(response.with_headers(headers).fixed(text.into_bytes()))
        }
        None => Ok(response.with_headers(headers).fixed(text.into_bytes())),
    }
}

/// The best encoding that the caller takes: brotli over secure and local connections, gzip elsewhere.
fn encoding(request: &Request) -> Result<Option<&'static str>, Failure> {
    let accepted = request.headers().get("accept-encoding")?.unwrap_or_default();
    Ok(["br", "gzip"].into_iter().find(|encoding| accepted.split([',', ';']).any(|word| word.trim() == *encoding)))
}

/// `GET /v1/forms/{site}/{form}` and `…/{version}`
pub async fn form(found: &Found, environment: &Environment) -> Outcome {
    let version = match found.param("version") {
        "" => None,
        text => Some(text.parse().map_err(|_| BODY_MALFORMED.because("the version is a number"))?),
    };
    let published = published(environment, found.param("site"), found.param("form"), version).await?;
    let mut response = Response::from_json(&published.form)?;
    let keep = if version.is_some() {
        "public, max-age=31536000, immutable".into()
    } else {
        format!("public, max-age={IN_FORCE_FOR}")
    };
    response.headers_mut().set("cache-control", &keep)?;
    response.headers_mut().set("access-control-allow-origin", "*")?;
    Ok(response)
}
