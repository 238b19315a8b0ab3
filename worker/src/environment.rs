//! What the runtime gives this build: secrets, switches and the other objects. `Env` is read here
//! and nowhere else.

use lead::json;
use serde::{Serialize, de::DeserializeOwned};
use worker::{
    Env, Error, Fetcher, Headers, Method, RateLimiter, Request, RequestInit, Response, Result, Stub,
    js_sys::Promise,
    wasm_bindgen::{JsValue, prelude::wasm_bindgen},
    wasm_bindgen_futures::JsFuture,
};

use crate::{ledger::answered::Answered, spill::SPILLS};

/// The bindings of `wrangler.toml` and of `cargo xtask serve`.
#[derive(Debug, Clone)]
pub struct Environment {
    env: Env,
}

impl Environment {
    /// Wraps the runtime's bindings.
    pub fn new(env: Env) -> Self {
        Self { env }
    }

    /// The installation's secret, from which every key's MAC comes.
    ///
    /// # Errors
    /// When it is missing or too short to be one.
    pub fn secret(&self) -> Result<Vec<u8>> {
        let secret = self.env.secret("INSTALLATION_SECRET")?.to_string().into_bytes();
        if secret.len() < 32 {
            return Err(worker::Error::RustError("INSTALLATION_SECRET must have at least 32 characters".into()));
        }
        Ok(secret)
    }

    /// The operator's key.
    ///
    /// # Errors
    /// When it is missing or too short to be one.
    pub fn operator_key(&self) -> Result<String> {
        let key = self.env.secret("OPERATOR_KEY")?.to_string();
        if key.len() < 32 {
            return Err(worker::Error::RustError("OPERATOR_KEY must have at least 32 characters".into()));
        }
        Ok(key)
    }

    /// True only while developing on one machine: deliveries may go to private addresses.
    pub fn private_destinations(&self) -> bool {
        self.env.var("PRIVATE_DESTINATIONS").is_ok_and(|value| value.to_string() == "allowed")
    }

    /// The runtime's own e-mail service, where it has one.
    pub fn email(&self) -> Option<JsValue> {
        let binding = js_sys::Reflect::get(&self.env, &"EMAIL".into()).ok()?;
        binding.is_object().then_some(binding)
    }

    /// Where Turnstile is asked; while developing on one machine it may stand elsewhere.
    pub fn siteverify(&self) -> String {
        let elsewhere = self.env.var("SITEVERIFY").ok().filter(|_| self.private_destinations());
        elsewhere.map_or_else(
            || "https://challenges.cloudflare.com/turnstile/v0/siteverify".to_owned(),
            |address| address.to_string(),
        )
    }

    /// The runtime's own limit of requests, where it has one.
    pub fn rate(&self) -> Option<RateLimiter> {
        self.env.rate_limiter("RATE").ok()
    }

    /// Files that browsers fetch as they are.
    pub fn files(&self) -> Result<Fetcher> {
        self.env.assets("FILES").or_else(|_| self.env.service("FILES"))
    }

    /// The ledger of a workspace. The id must come from a key whose MAC held.
    pub fn ledger(&self, workspace: &str) -> Result<Stub> {
        self.env.durable_object("LEDGER")?.get_by_name(workspace)
    }

    /// One of the spills.
    pub fn spill(&self, number: u8) -> Result<Stub> {
        self.env.durable_object("SPILL")?.get_by_name(&format!("spill-{number}"))
    }

    /// The spill that keeps what a workspace's ledger could not take.
    pub fn spill_of(&self, workspace: &str) -> Result<Stub> {
        let sum = workspace.bytes().fold(0_u8, u8::wrapping_add);
        self.spill(sum.checked_rem(SPILLS).unwrap_or(0))
    }

    /// The one directory.
    pub fn directory(&self) -> Result<Stub> {
        self.env.durable_object("DIRECTORY")?.get_by_name("directory")
    }
}

/// Makes a call to an object and gives its response.
pub async fn call<T: Serialize>(object: &Stub, body: &T) -> Result<Response> {
    call_text(object, &serde_json::to_string(body)?, Headers::new()).await
}

/// The same, with what else the object is told beside the body.
pub async fn call_with<T: Serialize>(object: &Stub, body: &T, headers: Headers) -> Result<Response> {
    call_text(object, &serde_json::to_string(body)?, headers).await
}

#[wasm_bindgen]
extern "C" {
    /// A ledger, as another object sees it.
    type Asked;

    #[wasm_bindgen(method, catch)]
    fn ask(this: &Asked, call: &str, raw: &str, sender: &str) -> std::result::Result<Promise, JsValue>;
}

/// Makes a call to a workspace's ledger that is written as JSON already. What visitors send goes this way, as three
/// texts (the body crosses beside the call it belongs into) and one back: a request of its own would bring headers
/// and streams.
pub async fn deliver_call(
    environment: &Environment,
    workspace: &str,
    call: &str,
    raw: &str,
    sender: &str,
) -> Result<Answered> {
    let ledger: Asked = environment.ledger(workspace)?.into_rpc();
    let answered = JsFuture::from(ledger.ask(call, raw, sender)?).await?;
    answered.as_string().as_deref().and_then(Answered::read).ok_or_else(|| Error::RustError("no answer".into()))
}

async fn call_text(object: &Stub, body: &str, headers: Headers) -> Result<Response> {
    headers.set("content-type", "application/json")?;
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_headers(headers).with_body(Some(JsValue::from_str(body)));
    object.fetch_with_request(Request::new_with_init("https://object/call", &init)?).await
}

/// Reads the JSON of a response.
pub async fn read<T: DeserializeOwned>(mut response: Response) -> Result<T> {
    Ok(json::read(&response.text().await?)?)
}
