//! What the hosted page knows of whether a person fills it, without any script: a field that nobody sees, and
//! the signed time at which the page was made.

use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::hosted::Posted;
use crate::{clock, environment::Environment, rejection::Failure};

/// The name of the field that nobody sees.
pub(super) const TRAP: &str = "topic";

/// The name of the field that carries the time.
pub(super) const SHOWN: &str = "shown";

/// Now, signed: milliseconds since 1970 and their MAC.
pub(super) fn shown(environment: &Environment) -> Result<String, Failure> {
    let at = clock::now().as_millisecond().to_string();
    Ok(format!("{at}.{}", mac(&environment.secret()?, &at)))
}

/// How long the page was there before it was sent; `None` where nobody signed for it, as in a host's own form.
pub(super) fn took(environment: &Environment, posted: &Posted) -> Result<Option<u64>, Failure> {
    let secret = environment.secret()?;
    let since = read(&secret, &posted.value(SHOWN));
    let now = clock::now().as_millisecond();
    Ok(since.and_then(|at| u64::try_from(now.saturating_sub(at)).ok()))
}

fn read(secret: &[u8], signed: &str) -> Option<i64> {
    let (at, given) = signed.split_once('.')?;
    let holds = bool::from(mac(secret, at).as_bytes().ct_eq(given.as_bytes()));
    at.parse().ok().filter(|_| holds)
}

fn mac(secret: &[u8], at: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(&[b"a page was shown ".as_slice(), secret].concat());
    let whole = mac.map(|mac| mac.chain_update(at.as_bytes()).finalize().into_bytes());
    whole.ok().and_then(|bytes| bytes.get(..16).map(Base64UrlUnpadded::encode_string)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_time_of_our_own_is_believed() {
        let secret = b"a secret of at least thirty-two characters";
        let signed = format!("1700000000000.{}", mac(secret, "1700000000000"));
        assert_eq!(read(secret, &signed), Some(1_700_000_000_000));
        assert_eq!(read(secret, &signed.replace('7', "6")), None);
        assert_eq!(read(b"another secret of thirty-two characters", &signed), None);
        for odd in ["", ".", "1700000000000", "1700000000000.", "x.y"] {
            assert_eq!(read(secret, odd), None, "{odd}");
        }
    }
}
