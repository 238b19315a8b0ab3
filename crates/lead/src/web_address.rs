//! Web addresses as strangers write them.
//!
//! Browsers send hosts in ASCII. Other callers may write them in their own letters
//! (`https://пример.рф/`): such labels become Punycode (RFC 3492) here, because Unicode's own tables
//! (UTS 46) would be a twentieth of the Worker.

use idna::punycode;
use url::Url;

/// Reads an address; `None` when it is none, or when its host is written in percent signs, as no browser does.
pub fn read(text: &str) -> Option<Url> {
    // The parser passes over these wherever they stand, and so does whoever looks at what it will see.
    let text = text.replace(['\t', '\n', '\r'], "");
    // What stands in for Unicode's tables may be asked about ASCII only: other letters are written in it first.
    match in_ascii(&text)? {
        Some(text) => Url::parse(&text).ok(),
        None => Url::parse(&text).ok(),
    }
}

/// The origin as browsers name it, of what somebody wrote as one; `None` for anything else.
pub fn origin(text: &str) -> Option<String> {
    let url = read(text)?;
    let is_bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
    (matches!(url.scheme(), "http" | "https") && is_bare && url.username().is_empty())
        .then(|| url.origin().ascii_serialization())
}

/// A host, or a pattern of one, as browsers name it: in ASCII, and without `www.`.
pub fn host(text: &str) -> String {
    let text = text.to_lowercase();
    let labels = text.trim_start_matches("www.").split('.').map(|label| match label.is_ascii() {
        true => label.to_owned(),
        false => punycode::encode_str(label).map_or_else(|| label.to_owned(), |coded| format!("xn--{coded}")),
    });
    labels.collect::<Vec<_>>().join(".")
}

/// The host of an address as somebody wrote it, a port behind it; empty when it has none.
pub fn host_as_written(text: &str) -> String {
    let text = text.replace(['\t', '\n', '\r'], "");
    let parts = text.trim_matches(|sign: char| sign <= ' ').split_once(':');
    parts.and_then(|(scheme, rest)| authority(scheme, rest)).map_or_else(String::new, |(_, host, _)| host.to_owned())
}

/// True for what parts the labels of a host: a full stop, or one of those that Chinese and Japanese keyboards write.
pub fn is_dot(sign: char) -> bool {
    matches!(sign, '.' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}')
}

/// User, host and path of what follows a scheme that has a host.
fn authority<'a>(scheme: &str, rest: &'a str) -> Option<(&'a str, &'a str, &'a str)> {
    ["http", "https", "ws", "wss", "ftp"].iter().find(|known| scheme.eq_ignore_ascii_case(known))?;
    let rest = rest.trim_start_matches(['/', '\\']);
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len()));
    let (user, host) = authority.rsplit_once('@').map_or(("", authority), |(user, host)| (user, host));
    Some((user, host, path))
}

/// The address with its host in ASCII; `Some(None)` when it has no host to change, `None` when that cannot be.
#[allow(clippy::option_option, reason = "nothing to change is not the same as no address")]
fn in_ascii(text: &str) -> Option<Option<String>> {
    let Some((scheme, rest)) = text.trim_matches(|sign: char| sign <= ' ').split_once(':') else { return Some(None) };
    if scheme.eq_ignore_ascii_case("file") {
        let rest = rest.replace('\\', "/");
        let host = rest.strip_prefix("//").and_then(|rest| rest.split('/').next()).unwrap_or_default();
        return (host.is_ascii() && !host.contains('%')).then_some(None);
    }
    let Some((user, host, path)) = authority(scheme, rest) else { return Some(None) };
    if host.contains('%') {
        return None;
    }
    if host.is_ascii() {
        return Some(None);
    }
    let (host, port) = host.rsplit_once(':').map_or((host, ""), |(host, port)| (host, port));
    let labels: Option<Vec<String>> = host
        .split(is_dot)
        .map(|label| {
            if label.is_ascii() {
                return Some(label.to_owned());
            }
            Some(format!("xn--{}", punycode::encode_str(&label.to_lowercase())?))
        })
        .collect();
    let joint = |present: &str, mark| if present.is_empty() { "" } else { mark };
    Some(Some(format!("{scheme}://{user}{}{}{}{port}{path}", joint(user, "@"), labels?.join("."), joint(port, ":"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_and_hosts_are_as_browsers_name_them() {
        for (written, named) in [
            ("https://shop.example", Some("https://shop.example")),
            ("https://Shop.example:443/", Some("https://shop.example")),
            ("http://localhost:8080", Some("http://localhost:8080")),
            ("https://пример.рф", Some("https://xn--e1afmkfd.xn--p1ai")),
            ("shop.example", None),
            ("https://shop.example/path", None),
            ("https://shop.example/?a", None),
            ("ftp://shop.example", None),
            ("", None),
        ] {
            assert_eq!(origin(written).as_deref(), named, "{written}");
        }
        assert_eq!([host("www.Partner.ru"), host("*.пример.рф")], ["partner.ru", "*.xn--e1afmkfd.xn--p1ai"]);
    }

    #[test]
    fn hosts_in_their_own_letters_are_read() {
        let read = |text| read(text).map(|url| url.to_string());
        assert_eq!(
            read("https://пример.рф/цены?a=1").as_deref(),
            Some("https://xn--e1afmkfd.xn--p1ai/%D1%86%D0%B5%D0%BD%D1%8B?a=1")
        );
        assert_eq!(read("https://Магазин.example:8443#x").as_deref(), Some("https://xn--80aairftm.example:8443/#x"));
        assert_eq!(read("https://ya.ru").as_deref(), Some("https://ya.ru/"));
        assert_eq!(read("пример.рф"), None);
        assert_eq!(read("https://"), None);
        // A capital beside other letters, also one that hides.
        assert_eq!(read("https://Aຄ.example/").as_deref(), Some("https://xn--a-c4f.example/"));
        assert_eq!(read("ht\ntps:\\\\Aຄ.example").as_deref(), Some("https://xn--a-c4f.example/"));
        assert_eq!(read("file:///C:/page.html?utm_source=x").as_deref(), Some("file:///C:/page.html?utm_source=x"));
        assert_eq!(read("file://Aຄ/"), None);
        assert_eq!(read("https://%41%E0%BA%84.example/"), None);
        assert_eq!(
            read("https://shop.example/%41?a=%D0%B0#%41").as_deref(),
            Some("https://shop.example/%41?a=%D0%B0#%41")
        );
    }
}
