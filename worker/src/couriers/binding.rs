//! A letter to the runtime's own e-mail service, by its binding `EMAIL`.

use js_sys::{Array, Promise, Reflect};
use lead::destinations::{cloudflare_email::NO_BINDING, contract::Answer, letter::Letter};
use wasm_bindgen_futures::JsFuture;
use worker::{
    Result,
    wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen},
};

use crate::{environment::Environment, plain_object::object};

#[wasm_bindgen]
extern "C" {
    /// The binding.
    type Email;

    #[wasm_bindgen(method, catch)]
    fn send(this: &Email, letter: &JsValue) -> std::result::Result<Promise, JsValue>;
}

/// Sends it; the answer's body is what the service gave, or its error's code.
pub async fn send(environment: &Environment, letter: &Letter) -> Result<Answer> {
    let Some(binding) = environment.email() else { return Ok(Answer { status: NO_BINDING, ..Answer::default() }) };
    let from = object(&[("email", letter.from.as_str().into()), ("name", letter.from_name.as_str().into())])?;
    let to: Array = letter.to.iter().map(|mailbox| JsValue::from_str(mailbox)).collect();
    let mut members = vec![
        ("from", from),
        ("to", to.into()),
        ("subject", letter.subject.as_str().into()),
        ("text", letter.text.as_str().into()),
        ("html", letter.html.as_str().into()),
    ];
    if let Some(mailbox) = &letter.reply_to {
        members.push(("replyTo", mailbox.as_str().into()));
    }
    let said = object(&members)?;
    let binding: Email = binding.unchecked_into();
    let sent = match binding.send(&said) {
        Ok(promise) => JsFuture::from(promise).await,
        Err(error) => Err(error),
    };
    Ok(match sent {
        Ok(given) => Answer::ok(js_sys::JSON::stringify(&given).map(String::from).unwrap_or_default()),
        Err(error) => {
            let code = Reflect::get(&error, &"code".into()).ok().and_then(|code| code.as_string());
            Answer { status: 500, body: code.unwrap_or_default(), ..Answer::default() }
        }
    })
}
