//! The one place that reads the clock and makes randomness. Everywhere else they are arguments.

use std::{pin::pin, time::Duration};

use futures_util::future::{Either, select};
use js_sys::{Uint8Array, wasm_bindgen::JsValue};
use worker::{Delay, wasm_bindgen::prelude::wasm_bindgen};

pub use jiff::Timestamp;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = crypto, js_name = getRandomValues)]
    fn get_random_values(array: &Uint8Array) -> Result<Uint8Array, JsValue>;
}

/// Now.
#[allow(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
pub fn now() -> Timestamp {
    let milliseconds = worker::Date::now().as_millis();
    i64::try_from(milliseconds).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok()).unwrap_or_default()
}

/// The time at which something came: then, when that was written down, else now.
pub fn came_at(received_at: Option<i64>) -> Timestamp {
    received_at.and_then(|at| Timestamp::from_millisecond(at).ok()).unwrap_or_else(now)
}

/// Random bytes from the runtime's generator. Without randomness nothing here is safe to do, so a
/// runtime that has none gives an error.
pub fn random<const N: usize>() -> worker::Result<[u8; N]> {
    let length = u32::try_from(N).map_err(|_| worker::Error::RustError("too much randomness".into()))?;
    let array = Uint8Array::new_with_length(length);
    get_random_values(&array)?;
    let mut bytes = [0; N];
    array.copy_to(&mut bytes);
    Ok(bytes)
}

/// A random number from 0 to 1.
pub fn chance() -> f64 {
    let bytes = random::<4>().unwrap_or([0x80, 0, 0, 0]);
    f64::from(u32::from_be_bytes(bytes)) / f64::from(u32::MAX)
}

/// A new id: UUIDv7, so that ids sort by the time they were made.
pub fn mint(now: Timestamp) -> worker::Result<String> {
    let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
    Ok(uuid::Builder::from_unix_timestamp_millis(millis, &random::<10>()?).into_uuid().to_string())
}

/// How long it is until then, in milliseconds since 1970; what is over is now.
pub fn until(then: i64) -> Duration {
    Duration::from_millis(u64::try_from(then.saturating_sub(now().as_millisecond())).unwrap_or(0))
}

/// A stored time as RFC 3339 in UTC.
pub fn rfc3339(milliseconds: i64) -> String {
    Timestamp::from_millisecond(milliseconds).unwrap_or_default().to_string()
}

/// What comes of a call, or that nothing came in time.
pub async fn in_time<T>(patience: Duration, call: impl Future<Output = worker::Result<T>>) -> worker::Result<T> {
    within(patience, call).await.unwrap_or_else(|| Err(worker::Error::RustError("no answer in time".into())))
}

/// What comes of it, unless that takes too long; then it is dropped.
pub async fn within<T>(patience: Duration, work: impl Future<Output = T>) -> Option<T> {
    match select(pin!(work), Delay::from(patience)).await {
        Either::Left((done, _)) => Some(done),
        Either::Right(_) => None,
    }
}
