//! The runtime's cryptography (WebCrypto): sealing the secrets of destinations, and signing for a service account.
//!
//! A secret is sealed by AES-256-GCM. The key comes by HKDF-SHA-256 from the installation's secret, with the
//! workspace's id as salt; the destination's id is sealed along, so that no secret can be put in another's place.

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen_futures::JsFuture;
use worker::{
    Error, Result,
    wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen},
};

use crate::{clock, environment::Environment, plain_object::object};

/// What the key is for; another use would get another key.
const PURPOSE: &str = "first-contact destination secrets 1";

const NONCE_BYTES: usize = 12;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"], js_name = importKey)]
    fn import_key(
        format: &str,
        data: &Uint8Array,
        algorithm: &JsValue,
        extractable: bool,
        uses: &Array,
    ) -> std::result::Result<Promise, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"], js_name = deriveKey)]
    fn derive_key(
        algorithm: &JsValue,
        from: &JsValue,
        to: &JsValue,
        extractable: bool,
        uses: &Array,
    ) -> std::result::Result<Promise, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"])]
    fn encrypt(algorithm: &JsValue, key: &JsValue, data: &Uint8Array) -> std::result::Result<Promise, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"])]
    fn decrypt(algorithm: &JsValue, key: &JsValue, data: &Uint8Array) -> std::result::Result<Promise, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"])]
    fn sign(algorithm: &JsValue, key: &JsValue, data: &Uint8Array) -> std::result::Result<Promise, JsValue>;
}

/// Seals a destination's secret: base64 of nonce and sealed text.
pub async fn seal(environment: &Environment, workspace: &str, destination: &str, secret: &str) -> Result<String> {
    let nonce = clock::random::<NONCE_BYTES>()?;
    let key = key(environment, workspace).await?;
    let sealed = settled(encrypt(&gcm(&nonce, destination)?, &key, &bytes(secret.as_bytes()))).await?;
    Ok(Base64::encode_string(&[nonce.as_slice(), &sealed].concat()))
}

/// Opens what was sealed; an error when it was sealed for another place or with another installation's secret.
pub async fn open(environment: &Environment, workspace: &str, destination: &str, sealed: &str) -> Result<String> {
    let sealed = Base64::decode_vec(sealed).map_err(|_| wrong("a sealed secret is malformed"))?;
    let Some((nonce, sealed)) = sealed.split_at_checked(NONCE_BYTES) else {
        return Err(wrong("a sealed secret is malformed"));
    };
    let key = key(environment, workspace).await?;
    let opened = settled(decrypt(&gcm(nonce, destination)?, &key, &bytes(sealed))).await?;
    String::from_utf8(opened).map_err(|_| wrong("a sealed secret is malformed"))
}

/// Signs a text by RSASSA-PKCS1-v1_5 with SHA-256; `key` is PEM of PKCS 8. The signature is base64url.
pub async fn sign_rs256(key: &str, text: &str) -> Result<String> {
    let body: String = key.lines().map(str::trim).filter(|line| !line.contains("-----")).collect();
    let der = Base64::decode_vec(&body).map_err(|_| wrong("the private key is malformed"))?;
    let algorithm = object(&[("name", "RSASSA-PKCS1-v1_5".into()), ("hash", "SHA-256".into())])?;
    let key = promised(import_key("pkcs8", &bytes(&der), &algorithm, false, &uses(&["sign"]))).await?;
    let signature = settled(sign(&"RSASSA-PKCS1-v1_5".into(), &key, &bytes(text.as_bytes()))).await?;
    Ok(Base64UrlUnpadded::encode_string(&signature))
}

async fn key(environment: &Environment, workspace: &str) -> Result<JsValue> {
    let secret = environment.secret()?;
    let from = promised(import_key("raw", &bytes(&secret), &"HKDF".into(), false, &uses(&["deriveKey"]))).await?;
    let algorithm = object(&[
        ("name", "HKDF".into()),
        ("hash", "SHA-256".into()),
        ("salt", bytes(workspace.as_bytes()).into()),
        ("info", bytes(PURPOSE.as_bytes()).into()),
    ])?;
    let to = object(&[("name", "AES-GCM".into()), ("length", 256.into())])?;
    promised(derive_key(&algorithm, &from, &to, false, &uses(&["encrypt", "decrypt"]))).await
}

fn gcm(nonce: &[u8], destination: &str) -> Result<JsValue> {
    object(&[
        ("name", "AES-GCM".into()),
        ("iv", bytes(nonce).into()),
        ("additionalData", bytes(destination.as_bytes()).into()),
    ])
}

fn uses(names: &[&str]) -> Array {
    names.iter().map(|name| JsValue::from_str(name)).collect()
}

fn bytes(bytes: &[u8]) -> Uint8Array {
    Uint8Array::from(bytes)
}

async fn promised(promise: std::result::Result<Promise, JsValue>) -> Result<JsValue> {
    Ok(JsFuture::from(promise?).await?)
}

async fn settled(promise: std::result::Result<Promise, JsValue>) -> Result<Vec<u8>> {
    let buffer = promised(promise).await?;
    let buffer = buffer.dyn_into::<js_sys::ArrayBuffer>()?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

fn wrong(what: &str) -> Error {
    Error::RustError(what.into())
}
