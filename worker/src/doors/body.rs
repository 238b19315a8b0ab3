//! Reading a body: never more than its limit, and only text.

use futures_util::StreamExt;
use worker::{ByteStream, Request};

use crate::rejection::{BODY_MALFORMED, Failure, Rejection, TOO_LARGE};

/// The largest body of a visitor, in bytes.
pub const VISITOR: usize = 64 * 1024;

/// The largest configuration, in bytes.
pub const OPERATOR: usize = 1024 * 1024;

/// The largest part of a backup, in bytes.
pub const BACKUP: usize = 16 * 1024 * 1024;

/// Reads the body as text, up to `most` bytes.
pub async fn text(request: &mut Request, most: usize) -> Result<String, Failure> {
    let bytes = Reading::begin(request, most, TOO_LARGE)?.to_the_end().await?;
    String::from_utf8(bytes).map_err(|_| BODY_MALFORMED.because("the body must be UTF-8").into())
}

/// A body that is being read, never beyond its limit.
pub struct Reading {
    /// What has been read.
    pub bytes: Vec<u8>,
    rest: Option<ByteStream>,
    most: usize,
    too_large: Rejection,
}

impl Reading {
    /// Begins to read up to `most` bytes, without trusting what the length header says; a body that
    /// declares more is `too_large` before anything is read.
    pub fn begin(request: &mut Request, most: usize, too_large: Rejection) -> Result<Self, Failure> {
        let declared = request.headers().get("content-length")?.and_then(|length| length.parse::<usize>().ok());
        if declared.is_some_and(|declared| declared > most) {
            return Err(too_large.into());
        }
        Self::begin_undeclared(request, most, too_large)
    }

    /// The same, but the beginning is read also of a body that declares too much.
    pub fn begin_undeclared(request: &mut Request, most: usize, too_large: Rejection) -> Result<Self, Failure> {
        let rest = if request.inner().body().is_some() { Some(request.stream()?) } else { None };
        Ok(Self { bytes: Vec::new(), rest, most, too_large })
    }

    /// Reads on until there are at least so many bytes, or the body ends.
    pub async fn at_least(&mut self, enough: usize) -> Result<(), Failure> {
        while let Some(rest) = self.rest.as_mut().filter(|_| self.bytes.len() < enough) {
            match rest.next().await {
                Some(chunk) => self.bytes.extend(chunk?),
                None => self.rest = None,
            }
            if self.bytes.len() > self.most {
                return Err(self.too_large.clone().into());
            }
        }
        Ok(())
    }

    /// Reads the rest.
    pub async fn to_the_end(mut self) -> Result<Vec<u8>, Failure> {
        self.at_least(usize::MAX).await?;
        Ok(self.bytes)
    }
}
