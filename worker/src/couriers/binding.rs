//! A letter to the runtime's own e-mail service, by its binding `EMAIL`.

use js_sys::{Array, Object, Promise, Reflect};
use lead::destinations::{cloudflare_email::NO_BINDING, contract::Answer, letter::Letter};
use wasm_bindgen_futures::JsFuture;
use worker::{
    Result,
    wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen},
};

use crate::environment::Environment;

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
    let from = Object::new();
    Reflect::set(&from, &"email".into(), &letter.from.as_str().into())?;
    Reflect::set(&from, &"name".into(), &letter.from_name.as_str().into())?;
    let to: Array = letter.to.iter().map(|mailbox| JsValue::from_str(mailbox)).collect();
    let said = Object::new();
    Reflect::set(&said, &"from".into(), &from)?;
    Reflect::set(&said, &"to".into(), &to)?;
    Reflect::set(&said, &"subject".into(), &letter.subject.as_str().into())?;
    Reflect::set(&said, &"text".into(), &letter.text.as_str().into())?;
    Reflect::set(&said, &"html".into(), &letter.html.as_str().into())?;
    if let Some(mailbox) = &letter.reply_to {
        Reflect::set(&said, &"replyTo".into(), &mailbox.as_str().into())?;
    }
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
