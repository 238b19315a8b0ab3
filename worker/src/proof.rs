//! A small piece of work for a browser, in the format of ALTCHA (version 1): "which number, written after this
//! salt, has this SHA-256?". What was asked is signed, so that nothing has to be kept until the answer comes;
//! what was answered is spent for one inquiry.

use base16ct::lower as hex;
use base64ct::{Base64, Encoding};
use hmac::{Hmac, Mac};
use lead::{json, suspicion::guard::Outcome};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::clock;

/// How long the answer counts, in seconds: nobody types for longer.
const HOLDS: i64 = 2 * 3_600;

const ALGORITHM: &str = "SHA-256";

/// What a browser is asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Challenge {
    /// Always `SHA-256`.
    pub algorithm: String,
    /// The digest to be met, in hexadecimal digits.
    pub challenge: String,
    /// The number is at most this.
    pub maxnumber: u32,
    /// What stands before the number: randomness, until when it holds, and for whom.
    pub salt: String,
    /// HMAC-SHA-256 of the challenge, in hexadecimal digits.
    pub signature: String,
}

/// What it answers, as JSON in base64.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Answered {
    algorithm: String,
    challenge: String,
    number: u64,
    salt: String,
    signature: String,
}

/// Work that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Until when it could be shown again, in seconds since 1970.
    pub expires_at: i64,
    /// Under what it is spent.
    pub signature: String,
}

/// Makes a challenge for the browsers of a site key.
///
/// # Errors
/// When the runtime has no randomness.
pub fn make(secret: &[u8], site: &str, tries: u32, now: i64) -> worker::Result<Challenge> {
    let chosen = u32::from_be_bytes(clock::random::<4>()?);
    let number = u64::from(chosen).checked_rem(u64::from(tries).saturating_add(1)).unwrap_or(0);
    let salt = hex::encode_string(&clock::random::<12>()?);
    Ok(made(secret, site, tries, now, &salt, number))
}

fn made(secret: &[u8], site: &str, tries: u32, now: i64, salt: &str, number: u64) -> Challenge {
    let salt = format!("{salt}?expires={}&site={site}&", now.saturating_add(HOLDS));
    let challenge = digest(&salt, number);
    let signature = sign(secret, &challenge);
    Challenge { algorithm: ALGORITHM.into(), challenge, maxnumber: tries, salt, signature }
}

/// Looks at an answer from a browser of this site key.
///
/// # Errors
/// What is wrong with it.
pub fn check(secret: &[u8], answer: &str, site: &str, now: i64) -> Result<Done, Outcome> {
    let decoded = Base64::decode_vec(answer).map_err(|_| Outcome::Wrong)?;
    let tree = serde_json::from_slice(&decoded).map_err(|_| Outcome::Wrong)?;
    let answered: Answered = json::from_tree(tree).map_err(|_| Outcome::Wrong)?;
    let signature = sign(secret, &answered.challenge);
    let ours = bool::from(signature.as_bytes().ct_eq(answered.signature.as_bytes()));
    let met = digest(&answered.salt, answered.number) == answered.challenge;
    let word = |name: &str| {
        let (_, words) = answered.salt.split_once('?')?;
        words.split('&').find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
    };
    let expires_at = word("expires").and_then(|at| at.parse::<i64>().ok());
    let Some(expires_at) =
        expires_at.filter(|_| ours && met && answered.algorithm == ALGORITHM && word("site") == Some(site))
    else {
        return Err(Outcome::Wrong);
    };
    if expires_at < now { Err(Outcome::Expired) } else { Ok(Done { expires_at, signature }) }
}

fn digest(salt: &str, number: u64) -> String {
    hex::encode_string(&Sha256::digest(format!("{salt}{number}").as_bytes()))
}

/// The installation's secret signs other things too; the words before it keep them apart.
fn sign(secret: &[u8], challenge: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(&[b"work for a browser ".as_slice(), secret].concat());
    mac.map_or_else(
        |_| String::new(),
        |mac| hex::encode_string(&mac.chain_update(challenge.as_bytes()).finalize().into_bytes()),
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail by panicking")]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"a secret of at least thirty-two characters";

    fn answer(challenge: &Challenge, number: u64) -> String {
        let Challenge { algorithm, challenge, salt, signature, .. } = challenge;
        let json = serde_json::json!({ "algorithm": algorithm, "challenge": challenge, "number": number, "salt": salt, "signature": signature });
        Base64::encode_string(json.to_string().as_bytes())
    }

    #[test]
    fn only_the_work_that_was_asked_for_counts() {
        let asked = made(SECRET, "0a0b", 1_000, 100, "salt", 777);
        assert!(check(SECRET, &answer(&asked, 777), "0a0b", 100).is_ok());
        assert_eq!(check(SECRET, &answer(&asked, 778), "0a0b", 100), Err(Outcome::Wrong));
        assert_eq!(check(SECRET, &answer(&asked, 777), "ffff", 100), Err(Outcome::Wrong), "another site's");
        assert_eq!(check(SECRET, &answer(&asked, 777), "0a0b", 100 + HOLDS + 1), Err(Outcome::Expired));
        let own = made(b"a stranger's own secret, long enough too", "0a0b", 1, 100, "salt", 1);
        assert_eq!(check(SECRET, &answer(&own, 1), "0a0b", 100), Err(Outcome::Wrong));
        // A longer life written into the salt is another challenge.
        let longer = Challenge { salt: asked.salt.replace("expires=", "expires=9"), ..asked.clone() };
        assert_eq!(check(SECRET, &answer(&longer, 777), "0a0b", 100), Err(Outcome::Wrong));
        for odd in ["", "=", "bnVsbA==", "W10=", "e30=", &"A".repeat(4_000)] {
            assert_eq!(check(SECRET, odd, "0a0b", 100), Err(Outcome::Wrong), "{odd}");
        }
    }
}
