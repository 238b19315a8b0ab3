//! Addresses that came with an inquiry: a link only where it leads to a web page.

/// The address, when a browser may open it: `http` or `https` and nothing invisible in it.
pub(crate) fn openable(address: &str) -> Option<&str> {
    let (scheme, rest) = address.split_once("://")?;
    let web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    let plain = !rest.is_empty() && rest.chars().all(|sign| !sign.is_control() && !sign.is_whitespace());
    (web && plain).then_some(address)
}

/// The address without its scheme and query: enough to recognise the page.
pub(crate) fn short(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let bare = rest.split(['?', '#']).next().unwrap_or(rest).trim_end_matches('/');
    if bare.is_empty() { address } else { bare }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_pages_are_links() {
        assert!(openable("https://shop.example/price?utm_source=ya").is_some());
        assert!(openable("HTTP://shop.example").is_some());
        for text in [
            "javascript:alert(1)",
            "javascript://x%0aalert(1)",
            "data:text/html,x",
            "/price",
            "https://",
            "https://a b",
        ] {
            assert_eq!(openable(text), None, "{text}");
        }
        assert_eq!(short("https://shop.example/price/?utm_source=ya"), "shop.example/price");
    }
}
