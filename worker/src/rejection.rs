//! The two families of error: a rejection is the caller's, carries a code and goes on the wire as
//! a problem document (RFC 9457); a fault is ours, is logged once and shown as a plain 500.

use lead::form::wire::Problem;
use worker::{Headers, Response, ResponseBuilder};

/// Why a call failed.
#[derive(Debug)]
pub enum Failure {
    /// The caller's.
    Rejected(Rejection),
    /// Ours.
    Fault(worker::Error),
}

/// What the caller did wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// HTTP status.
    pub status: u16,
    /// Machine-readable.
    pub code: &'static str,
    /// A short sentence for people.
    pub title: &'static str,
    /// What was wrong with this request in particular.
    pub detail: Option<String>,
    /// In how many seconds the same request may do.
    pub retry_after: Option<u16>,
}

impl Rejection {
    /// A rejection without details.
    pub const fn new(status: u16, code: &'static str, title: &'static str) -> Self {
        Self { status, code, title, detail: None, retry_after: None }
    }

    /// The same, for a request that may do in so many seconds.
    #[must_use]
    pub const fn again_in(mut self, seconds: u16) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// The same with details.
    #[must_use]
    pub fn because(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// As a problem document.
    pub fn problem(self) -> String {
        let problem =
            Problem { title: self.title.into(), status: self.status, code: self.code.into(), detail: self.detail };
        serde_json::to_string(&problem).unwrap_or_default()
    }
}

/// There is nothing at this address, or nothing for this caller.
pub const NOT_FOUND: Rejection = Rejection::new(404, "not_found", "there is nothing here");
/// The key is malformed, forged, unknown or revoked.
pub const KEY_UNKNOWN: Rejection = Rejection::new(403, "key_unknown", "this key is not known");
/// Not signed in.
pub const SIGNED_OUT: Rejection = Rejection::new(401, "signed_out", "please sign in with your link");
/// The body is larger than this door takes.
pub const TOO_LARGE: Rejection = Rejection::new(413, "too_large", "the body is larger than what is taken here");
/// The body is not the JSON that was expected.
pub const BODY_MALFORMED: Rejection = Rejection::new(400, "body_malformed", "the body could not be read");
/// Nobody may do this.
pub const FORBIDDEN: Rejection = Rejection::new(403, "forbidden", "nobody may do this to a lead");
/// This role may not do this.
pub const NOT_FOR_ROLE: Rejection = Rejection::new(403, "not_for_role", "your role does not allow this");
/// A write came from another origin.
pub const FOREIGN_ORIGIN: Rejection = Rejection::new(403, "foreign_origin", "writes must come from the same origin");
/// The secret does not belong to the inquiry.
pub const SECRET_WRONG: Rejection = Rejection::new(403, "secret_wrong", "this secret does not open the inquiry");
/// A secret that another installation has sealed, or for another place.
pub const SECRET_SEALED: Rejection = Rejection::new(500, "secret_sealed", "the secret cannot be opened");
/// The inquiry that something belongs to is still on its way.
pub const INQUIRY_UNKNOWN: Rejection =
    Rejection::new(409, "inquiry_unknown", "this inquiry has not been recorded yet").again_in(2);
/// More than one network may send; nothing of it is lost by whoever comes again.
pub const TOO_OFTEN: Rejection = Rejection::new(429, "too_often", "please come again in a moment");
/// Nothing durable can be reached.
pub const UNAVAILABLE: Rejection =
    Rejection::new(503, "unavailable", "nothing could be kept just now; please send it again").again_in(5);
/// After how many seconds to come again with what nobody honest sends so much of.
pub const AN_HOUR: u16 = 3_600;
/// The body took longer than anyone needs.
pub const TOO_SLOW: Rejection = Rejection::new(408, "too_slow", "the body took too long");
/// Another inquiry has this id.
pub const ID_TAKEN: Rejection = Rejection::new(409, "id_taken", "another inquiry has this id");

impl From<Rejection> for Failure {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

impl<E: Into<worker::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Fault(error.into())
    }
}

impl Failure {
    /// What the caller is told; a fault is logged here, once.
    pub fn rejection(self) -> Rejection {
        match self {
            Self::Rejected(rejection) => rejection,
            Self::Fault(error) => {
                worker::console_error!("fault: {error}");
                Rejection::new(500, "fault", "something went wrong on our side")
            }
        }
    }

    /// The response.
    pub fn response(self) -> worker::Result<Response> {
        let rejection = self.rejection();
        let (status, retry_after) = (rejection.status, rejection.retry_after);
        problem_response(status, retry_after, rejection.problem())
    }
}

/// A problem document as a response.
pub fn problem_response(status: u16, retry_after: Option<u16>, problem: String) -> worker::Result<Response> {
    let headers = Headers::new();
    headers.set("content-type", "application/problem+json; charset=utf-8")?;
    headers.set("cache-control", "no-store")?;
    if let Some(seconds) = retry_after {
        headers.set("retry-after", &seconds.to_string())?;
    }
    Ok(ResponseBuilder::new().with_status(status).with_headers(headers).fixed(problem.into_bytes()))
}
