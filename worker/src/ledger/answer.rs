//! Answers become facts and a priority, recomputed here whatever the browser thought.

use lead::{
    config::Config,
    deadline,
    form::{
        Form, priority,
        wire::{AnswersReply, AnswersRequest},
    },
    intake,
    qualify::{self, Before},
    visit,
};

use super::{Ledger, Outcome, answered::Answered, call::Said, reply};
use crate::{
    clock::Timestamp,
    keys::{self, Key},
    rejection::{AN_HOUR, Failure, INQUIRY_UNKNOWN, Rejection, SECRET_WRONG, TOO_OFTEN},
    sql::{
        answers, history,
        inquiries::{self, Known},
        leads, unclaimed,
    },
};

/// There is no room for answers whose inquiry has not come: they come again.
const TOO_MANY_WAITING: Rejection =
    Rejection::new(429, "too_many_waiting", "too many answers wait for inquiries that have not come")
        .again_in(lead::unclaimed::AGAIN_IN);

impl Ledger {
    pub(super) async fn answer(
        &self,
        key: &Key,
        inquiry: &str,
        message: &AnswersRequest,
        raw: &str,
        now: Timestamp,
    ) -> Result<Answered, Failure> {
        let (_, config) = self.config()?;
        self.site_at(key, now)?;
        let inquiry = inquiry.to_lowercase();
        if !intake::is_uuid(&inquiry) {
            return Err(Rejection::new(400, "id_malformed", "the id must be a UUID").into());
        }
        let received = answers::Message {
            secret_hash: keys::hash(&message.secret),
            received_at: now.as_millisecond(),
            body: without_secret(raw, &message.secret),
        };
        let body_hash = keys::hash(raw);

        let Some(known) = inquiries::find(&self.database, &inquiry)? else {
            if self.erased_again(&inquiry)?.is_some() {
                return Ok(Self::answered_in_vain(inquiry)?);
            }
            // The inquiry is still on its way: its answers wait for it.
            let waits =
                self.database.transaction(|| unclaimed::wait(&self.database, &inquiry, &body_hash, &received))?;
            if !waits {
                return Err(TOO_MANY_WAITING.into());
            }
            self.arm().await?;
            return Ok(Answered::reply(202, &AnswersReply { id: inquiry, next: None })?);
        };
        if known.secret_hash.as_ref() != Some(&received.secret_hash) {
            return Err(SECRET_WRONG.into());
        }
        if known.is_erased() {
            return Ok(Self::answered_in_vain(inquiry)?);
        }
        let form = self.published(&known.form, known.form_version)?;
        let mut has_room = true;
        let next = self.database.transaction(|| {
            has_room = answers::keep(&self.database, &inquiry, &body_hash, &received)?;
            match &form {
                Some(form) if has_room => self.qualify(&config, form, &inquiry, &known.lead, message, now),
                _ => Ok(None),
            }
        })?;
        if !has_room {
            return Err(TOO_OFTEN.again_in(AN_HOUR).into());
        }
        self.proved(&config, key, &known, &inquiry, message, now).await?;
        self.arm().await?;
        self.announce(&known.lead);
        Ok(Answered::reply(200, &AnswersReply { id: inquiry, next })?)
    }

    /// An inquiry, for whoever has its secret.
    pub(super) fn inquiry_with_secret(&self, key: &Key, inquiry: &str, secret: &str) -> Result<Known, Failure> {
        self.site(key)?;
        let known = inquiries::find(&self.database, inquiry)?.ok_or(INQUIRY_UNKNOWN)?;
        if known.secret_hash.as_ref() != Some(&keys::hash(secret)) {
            return Err(SECRET_WRONG.into());
        }
        Ok(known)
    }

    /// What an inquiry has said so far, to whoever has its secret.
    pub(super) fn said(&self, key: &Key, inquiry: &str, secret: &str) -> Outcome {
        let inquiry = &inquiry.to_lowercase();
        self.inquiry_with_secret(key, inquiry, secret)?;
        let request = inquiries::request(&self.database, inquiry)?.unwrap_or_default();
        reply(200, &Said { request, answers: answers::merged(&self.database, inquiry)? })
    }

    /// Writes what follows from a message of answers, and gives the next question.
    /// Runs inside the caller's transaction.
    pub(super) fn qualify(
        &self,
        config: &Config,
        form: &Form,
        inquiry: &str,
        lead: &str,
        message: &AnswersRequest,
        now: Timestamp,
    ) -> worker::Result<Option<String>> {
        let merged = answers::merged(&self.database, inquiry)?;
        let facts = answers::facts(&self.database, lead)?;
        let rule = priority::Rule { urgent_days: config.urgent_days };
        let today = deadline::local_day(config, now);
        let context =
            inquiries::request(&self.database, inquiry)?.map(|request| visit::context(&request)).unwrap_or_default();
        let before = Before { answers: &merged, facts: &facts, context: &context };
        let qualified = qualify::answer(form, before, message, now, today, rule);
        if qualified.changed.is_empty() {
            return Ok(qualified.next);
        }
        let at = now.as_millisecond();
        answers::put(&self.database, inquiry, &qualified.answers)?;
        answers::add_facts(&self.database, lead, &qualified.facts, "visitor", inquiry, at)?;
        leads::put_rank(&self.database, lead, qualified.standing.rank)?;
        history::add(&self.database, lead, &qualified.events)?;
        self.turn(config, inquiry, lead, &qualified.facts, now)?;
        self.tell_gathered(config, lead, "lead.answered", now)?;
        Ok(qualified.next)
    }
}

/// A body as kept: word for word, but for the secret, which is the key to the inquiry and is kept
/// hashed only.
pub(super) fn without_secret(raw: &str, secret: &str) -> String {
    if secret.is_empty() { raw.to_owned() } else { raw.replace(secret, "") }
}

/// A failure inside a transaction, as the transaction's error.
pub(super) fn fault(failure: Failure) -> worker::Error {
    match failure {
        Failure::Fault(error) => error,
        Failure::Rejected(rejection) => worker::Error::RustError(rejection.code.into()),
    }
}
