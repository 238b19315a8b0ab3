//! Reading a body: never more than its limit, and only text.

use std::{pin::pin, time::Duration};

use futures_util::{
    StreamExt,
    future::{Either, select},
};
use worker::{ByteStream, Delay, Request};

use crate::{
    clock::within,
    rejection::{BODY_MALFORMED, Failure, Rejection, TOO_LARGE, TOO_SLOW},
};

/// The largest body of a visitor, in bytes.
pub const VISITOR: usize = 64 * 1024;

/// The largest configuration, in bytes.
pub const OPERATOR: usize = 1024 * 1024;

/// How long a body may take, in milliseconds: less than a browser of ours waits for an answer would lose
/// people, more only holds a connection open.
const TEXT_PATIENCE: u64 = 60_000;

/// The same for files, over the slowest connection that a visitor still waits on.
const FILE_PATIENCE: u64 = 600_000;

/// How deep a visitor's JSON may nest, and how many values it may have: ten times what the largest form of
/// ours sends. The parser's own limit of depth comes later, and costs more.
const DEEPEST: usize = 32;
const MOST_VALUES: usize = 4_000;

/// Reads a visitor's JSON as text, and refuses shapes that no form has before anything is made of them.
pub async fn json(request: &mut Request) -> Result<String, Failure> {
    let text = text(request, VISITOR).await?;
    let (depth, values) = shape(&text);
    if depth > DEEPEST {
        return Err(BODY_MALFORMED.because(format!("the body nests deeper than {DEEPEST}")).into());
    }
    if values > MOST_VALUES {
        return Err(BODY_MALFORMED.because(format!("the body has more than {MOST_VALUES} values")).into());
    }
    Ok(text)
}

/// What a text of JSON consists of; what is no JSON consists of something too.
enum Piece<'a> {
    /// What stands between quotes, as it is written there.
    Quoted(&'a str),
    /// A byte outside of them.
    Mark(u8),
}

/// The pieces of a text, up to a quote that does not end.
fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut bytes = text.bytes().enumerate();
    std::iter::from_fn(move || {
        let (quote, mark) = bytes.next()?;
        if mark != b'"' {
            return Some(Piece::Mark(mark));
        }
        let mut escaped = false;
        let (end, _) = bytes.find(|(_, byte)| {
            let ends = *byte == b'"' && !escaped;
            escaped = *byte == b'\\' && !escaped;
            ends
        })?;
        text.get(quote.saturating_add(1)..end).map(Piece::Quoted)
    })
}

/// How deep a text nests and how many commas and openings stand outside its strings.
fn shape(text: &str) -> (usize, usize) {
    let (mut depth, mut deepest, mut values) = (0_usize, 0_usize, 0_usize);
    for piece in pieces(text) {
        match piece {
            Piece::Mark(b'[' | b'{') => {
                depth = depth.saturating_add(1);
                deepest = deepest.max(depth);
                values = values.saturating_add(1);
            }
            Piece::Mark(b']' | b'}') => depth = depth.saturating_sub(1),
            Piece::Mark(b',') => values = values.saturating_add(1),
            _ => {}
        }
    }
    (deepest, values)
}

/// The text of an object's member, where that is plain to see: it stands there once, and no name and not the text
/// itself has escapes. Whoever reads the rest says whether the rest can be read.
pub fn member<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let mut depth = 0_usize;
    // The string that ended last, and whether it is the name that was looked for.
    let (mut last, mut named, mut found) = ("", false, None);
    for piece in pieces(text) {
        match piece {
            Piece::Quoted(quoted) if named && (found.is_some() || quoted.contains('\\')) => return None,
            Piece::Quoted(quoted) => {
                last = quoted;
                if std::mem::take(&mut named) {
                    found = Some(quoted);
                }
            }
            Piece::Mark(b' ' | b'\t' | b'\n' | b'\r') => {}
            // Another kind of value has this name.
            Piece::Mark(_) if named => return None,
            // A name in escapes may be the one that is looked for.
            Piece::Mark(b':') if depth == 1 && last.contains('\\') => return None,
            Piece::Mark(b':') => named = depth == 1 && last == name,
            Piece::Mark(b'{' | b'[') => depth = depth.saturating_add(1),
            Piece::Mark(b'}' | b']') => depth = depth.saturating_sub(1),
            Piece::Mark(_) => {}
        }
    }
    found
}

/// The largest part of a backup, in bytes.
pub const BACKUP: usize = 16 * 1024 * 1024;

/// Reads the body as text, up to `most` bytes.
pub async fn text(request: &mut Request, most: usize) -> Result<String, Failure> {
    let in_chunks = request.headers().has("transfer-encoding")?;
    let bytes = match declared(request)? {
        // The connection ends a body at its declared length, so it can be taken whole; one that comes in chunks
        // as well ends wherever its sender likes.
        Some(length) if length <= most && !in_chunks => whole(request).await?,
        _ => Reading::begin(request, most, TOO_LARGE)?.to_the_end().await?,
    };
    String::from_utf8(bytes).map_err(|_| BODY_MALFORMED.because("the body must be UTF-8").into())
}

fn declared(request: &Request) -> Result<Option<usize>, Failure> {
    Ok(request.headers().get("content-length")?.and_then(|length| length.parse().ok()))
}

async fn whole(request: &mut Request) -> Result<Vec<u8>, Failure> {
    let bytes = within(Duration::from_millis(TEXT_PATIENCE), request.bytes()).await;
    Ok(bytes.ok_or(TOO_SLOW)??)
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
        if declared(request)?.is_some_and(|declared| declared > most) {
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
        let patience = if self.most > OPERATOR { FILE_PATIENCE } else { TEXT_PATIENCE };
        let mut over = pin!(Delay::from(Duration::from_millis(patience)));
        while let Some(rest) = self.rest.as_mut().filter(|_| self.bytes.len() < enough) {
            match select(rest.next(), over.as_mut()).await {
                Either::Left((Some(chunk), _)) => self.bytes.extend(chunk?),
                Either::Left((None, _)) => self.rest = None,
                Either::Right(_) => return Err(TOO_SLOW.into()),
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

#[cfg(test)]
mod tests {
    use super::{member, shape};

    #[test]
    fn members_that_are_plain_to_see() {
        for (text, found) in [
            (r#"{"site":"a"}"#, Some("a")),
            (r#" { "id" : 1, "site" : "a" , "x":["site",":","b"],"y":{"site":"c"} }"#, Some("a")),
            (r#"{"x":"site","y":":","site":"a"}"#, Some("a")),
            (r#"{"x":"{\"site\":\"b\"","site":"a"}"#, Some("a")),
            (r#"{"site":"a\u0062"}"#, None),
            (r#"{"site":"a","site":"b"}"#, None),
            (r#"{"site":"a","\u0073ite":"b"}"#, None),
            (r#"{"site":["a"]}"#, None),
            (r#"{"site":{"a":"b"}}"#, None),
            (r#"{"site":null,"y":"a"}"#, None),
            (r#"{"site":7}"#, None),
            (r#"{"site":"a"#, None),
            (r#"{"y":{"site":"a"}}"#, None),
            (r#"[{"site":"a"}]"#, None),
            (r#""site":"a""#, None),
            ("", None),
        ] {
            assert_eq!(member(text, "site"), found, "{text}");
        }
    }

    #[test]
    fn shapes_of_bodies() {
        assert_eq!(shape(r#"{"a":[1,2,{"b":"[[[[,,,"}],"c":"\\\"[{"}"#), (3, 6));
        assert_eq!(shape(""), (0, 0));
        assert_eq!(shape("]]]]"), (0, 0));
        assert_eq!(shape(&"[".repeat(60_000)), (60_000, 60_000));
        assert_eq!(shape(&format!("[{}]", "1,".repeat(30_000))), (1, 30_001));
    }
}
