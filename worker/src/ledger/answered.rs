//! What a ledger answers a visitor's door: a status and JSON, crossing as one text.

use worker::{Headers, Response, ResponseBuilder, Result};

use crate::rejection::{self, Failure};

/// An answer of a ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// HTTP status.
    pub status: u16,
    /// In how many seconds the same may do.
    pub retry_after: Option<u16>,
    /// JSON: a reply, or from 400 on a problem.
    pub body: String,
}

impl Answered {
    /// A reply.
    ///
    /// # Errors
    /// When it is no JSON.
    pub fn reply<T: serde::Serialize>(status: u16, body: &T) -> Result<Self> {
        Ok(Self { status, retry_after: None, body: serde_json::to_string(body)? })
    }

    /// A failure.
    pub fn failed(failure: Failure) -> Self {
        let rejection = failure.rejection();
        let (status, retry_after) = (rejection.status, rejection.retry_after);
        Self { status, retry_after, body: rejection.problem() }
    }

    /// As it crosses: `status retry_after`, the second 0 where there is none, and the body in the lines after.
    pub fn written(&self) -> String {
        format!("{} {}\n{}", self.status, self.retry_after.unwrap_or(0), self.body)
    }

    /// What crossed; none if it was something else.
    pub fn read(text: &str) -> Option<Self> {
        let (head, body) = text.split_once('\n')?;
        let (status, seconds) = head.split_once(' ')?;
        let seconds = seconds.parse().ok()?;
        Some(Self { status: status.parse().ok()?, retry_after: (seconds > 0).then_some(seconds), body: body.into() })
    }

    /// As a response to whoever asked the door.
    ///
    /// # Errors
    /// When the runtime refuses the headers.
    pub fn response(self) -> Result<Response> {
        if self.status >= 400 {
            return rejection::problem_response(self.status, self.retry_after, self.body);
        }
        let headers = Headers::new();
        headers.set("content-type", "application/json")?;
        headers.set("cache-control", "no-store")?;
        Ok(ResponseBuilder::new().with_status(self.status).with_headers(headers).fixed(self.body.into_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::Answered;

    #[test]
    fn crosses() {
        for (retry_after, body) in [(None, "{}"), (Some(5), "{\"a\":\"b\\nc\"}"), (None, "two\nlines 7")] {
            let answered = Answered { status: 429, retry_after, body: body.into() };
            assert_eq!(Answered::read(&answered.written()), Some(answered));
        }
        for text in ["", "200", "200\n{}", "many 0\n{}", "200 x\n{}"] {
            assert_eq!(Answered::read(text), None);
        }
    }
}
