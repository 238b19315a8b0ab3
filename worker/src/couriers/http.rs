//! HTTP requests: redirects are never followed, at most 64 KiB of an answer are read, and what is not read is
//! not waited for.

use futures_util::StreamExt;
use lead::{
    delivery,
    destinations::contract::{Answer, Http, LONGEST_ANSWER},
};
use worker::{
    AbortController, Fetch, Headers, Method, Request, RequestInit, RequestRedirect, Response, Result,
    wasm_bindgen::JsValue,
};

use crate::clock;

/// Aborts the request when it is dropped, so that nothing of it goes on behind our back.
struct Aborting(Option<AbortController>);

impl Drop for Aborting {
    fn drop(&mut self) {
        if let Some(controller) = self.0.take() {
            controller.abort();
        }
    }
}

/// Makes the request and reads its answer.
pub async fn exchange(request: &Http) -> Result<Answer> {
    let headers = Headers::new();
    headers.set("user-agent", "FirstContact/1")?;
    for (name, value) in &request.headers {
        headers.set(name, value)?;
    }
    let mut init = RequestInit::new();
    let method = match request.method {
        "GET" => Method::Get,
        "PATCH" => Method::Patch,
        _ => Method::Post,
    };
    init.with_method(method).with_headers(headers).with_redirect(RequestRedirect::Manual);
    if !request.body.is_empty() {
        init.with_body(Some(JsValue::from_str(&request.body)));
    }
    let controller = AbortController::default();
    let signal = controller.signal();
    let aborting = Aborting(Some(controller));
    let response = Fetch::Request(Request::new_with_init(&request.url, &init)?).send_with_signal(&signal).await?;
    let wait = response.headers().get("retry-after").ok().flatten();
    let answer = Answer {
        status: response.status_code(),
        retry_after: wait.and_then(|header| delivery::retry_after(&header, clock::now())),
        body: body(response).await,
    };
    drop(aborting);
    Ok(answer)
}

/// As much of the body as is wanted. One that breaks off or cannot be unpacked is what came of it until then: the
/// status has been said already.
async fn body(mut response: Response) -> String {
    let mut read = Vec::new();
    let Ok(mut stream) = response.stream() else { return String::new() };
    while let Some(Ok(piece)) = stream.next().await {
        let room = LONGEST_ANSWER.saturating_sub(read.len());
        read.extend_from_slice(piece.get(..room).unwrap_or(&piece));
        if read.len() >= LONGEST_ANSWER {
            break;
        }
    }
    String::from_utf8_lossy(&read).into_owned()
}
