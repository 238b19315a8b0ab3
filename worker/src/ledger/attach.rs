//! A file joins its inquiry: the file, its content and the history's line in one commit.

use base64ct::{Base64UrlUnpadded, Encoding};
use lead::{attachment, json};
use serde_json::json;
use worker::{Headers, Request, Response, ResponseBuilder};

use super::{Ledger, Outcome, call::Attach, reply};
use crate::{
    clock,
    doors::attachments::refused,
    rejection::{AN_HOUR, BODY_MALFORMED, Failure, NOT_FOUND, TOO_OFTEN},
    sql::{attachments, history, leads},
};

/// The object's path for a file; its content is the body.
pub const PATH: &str = "/attach";

/// The header in which the door hands over an [`Attach`], as base64url of JSON.
pub const CALL_HEADER: &str = "x-first-contact-call";

impl Ledger {
    pub(super) async fn attach(&self, request: &mut Request) -> Outcome {
        let header = request.headers().get(CALL_HEADER)?.unwrap_or_default();
        let call = Base64UrlUnpadded::decode_vec(&header).map_err(|_| BODY_MALFORMED)?;
        let call: Attach = json::from_tree(serde_json::from_slice(&call)?)?;
        let inquiry = call.inquiry.to_lowercase();
        let known = self.inquiry_with_secret(&call.key, &inquiry, &call.secret)?;
        if known.is_erased() {
            return kept(200, "", "", 0);
        }
        let content = request.bytes().await?;
        if let Some(same) = attachments::same(&self.database, &inquiry, &call.question, &call.sha256)? {
            return kept(200, &same.id, &same.name, same.size);
        }

        let room = self.room_with(content.len())?;
        let form = self.published(&known.form, known.form_version)?;
        let question = form.as_ref().and_then(|form| form.question(&call.question));
        let already = attachments::count(&self.database, &inquiry)?;
        let accepted = attachment::accept(question, &call.name, &content, already).map_err(refused)?;
        let (_, config) = self.config()?;
        let now = clock::now();
        let id = clock::mint(now)?;
        let file = attachments::NewFile {
            id: &id,
            inquiry: &inquiry,
            question: &call.question,
            attached_at: now.as_millisecond(),
            accepted: &accepted,
            sha256: &call.sha256,
            content: &content,
        };
        let event = attachment::attached(&id, &inquiry, &call.question, content.len(), now);
        self.database.transaction(|| {
            attachments::add(&self.database, &file)?;
            leads::touch(&self.database, &known.lead)?;
            history::add(&self.database, &known.lead, &[event])?;
            self.tell_gathered(&config, &known.lead, "lead.answered", now)
        })?;
        self.filed.set(room);
        self.arm().await?;
        self.announce(&known.lead);
        kept(201, &id, &accepted.name, u32::try_from(content.len()).unwrap_or(u32::MAX))
    }

    /// Files must not take the room that inquiries need, however many networks they come from.
    /// Gives what this hour has had with this file.
    fn room_with(&self, bytes: usize) -> Result<(i64, usize), Failure> {
        let hour = clock::now().as_second().div_euclid(3_600);
        let (of, filed) = self.filed.get();
        let filed = if of == hour { filed } else { 0 }.saturating_add(bytes);
        if filed > attachment::MOST_AN_HOUR || self.database.size() > attachment::FULL {
            return Err(TOO_OFTEN.again_in(AN_HOUR).into());
        }
        Ok((hour, filed))
    }

    /// A file for the team: saved and never opened by a browser, whatever it is.
    pub(super) fn download(&self, lead: &str, file: &str) -> Outcome {
        let file = attachments::find(&self.database, lead, file)?.ok_or(NOT_FOUND)?;
        let headers = Headers::new();
        headers.set("content-type", &file.media_type)?;
        headers.set("content-disposition", &attachment::content_disposition(&file.name))?;
        headers.set("content-security-policy", "sandbox; default-src 'none'")?;
        headers.set("x-content-type-options", "nosniff")?;
        headers.set("cross-origin-resource-policy", "same-origin")?;
        headers.set("cache-control", "private, no-store")?;
        let content = worker::FixedLengthStream::wrap(attachments::content(&self.database, &file), file.size.into());
        let response: Response = ResponseBuilder::new().with_headers(headers).from_stream(content)?;
        Ok(response)
    }
}

fn kept(status: u16, id: &str, name: &str, size: u32) -> Result<Response, Failure> {
    reply(status, &json!({ "id": id, "file": name, "size": size }))
}
