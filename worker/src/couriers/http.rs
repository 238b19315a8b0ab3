//! HTTP requests: redirects are never followed, at most 64 KiB of an answer are read, what is not read is not waited
//! for, and of a body that does not end in time there is what came of it: its status has been said.

use std::time::Duration;

use futures_util::StreamExt;
use lead::{
    delivery,
    destinations::contract::{Answer, Http, LONGEST_ANSWER},
};
use worker::{
    AbortController, AbortSignal, Fetch, Headers, Method, Request, RequestInit, RequestRedirect, Response, Result,
    wasm_bindgen::JsValue,
};

use crate::clock::{self, within};

/// Aborts the request when it is dropped, so that nothing of it goes on behind our back.
struct Aborting(Option<AbortController>);

impl Drop for Aborting {
    fn drop(&mut self) {
        if let Some(controller) = self.0.take() {
            controller.abort();
        }
    }
}

/// How long the body of an answer may take.
const BODY_PATIENCE: Duration = Duration::from_secs(10);

/// Makes the request and reads its answer; nothing when there is none in time.
pub async fn exchange(request: &Http, patience: Duration) -> Option<Result<Answer>> {
    let controller = AbortController::default();
    let signal = controller.signal();
    let aborting = Aborting(Some(controller));
    let answered = within(patience, send(request, &signal)).await;
    let answer = match answered? {
        Ok(response) => answer(response).await,
        Err(error) => Err(error),
    };
    drop(aborting);
    Some(answer)
}

async fn answer(response: Response) -> Result<Answer> {
    let wait = response.headers().get("retry-after").ok().flatten();
    let mut read = Vec::new();
    let status = response.status_code();
    within(BODY_PATIENCE, body(response, &mut read)).await;
    Ok(Answer {
        status,
        retry_after: wait.and_then(|header| delivery::retry_after(&header, clock::now())),
        body: String::from_utf8_lossy(&read).into_owned(),
    })
}

async fn send(request: &Http, signal: &AbortSignal) -> Result<Response> {
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
    Fetch::Request(Request::new_with_init(&request.url, &init)?).send_with_signal(signal).await
}

/// As much of the body as is wanted. One that breaks off or cannot be unpacked is what came of it until then: the
/// status has been said already.
async fn body(mut response: Response, read: &mut Vec<u8>) {
    let Ok(mut stream) = response.stream() else { return };
    while let Some(Ok(piece)) = stream.next().await {
        let room = LONGEST_ANSWER.saturating_sub(read.len());
        read.extend_from_slice(piece.get(..room).unwrap_or(&piece));
        if read.len() >= LONGEST_ANSWER {
            break;
        }
    }
}
