//! Where a delivery may go: the first guard against requests to the inside (SSRF).
//!
//! The second guard is the runtime's network, which reaches public addresses only; a name that
//! resolves to a private address passes here and is stopped there.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use crate::web_address;

/// Why a delivery may not go there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Not a URL.
    Malformed,
    /// Not `https`.
    NotHttps,
    /// Carries a user name or password.
    Credentials,
    /// A private, loopback, link-local, shared, documentation or otherwise special address or name.
    NotPublic,
    /// A host with letters or signs that stand for others: who reads them so arrives elsewhere than who does not.
    Letters,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Malformed => "is not a URL",
            Self::NotHttps => "must begin with https://",
            Self::Credentials => "must not carry a user name or password",
            Self::NotPublic => "must be a public address",
            Self::Letters => "must have a host in plain letters and digits, or in Punycode",
        })
    }
}

/// Checks where a delivery would go. `private_too` is set only while developing on one machine; it
/// allows plain http and private addresses.
///
/// # Errors
/// See [`Refusal`].
pub fn check(url: &str, private_too: bool) -> Result<Url, Refusal> {
    if !web_address::host_as_written(url).chars().all(stands_for_itself) {
        return Err(Refusal::Letters);
    }
    let url = web_address::read(url).ok_or(Refusal::Malformed)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refusal::Credentials);
    }
    if private_too && matches!(url.scheme(), "http" | "https") {
        return Ok(url);
    }
    if url.scheme() != "https" {
        return Err(Refusal::NotHttps);
    }
    let public = match url.host() {
        Some(Host::Ipv4(address)) => public_v4(address),
        Some(Host::Ipv6(address)) => public_v6(address),
        Some(Host::Domain(name)) => public_name(name),
        None => false,
    };
    if public { Ok(url) } else { Err(Refusal::NotPublic) }
}

/// False for a letter that Unicode's compatibility mapping (NFKC, UTS 46) makes another one of, such as a circled digit
/// or a letter of full width, and for anything that is no letter. Not every such letter of every script is in the list,
/// which needs no table: a request goes to the host as it was read here, without any mapping.
fn stands_for_itself(sign: char) -> bool {
    let is_mapped = matches!(
        sign,
        'ª' | 'µ' | 'º' | 'ĳ' | 'Ĳ' | 'Ŀ' | 'ŀ' | 'ŉ' | 'ſ' | 'ẚ' | 'ẛ' | 'և' | 'ำ' | 'ຳ' | 'ໜ' | 'ໝ'
            | '\u{1c4}'..='\u{1cc}' // digraphs
            | '\u{1f1}'..='\u{1f3}'
            | '\u{2b0}'..='\u{2ff}' // modifiers
            | '\u{1d2c}'..='\u{1d6a}'
            | '\u{1d78}'
            | '\u{1d9b}'..='\u{1dbf}'
            | '\u{2070}'..='\u{2bff}' // superscripts, letterlike, Roman numerals, enclosed
            | '\u{2c7c}'..='\u{2c7d}'
            | '\u{3130}'..='\u{318f}' // compatibility jamo
            | '\u{3200}'..='\u{33ff}' // enclosed and squared
            | '\u{a7f2}'..='\u{a7f9}'
            | '\u{f900}'..='\u{ffff}' // compatibility ideographs, ligatures, presentation forms, full and half width
            | '\u{1d400}'..='\u{1d7ff}' // mathematical
            | '\u{1ee00}'..='\u{1eeff}'
            | '\u{1f100}'..='\u{1f1ff}' // enclosed
            | '\u{2f800}'..='\u{2fa1f}'
    );
    sign.is_ascii() || web_address::is_dot(sign) || (sign.is_alphabetic() && !is_mapped)
}

fn public_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_lowercase();
    let last = name.rsplit('.').next().unwrap_or_default();
    let inside = [
        "localhost",
        "local",
        "internal",
        "intranet",
        "lan",
        "home",
        "corp",
        "test",
        "example",
        "invalid",
        "onion",
        "arpa",
    ];
    name.contains('.') && !inside.contains(&last) && name.parse::<IpAddr>().is_err()
}

fn public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, d] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_multicast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b)) // carrier-grade NAT
        || (a == 198 && (18..20).contains(&b)) // benchmarking
        || (a, b, c) == (192, 0, 0)
        || (a, b, c) == (192, 88, 99)
        || (a, b, c, d) == (168, 63, 129, 16); // Azure's own server, inside each of its machines
    !special
}

fn public_v6(address: Ipv6Addr) -> bool {
    if let Some(inner) = address.to_ipv4_mapped() {
        return public_v4(inner);
    }
    let [a, b, ..] = address.segments();
    // Only global unicast (2000::/3), without 6to4, what protocols have for themselves (2001::/23, with Teredo and
    // ORCHID), documentation (2001:db8::/32, 3fff::/20) and NAT64 (64:ff9b::/96).
    let special = match a {
        0x2001 => b < 0x200 || b == 0xdb8,
        0x2002 => true,
        0x3fff => b < 0x1000,
        _ => false,
    };
    (0x2000..0x4000).contains(&a) && !special
}
