//! Who may send how much: the visitors' doors ask their ledgers through here.
//!
//! Two limits stand one behind the other. Where the runtime has a limit of its own (a binding of Cloudflare's,
//! counted at each of its places), it is asked first, so that a flood does not even reach the object. The
//! ledger counts in any case, because one server has no such binding and isolates of the front share nothing:
//! the object is the only place that sees all of one client's requests.

use base64ct::{Base64UrlUnpadded, Encoding};
use js_sys::Reflect;
use lead::{
    form::day,
    suspicion::rate::{self, Errand},
};
use worker::{Headers, Request};

use super::Outcome;
use crate::{
    clock,
    environment::{self, Environment},
    keys::{self, Key},
    ledger::call::Call,
    rejection::{Failure, TOO_OFTEN},
};

/// Carries errand, site key and network to the ledger.
pub const SENDER_HEADER: &str = "first-contact-sender";

/// For how long the runtime's own limit counts, in seconds; the same in `wrangler.toml`.
const PERIOD: u16 = 60;

/// The sender's network; empty where it is not known. Cloudflare names the sender in a header; elsewhere the
/// connection's own address counts, and where that is a proxy on the same machine or network, the last
/// address that the proxy has added. A header that anyone could have written is not believed.
pub fn network_of(request: &Request) -> Result<String, Failure> {
    let header = |name: &str| request.headers().get(name).map(Option::unwrap_or_default);
    // The binding has no getter for what plain workerd tells of a connection.
    let cf = Reflect::get(request.inner(), &"cf".into()).unwrap_or_default();
    let word = |name: &str| Reflect::get(&cf, &name.into()).ok().and_then(|word| word.as_string());
    let told = (word("clientIp"), word("colo").is_some());
    let network = match told {
        (None, true) => rate::network(&header("cf-connecting-ip")?),
        (Some(peer), _) => match rate::network(&peer) {
            Some(network) => Some(network),
            None => header("x-forwarded-for")?.rsplit(',').next().and_then(rate::network),
        },
        _ => None,
    };
    Ok(network.unwrap_or_default())
}

/// Asks a ledger for something that follows an inquiry, or goes before it, unless this network has sent too much.
pub async fn follow(environment: &Environment, network: &str, key: &Key, call: &Call) -> Outcome {
    let headers = headers(environment, Errand::Follow, network, key).await?;
    let ledger = environment.ledger(&key.workspace)?;
    Ok(environment::call_with(&ledger, call, headers).await?)
}

/// The headers of a call on behalf of a visitor.
pub async fn headers(environment: &Environment, errand: Errand, network: &str, key: &Key) -> Result<Headers, Failure> {
    let headers = Headers::new();
    headers.set(SENDER_HEADER, &sender(environment, errand, network, key).await?)?;
    Ok(headers)
}

/// On whose behalf a call is made; empty where the network is not known.
pub async fn sender(environment: &Environment, errand: Errand, network: &str, key: &Key) -> Result<String, Failure> {
    if network.is_empty() {
        return Ok(String::new());
    }
    if let Some(limit) = environment.rate() {
        // The limit is told a digest of the day and no address.
        let today = day::written(clock::now().to_zoned(jiff::tz::TimeZone::UTC).date());
        let secret = Base64UrlUnpadded::encode_string(&environment.secret()?);
        let who = keys::hash(&format!("{secret} {today} {errand:?} {} {network}", key.id));
        // A limit that fails lets pass: it is no reason to lose anyone.
        if limit.limit(who).await.is_ok_and(|outcome| !outcome.success) {
            return Err(TOO_OFTEN.again_in(PERIOD).into());
        }
    }
    let word = if errand == Errand::Record { "record" } else { "follow" };
    Ok(format!("{word} {} {network}", key.id))
}
