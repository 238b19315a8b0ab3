//! Keys that prove themselves: site key, API key, session cookie and sign-in link.
//!
//! Each carries the workspace, an id and a MAC over both, checked before any object is addressed,
//! so forged keys leave no object behind; whether a key was revoked is checked inside the object.
//! The text is `PREFIX_` and base64url of workspace (8 bytes), id, and MAC (12 bytes of
//! HMAC-SHA-256 over prefix, workspace and id).

use base16ct::lower as hex;
use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// In the tag, public: 4 bytes of id.
    Site,
    /// For programs; its id of 16 bytes is the secret.
    Api,
    /// In the session cookie; its id of 16 bytes is the secret.
    Session,
    /// In a sign-in link; its id of 16 bytes is the secret.
    Link,
}

/// A key whose MAC held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// What it is for.
    pub kind: Kind,
    /// The workspace: 16 hexadecimal digits.
    pub workspace: String,
    /// The id, in hexadecimal digits.
    pub id: String,
}

const MAC_BYTES: usize = 12;
const WORKSPACE_BYTES: usize = 8;

impl Kind {
    fn prefix(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::Api => "api",
            Self::Session => "session",
            Self::Link => "link",
        }
    }

    /// Length of the id in bytes.
    fn id_bytes(self) -> usize {
        if self == Self::Site { 4 } else { 16 }
    }
}

impl Key {
    /// The key's text; `None` when workspace or id are not hexadecimal digits of the right length.
    pub fn text(&self, secret: &[u8]) -> Option<String> {
        let workspace = hex::decode_vec(&self.workspace).ok().filter(|bytes| bytes.len() == WORKSPACE_BYTES)?;
        let id = hex::decode_vec(&self.id).ok().filter(|bytes| bytes.len() == self.kind.id_bytes())?;
        let mut bytes = [workspace, id].concat();
        let mac = mac(secret, self.kind, &bytes)?;
        bytes.extend_from_slice(&mac);
        Some(format!("{}_{}", self.kind.prefix(), Base64UrlUnpadded::encode_string(&bytes)))
    }

    /// Reads a key of this kind; `None` when it is malformed or its MAC does not hold.
    pub fn read(text: &str, kind: Kind, secret: &[u8]) -> Option<Self> {
        let encoded = text.strip_prefix(kind.prefix())?.strip_prefix('_')?;
        let bytes = Base64UrlUnpadded::decode_vec(encoded).ok()?;
        let (body, given) = bytes.split_at_checked(WORKSPACE_BYTES.checked_add(kind.id_bytes())?)?;
        let expected = mac(secret, kind, body)?;
        if !bool::from(given.ct_eq(&expected)) {
            return None;
        }
        let (workspace, id) = body.split_at_checked(WORKSPACE_BYTES)?;
        Some(Self { kind, workspace: hex::encode_string(workspace), id: hex::encode_string(id) })
    }
}

fn mac(secret: &[u8], kind: Kind, body: &[u8]) -> Option<Vec<u8>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
    mac.update(kind.prefix().as_bytes());
    mac.update(b"\0");
    mac.update(body);
    mac.finalize().into_bytes().get(..MAC_BYTES).map(<[u8]>::to_vec)
}

/// True when two secrets are the same, in constant time.
pub fn same(given: &str, expected: &str) -> bool {
    given.as_bytes().ct_eq(expected.as_bytes()).into()
}

/// The hash under which a secret or a body is kept.
pub fn hash(text: &str) -> String {
    hex::encode_string(&Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(kind: Kind) -> Key {
        let id = if kind == Kind::Site { "01020304" } else { "0102030405060708090a0b0c0d0e0f10" };
        Key { kind, workspace: "00112233445566ff".into(), id: id.into() }
    }

    #[test]
    fn a_key_proves_itself_and_nothing_else() {
        for kind in [Kind::Site, Kind::Api, Kind::Session, Kind::Link] {
            let text = key(kind).text(b"installation secret").unwrap();
            assert_eq!(Key::read(&text, kind, b"installation secret"), Some(key(kind)));
            assert_eq!(Key::read(&text, kind, b"another secret"), None);
            for other in [Kind::Site, Kind::Api, Kind::Session, Kind::Link].into_iter().filter(|other| *other != kind) {
                assert_eq!(Key::read(&text, other, b"installation secret"), None);
                let disguised = text.replacen(kind.prefix(), other.prefix(), 1);
                assert_eq!(Key::read(&disguised, other, b"installation secret"), None);
            }
            for at in text.find('_').unwrap() + 1..text.len() {
                let mut forged = text.clone().into_bytes();
                forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
                assert_eq!(Key::read(&String::from_utf8(forged).unwrap(), kind, b"installation secret"), None);
            }
        }
        for nonsense in ["", "_", "site_", "site_!", "site_AAAA", "сайт_AAAA", "session"] {
            assert_eq!(Key::read(nonsense, Kind::Site, b"installation secret"), None);
        }
    }
}
