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
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Malformed => "is not a URL",
            Self::NotHttps => "must begin with https://",
            Self::Credentials => "must not carry a user name or password",
            Self::NotPublic => "must be a public address",
        })
    }
}

/// Checks where a delivery would go. `private_too` is set only while developing on one machine; it
/// allows plain http and private addresses.
///
/// # Errors
/// See [`Refusal`].
pub fn check(url: &str, private_too: bool) -> Result<Url, Refusal> {
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
    // Only global unicast (2000::/3), without 6to4, Teredo, documentation and NAT64 (64:ff9b::/96).
    (0x2000..0x4000).contains(&a) && a != 0x2002 && !(a == 0x2001 && (b == 0 || b == 0xdb8))
}
