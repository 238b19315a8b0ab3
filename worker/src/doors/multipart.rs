//! Bodies of `multipart/form-data` (RFC 7578): fields as browsers send them, and files.

/// One field or file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part<'a> {
    /// The field's name.
    pub name: String,
    /// The file's name, when it is a file.
    pub file_name: Option<String>,
    /// What it carries.
    pub content: &'a [u8],
}

/// A body, as far as it has been read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parts<'a> {
    /// The parts that are there to their last byte, in order.
    pub parts: Vec<Part<'a>>,
    /// True when nothing is missing.
    pub whole: bool,
}

/// More parts than any form of ours has.
const MOST_PARTS: usize = 100;

impl<'a> Parts<'a> {
    /// Reads the parts of a body; `boundary` is what its content type names.
    pub fn read(body: &'a [u8], boundary: &str) -> Self {
        let mut found = Self::default();
        let first = format!("--{boundary}");
        let delimiter = format!("\r\n--{boundary}");
        let Some(mut rest) = body.strip_prefix(first.as_bytes()) else { return found };
        while found.parts.len() < MOST_PARTS {
            if rest.starts_with(b"--") {
                found.whole = true;
                break;
            }
            let Some((headers, content)) = rest.strip_prefix(b"\r\n").and_then(|rest| parted(rest, b"\r\n\r\n")) else {
                break;
            };
            let Some((content, after)) = parted(content, delimiter.as_bytes()) else { break };
            if let Some((name, file_name)) = named(&String::from_utf8_lossy(headers)) {
                found.parts.push(Part { name, file_name, content });
            }
            rest = after;
        }
        found
    }

    /// A field's words; empty when there is no such field.
    pub fn field(&self, name: &str) -> String {
        let part = self.parts.iter().find(|part| part.name == name && part.file_name.is_none());
        part.map(|part| String::from_utf8_lossy(part.content).into_owned()).unwrap_or_default()
    }

    /// All fields, in order.
    pub fn fields(&self) -> Vec<(String, String)> {
        let fields = self.parts.iter().filter(|part| part.file_name.is_none());
        fields.map(|part| (part.name.clone(), String::from_utf8_lossy(part.content).into_owned())).collect()
    }

    /// The file under this name, unless none was chosen: browsers send an empty one without a name then.
    pub fn file(&self, name: &str) -> Option<(&str, &'a [u8])> {
        self.parts.iter().filter(|part| part.name == name).find_map(|part| {
            let file_name = part.file_name.as_deref()?;
            (!file_name.is_empty() || !part.content.is_empty()).then_some((file_name, part.content))
        })
    }
}

/// The boundary that a content type names, when it is `multipart/form-data`.
pub fn boundary(content_type: &str) -> Option<String> {
    let mut words = content_type.split(';');
    let kind = words.next()?.trim();
    let boundary = words.find_map(|word| {
        let (name, value) = word.trim().split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then(|| value.trim().trim_matches('"').to_owned())
    })?;
    (kind.eq_ignore_ascii_case("multipart/form-data") && (1..=70).contains(&boundary.len())).then_some(boundary)
}

/// Name and file name from a part's headers.
fn named(headers: &str) -> Option<(String, Option<String>)> {
    let line = headers.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim().eq_ignore_ascii_case("content-disposition").then_some(value)
    })?;
    Some((parameter(line, "name")?, parameter(line, "filename")))
}

/// A quoted parameter; quotes and line ends inside are written as `%22`, `%0D` and `%0A`.
fn parameter(line: &str, wanted: &str) -> Option<String> {
    let mut rest = line;
    while let Some((_, after)) = rest.split_once(';') {
        let (name, value) = after.split_once('=')?;
        let value = value.trim_start();
        let (value, after) = match value.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => value.split_at(value.find(';').unwrap_or(value.len())),
        };
        if name.trim().eq_ignore_ascii_case(wanted) {
            return Some(value.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n"));
        }
        rest = after;
    }
    None
}

fn parted<'a>(bytes: &'a [u8], by: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes.windows(by.len()).position(|window| window == by)?;
    let (before, rest) = bytes.split_at_checked(at)?;
    Some((before, rest.strip_prefix(by)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = b"--x7\r\nContent-Disposition: form-data; name=\"site\"\r\n\r\nsite_a\r\n\
        --x7\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a;%22b%22.pdf\"\r\n\
        Content-Type: application/pdf\r\n\r\n%PDF\r\n--x\r\n\r\n--x7--\r\n";

    #[test]
    fn fields_and_files_as_browsers_send_them() {
        let parts = Parts::read(BODY, "x7");
        assert!(parts.whole);
        assert_eq!(parts.field("site"), "site_a");
        assert_eq!(parts.fields(), [("site".to_owned(), "site_a".to_owned())]);
        // A line that looks like the boundary but is not belongs to the file.
        assert_eq!(parts.file("file"), Some(("a;\"b\".pdf", &b"%PDF\r\n--x\r\n"[..])));
        assert_eq!(parts.field("file"), "");
    }

    #[test]
    fn a_body_cut_anywhere_gives_only_what_is_whole() {
        let second = BODY.windows(8).position(|window| window == b"site_a\r\n").unwrap() + "site_a\r\n--x7".len();
        for cut in 0..BODY.len() - 4 {
            let parts = Parts::read(&BODY[..cut], "x7");
            assert!(!parts.whole, "{cut}");
            assert_eq!(parts.field("site").is_empty(), cut < second, "{cut}");
            assert_eq!(parts.file("file"), None, "{cut}");
        }
        for odd in [&b""[..], b"--x7", b"--x7--", b"garbage", b"--x7\r\n\r\n\r\n--x7--"] {
            assert_eq!(Parts::read(odd, "x7").parts, []);
        }
    }

    #[test]
    fn a_file_that_was_not_chosen_is_none() {
        let body = b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\"\r\n\r\n\r\n--x--";
        assert_eq!(Parts::read(body, "x").file("file"), None);
    }

    #[test]
    fn boundaries() {
        assert_eq!(boundary("multipart/form-data; boundary=----WebKit7").as_deref(), Some("----WebKit7"));
        assert_eq!(boundary("Multipart/Form-Data; charset=utf-8; Boundary=\"a b\"").as_deref(), Some("a b"));
        for none in
            ["", "text/plain", "multipart/form-data", "multipart/form-data; boundary=", "text/plain; boundary=x"]
        {
            assert_eq!(boundary(none), None, "{none}");
        }
    }
}
