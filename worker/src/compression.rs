//! Brotli at its best for the embed script, which the build cannot compress because a form's
//! definition is inside: what the visitor waits for is bytes, and a script is made once a minute.

use std::{cell::RefCell, collections::VecDeque};

use js_sys::{Object, Reflect, Uint8Array};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

/// Scripts kept compressed, newest last. A bound, not a cache to rely on: a few kilobytes each.
const KEPT: usize = 16;

/// Of `zlib.constants`: the quality, 0 to 11; and how distances are written, which for texts of this size is worth
/// half a percent.
const PARAMS: [(&str, u32); 3] = [("1", 11), ("7", 1), ("8", 8)];

#[wasm_bindgen(module = "node:zlib")]
extern "C" {
    #[wasm_bindgen(catch, js_name = brotliCompressSync)]
    fn brotli_compress_sync(content: &Uint8Array, options: &JsValue) -> Result<Uint8Array, JsValue>;
}

thread_local! {
    static RECENT: RefCell<VecDeque<(String, Vec<u8>)>> = const { RefCell::new(VecDeque::new()) };
}

/// The text compressed with brotli at quality 11. `name` identifies the text, for example its hash.
pub fn brotli(name: &str, text: &str) -> worker::Result<Vec<u8>> {
    let kept =
        RECENT.with_borrow(|recent| recent.iter().find(|(known, _)| known == name).map(|(_, bytes)| bytes.clone()));
    if let Some(bytes) = kept {
        return Ok(bytes);
    }
    let params = Object::new();
    for (name, value) in PARAMS {
        Reflect::set(&params, &name.into(), &value.into())?;
    }
    let options = Object::new();
    Reflect::set(&options, &"params".into(), &params)?;
    let bytes = brotli_compress_sync(&Uint8Array::from(text.as_bytes()), &options)?.to_vec();
    RECENT.with_borrow_mut(|recent| {
        if recent.len() >= KEPT {
            recent.pop_front();
        }
        recent.push_back((name.to_owned(), bytes.clone()));
    });
    Ok(bytes)
}
