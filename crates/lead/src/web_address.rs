//! Web addresses as strangers write them.
//!
//! Browsers send hosts in ASCII. Other callers may write them in their own letters
//! (`https://пример.рф/`): such labels become Punycode (RFC 3492) here, because Unicode's own tables
//! (UTS 46) would be a twentieth of the Worker.

use idna::punycode;
use url::Url;

/// Reads an address; `None` when it is none.
pub fn read(text: &str) -> Option<Url> {
    Url::parse(text).ok().or_else(|| Url::parse(&in_ascii(text)?).ok())
}

/// The address with its host in ASCII; `None` when it has no host to change.
fn in_ascii(text: &str) -> Option<String> {
    let (scheme, rest) = text.trim().split_once("://")?;
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len()));
    let (user, host) = authority.rsplit_once('@').map_or(("", authority), |(user, host)| (user, host));
    if host.is_ascii() {
        return None;
    }
    let (host, port) = host.rsplit_once(':').map_or((host, ""), |(host, port)| (host, port));
    let labels: Option<Vec<String>> = host
        .split('.')
        .map(|label| {
            if label.is_ascii() {
                return Some(label.to_owned());
            }
            Some(format!("xn--{}", punycode::encode_str(&label.to_lowercase())?))
        })
        .collect();
    let joint = |present: &str, mark| if present.is_empty() { "" } else { mark };
    Some(format!("{scheme}://{user}{}{}{}{port}{path}", joint(user, "@"), labels?.join("."), joint(port, ":")))
}

#[cfg(test)]
mod tests {
    use super::*;

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
    }
}
