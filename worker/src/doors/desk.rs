//! The desk's pages and signing in.

use serde::Deserialize;
use worker::{Headers, Request, Response, ResponseBuilder};

use super::Outcome;
use crate::{
    built,
    environment::{self, Environment},
    keys::{Key, Kind},
    ledger::{call::Call, set_up::SESSION_DAYS},
    rejection::{Failure, SIGNED_OUT},
    routes::Found,
};

/// How long a browser keeps the session.
const SESSION_SECONDS: u32 = SESSION_DAYS * 86_400;

/// `GET /desk/…`: one page for every address; it draws itself.
pub fn page() -> Outcome {
    let headers = Headers::new();
    headers.set("content-type", "text/html; charset=utf-8")?;
    headers.set("cache-control", "no-cache")?;
    headers.set(
        "content-security-policy",
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    )?;
    headers.set("x-content-type-options", "nosniff")?;
    headers.set("referrer-policy", "no-referrer")?;
    let html = include_str!("../../../site/desk/index.html").replace("{{BASE}}", built::DESK);
    Ok(ResponseBuilder::new().with_headers(headers).fixed(html.into_bytes()))
}

/// `GET /desk/sign-in/{link}`: exchanges the link for a session cookie.
pub async fn sign_in(found: &Found, request: &Request, environment: &Environment) -> Outcome {
    let secret = environment.secret()?;
    let link = Key::read(found.param("link"), Kind::Link, &secret).ok_or(SIGNED_OUT)?;
    let workspace = link.workspace.clone();
    let ledger = environment.ledger(&workspace)?;
    let response = environment::call(&ledger, &Call::SignIn { key: link }).await?;
    if response.status_code() != 201 {
        // The link is used up or too old; the desk says what to do.
        return to_desk(None);
    }
    #[derive(Deserialize)]
    struct SignedIn {
        session: String,
    }
    let signed_in: SignedIn = environment::read(response).await?;
    let session = Key { kind: Kind::Session, workspace, id: signed_in.session }.text(&secret).ok_or(SIGNED_OUT)?;
    let cookie = format!(
        "{}={session}; Path=/; HttpOnly; SameSite=Lax; Max-Age={SESSION_SECONDS}{}",
        cookie_name(request)?,
        secure(request)?
    );
    to_desk(Some(&cookie))
}

fn to_desk(cookie: Option<&str>) -> Outcome {
    let headers = Headers::new();
    headers.set("location", "/desk/")?;
    headers.set("cache-control", "no-store")?;
    headers.set("referrer-policy", "no-referrer")?;
    if let Some(cookie) = cookie {
        headers.set("set-cookie", cookie)?;
    }
    Ok(ResponseBuilder::new().with_status(303).with_headers(headers).empty())
}

/// The session cookie's key, if there is one and its MAC holds.
pub fn session(request: &Request, environment: &Environment) -> Result<Option<Key>, Failure> {
    let cookies = request.headers().get("cookie")?.unwrap_or_default();
    let name = cookie_name(request)?;
    let value = cookies.split(';').find_map(|cookie| cookie.trim().strip_prefix(name)?.strip_prefix('='));
    match value {
        None => Ok(None),
        Some(text) => Ok(Key::read(text, Kind::Session, &environment.secret()?)),
    }
}

/// A response that also forgets the session cookie.
pub fn without_cookie(request: &Request) -> Outcome {
    let mut response = Response::empty()?.with_status(204);
    let cookie = format!("{}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{}", cookie_name(request)?, secure(request)?);
    response.headers_mut().set("set-cookie", &cookie)?;
    Ok(response)
}

/// Over https the name carries the `__Host-` prefix, which binds the cookie to this host.
fn cookie_name(request: &Request) -> Result<&'static str, Failure> {
    Ok(if request.url()?.scheme() == "https" { "__Host-first_contact" } else { "first_contact" })
}

fn secure(request: &Request) -> Result<&'static str, Failure> {
    Ok(if request.url()?.scheme() == "https" { "; Secure" } else { "" })
}
