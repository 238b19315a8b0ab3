//! Reading a body: never more than its limit, and only text.

use futures_util::StreamExt;
use worker::Request;

use crate::rejection::{BODY_MALFORMED, Failure, TOO_LARGE};

/// The largest body of a visitor, in bytes.
pub const VISITOR: usize = 64 * 1024;

/// The largest configuration, in bytes.
pub const OPERATOR: usize = 1024 * 1024;

/// Reads the body as text, up to `most` bytes, without trusting what the length header says.
pub async fn text(request: &mut Request, most: usize) -> Result<String, Failure> {
    let declared = request.headers().get("content-length")?.and_then(|length| length.parse::<usize>().ok());
    if declared.is_some_and(|declared| declared > most) {
        return Err(TOO_LARGE.into());
    }
    let mut bytes = Vec::new();
    if request.inner().body().is_some() {
        let mut stream = request.stream()?;
        while let Some(chunk) = stream.next().await {
            bytes.extend(chunk?);
            if bytes.len() > most {
                return Err(TOO_LARGE.into());
            }
        }
    }
    String::from_utf8(bytes).map_err(|_| BODY_MALFORMED.because("the body must be UTF-8").into())
}
