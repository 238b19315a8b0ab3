//! Files that browsers fetch as they are, under names that change with their content. They lie
//! beside their compressed copies, made once by the build.

use worker::{EncodeBody, Headers, Request, ResponseBuilder};

use super::Outcome;
use crate::{environment::Environment, rejection::NOT_FOUND};

/// `GET /w/…`, `/d/…`, `/h/…`
pub async fn serve(request: &Request, environment: &Environment) -> Outcome {
    let path = request.path();
    let content_type = content_type(&path).ok_or(NOT_FOUND)?;
    if path.contains("..") || path.contains("//") {
        return Err(NOT_FOUND.into());
    }
    let accepted = request.headers().get("accept-encoding")?.unwrap_or_default();
    let brotli = accepted.split([',', ';']).any(|word| word.trim() == "br");
    let suffix = if brotli { ".br" } else { "" };
    let mut file = environment.files()?.fetch(format!("https://files{path}{suffix}"), None).await?;
    if file.status_code() != 200 {
        return Err(NOT_FOUND.into());
    }
    let headers = Headers::new();
    headers.set("content-type", content_type)?;
    headers.set("cache-control", "public, max-age=31536000, immutable")?;
    headers.set("access-control-allow-origin", "*")?;
    headers.set("cross-origin-resource-policy", "cross-origin")?;
    headers.set("x-content-type-options", "nosniff")?;
    headers.set("vary", "accept-encoding")?;
    if brotli {
        headers.set("content-encoding", "br")?;
    }
    let response = ResponseBuilder::new().with_headers(headers).with_encode_body(EncodeBody::Manual);
    Ok(response.fixed(file.bytes().await?))
}

fn content_type(path: &str) -> Option<&'static str> {
    match path.rsplit_once('.')?.1 {
        "js" => Some("text/javascript; charset=utf-8"),
        "wasm" => Some("application/wasm"),
        "css" => Some("text/css; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        _ => None,
    }
}
