//! The visitors' door for files: one file, as a form sends it, with the fields before it.

use base16ct::lower as hex;
use base64ct::{Base64UrlUnpadded, Encoding};
use js_sys::{ArrayBuffer, Promise, Uint8Array};
use lead::{
    attachment::{self, Refusal},
    suspicion::rate::Errand,
};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use worker::{Method, Request, RequestInit};

use super::{
    Outcome, body, inquiries,
    multipart::{self, Parts},
    rate,
};
use crate::{
    environment::Environment,
    keys::{Key, Kind},
    ledger::{attach, call::Attach},
    rejection::{BODY_MALFORMED, KEY_UNKNOWN, Rejection},
    routes::Found,
};

/// A body is a file and little else.
pub const BODY: usize = attachment::LARGEST + body::VISITOR;

/// The fields stand before the file, so the key is known before the file is read.
const FIELDS: usize = 16 * 1024;

#[wasm_bindgen]
extern "C" {
    /// The runtime's own digest: over ten megabytes many times faster than one made here.
    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"])]
    fn digest(algorithm: &str, content: &Uint8Array) -> Result<Promise, JsValue>;
}

/// `POST /v1/inquiries/{id}/files`
pub async fn attach(found: &Found, mut request: Request, environment: &Environment) -> Outcome {
    let outcome = attach_inner(found, &mut request, environment).await;
    inquiries::open_to_all(outcome)
}

async fn attach_inner(found: &Found, request: &mut Request, environment: &Environment) -> Outcome {
    let content_type = request.headers().get("content-type")?.unwrap_or_default();
    let boundary = multipart::boundary(&content_type)
        .ok_or_else(|| BODY_MALFORMED.because("the body must be multipart/form-data"))?;
    let mut reading = body::Reading::begin(request, BODY, refused(Refusal::TooLarge))?;
    reading.at_least(FIELDS).await?;
    let key = Key::read(&Parts::read(&reading.bytes, &boundary).field("site"), Kind::Site, &environment.secret()?)
        .ok_or_else(|| KEY_UNKNOWN.because("the fields stand before the file, the site's key among them"))?;
    let bytes = reading.to_the_end().await?;
    let parts = Parts::read(&bytes, &boundary);
    if !parts.whole {
        return Err(BODY_MALFORMED.because("the body ends in the middle").into());
    }
    let (name, content) = parts.file("file").ok_or_else(|| BODY_MALFORMED.because("there is no file"))?;
    let file = NewFile {
        key,
        inquiry: found.param("id").to_owned(),
        secret: parts.field("secret"),
        question: parts.field("question"),
        name: name.to_owned(),
        content,
        network: &rate::network_of(request)?,
    };
    send(environment, file).await
}

/// A file whose site key has been checked.
pub struct NewFile<'a> {
    /// The site key.
    pub key: Key,
    /// The inquiry's id.
    pub inquiry: String,
    /// The inquiry's secret.
    pub secret: String,
    /// The question it answers.
    pub question: String,
    /// Its name, as it came.
    pub name: String,
    /// Its content.
    pub content: &'a [u8],
    /// The sender's network.
    pub network: &'a str,
}

/// Asks the ledger of the site key's workspace to keep a file.
pub async fn send(environment: &Environment, file: NewFile<'_>) -> Outcome {
    if file.content.len() > attachment::LARGEST {
        return Err(refused(Refusal::TooLarge).into());
    }
    let headers = rate::headers(environment, Errand::Follow, file.network, &file.key).await?;
    let content = Uint8Array::from(file.content);
    let digest = wasm_bindgen_futures::JsFuture::from(digest("SHA-256", &content)?).await?;
    let digest = Uint8Array::new(digest.unchecked_ref::<ArrayBuffer>()).to_vec();
    let ledger = environment.ledger(&file.key.workspace)?;
    let call = Attach {
        key: file.key,
        inquiry: file.inquiry,
        secret: file.secret,
        question: file.question,
        name: file.name.chars().take(1_000).collect(),
        sha256: hex::encode_string(&digest),
    };
    headers.set(attach::CALL_HEADER, &Base64UrlUnpadded::encode_string(&serde_json::to_vec(&call)?))?;
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_headers(headers).with_body(Some(content.into()));
    Ok(ledger.fetch_with_request(Request::new_with_init(&format!("https://object{}", attach::PATH), &init)?).await?)
}

/// A refusal as it goes on the wire.
pub fn refused(refusal: Refusal) -> Rejection {
    let (status, code, title) = refusal.on_the_wire();
    Rejection::new(status, code, title)
}
