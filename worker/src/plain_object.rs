//! Objects of the runtime's own language, for calls that the bindings have no types for.

use js_sys::{Object, Reflect};
use worker::{Result, wasm_bindgen::JsValue};

/// An object with these members.
pub fn object(members: &[(&str, JsValue)]) -> Result<JsValue> {
    let object = Object::new();
    for (name, value) in members {
        Reflect::set(&object, &JsValue::from_str(name), value)?;
    }
    Ok(object.into())
}
