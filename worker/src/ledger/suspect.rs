//! An inquiry that looks as if nobody had sent it: set aside, released, confirmed, judged.

use base16ct::lower as hex;
use lead::{
    closing::NOT_NEEDED,
    config::Config,
    event::{Event, EventKind},
    form::{day, wire::AnswersRequest},
    intake::{Accepted, Recording},
    secrets::place_of_turnstile,
    suspicion::{
        self, Arrived, Verdict,
        guard::{self, Asks},
        rate::Errand,
        repetition::{self, Before},
        sample,
    },
};

use super::{Ledger, call::Arrival, hand::Hand, team::Viewer};
use crate::{
    clock::{self, Timestamp},
    keys::{self, Key},
    proof,
    rejection::{Failure, Rejection, TOO_OFTEN},
    sql::{arrivals, closings, contacts, deliveries, history, inquiries, leads, persons, suspects, tasks},
    turnstile,
};

/// The reason of a lead that nobody sent (methodology §9).
pub(super) const SPAM: &str = "spam";

/// How far back the same is looked for, in milliseconds.
const DAY: i64 = 24 * 3_600_000;
const HOUR: i64 = 3_600_000;

/// What was found out about an inquiry before it is written.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) verdict: Verdict,
    keys: Vec<String>,
    chance: f64,
}

impl Ledger {
    /// Looks at an inquiry that is about to be recorded.
    pub(super) fn judge(
        &self,
        config: &Config,
        accepted: &Accepted,
        arrival: &Arrival,
        site: &str,
        now: Timestamp,
    ) -> Result<Judged, Failure> {
        let at = now.as_millisecond();
        let today = day::written(now.to_zoned(jiff::tz::TimeZone::UTC).date());
        let salt = self.salt_of(&today)?;
        let salted = |kind: &str, what: &str| keys::hash(&format!("{salt} {kind} {site} {what}"));
        let text = repetition::text_key(&accepted.request.contact.message).map(|text| salted("text", &text));
        let contact = repetition::contact_key(&accepted.reach).map(|contact| salted("contact", contact));
        let network = (!arrival.network.is_empty()).then(|| salted("network", &arrival.network));
        let since = |within: i64| at.saturating_sub(within);
        let [in_text, in_network, in_contact] = arrivals::counts(
            &self.database,
            [(&text, since(DAY)), (&network, since(HOUR)), (&contact, since(DAY))],
            repetition::MOST,
        )?;
        let site = config.site(site);
        let asks = Asks {
            proof: site.is_some_and(|site| site.proof_of_work.is_some()),
            turnstile: site.is_some_and(|site| site.turnstile.is_some()),
        };
        let verdict = suspicion::judge(Arrived {
            request: &accepted.request,
            reach: &accepted.reach,
            expected: site.is_none_or(|site| site.expects(&arrival.origin)),
            before: Before { text: in_text, network: in_network, contact: in_contact },
            // A program that records for its own visitors has no browser to ask, and a page without script asks none.
            // Our own page loads nothing of other people's, Turnstile included.
            asks: match arrival.channel.as_str() {
                "api" | "hosted" => Asks::default(),
                _ if arrival.origin.is_empty() => Asks { turnstile: false, ..asks },
                _ => asks,
            },
        });
        Ok(Judged { verdict, keys: [text, contact, network].into_iter().flatten().collect(), chance: clock::chance() })
    }

    /// The salt of a day; the first inquiry of the day makes it.
    fn salt_of(&self, today: &str) -> Result<String, Failure> {
        let (day, salt) = self.salt.borrow().clone();
        if day == today {
            return Ok(salt);
        }
        let salt = match arrivals::salt(&self.database, today)? {
            Some(salt) => salt,
            None => {
                let fresh = hex::encode_string(&clock::random::<16>()?);
                self.database.transaction(|| arrivals::put_salt(&self.database, today, &fresh))?;
                fresh
            }
        };
        *self.salt.borrow_mut() = (today.to_owned(), salt.clone());
        Ok(salt)
    }

    /// Writes what was found out, and gives whether it looks as if nobody had sent it. Runs inside the transaction that records, after everything else is in it.
    pub(super) fn look_twice(
        &self,
        config: &Config,
        recording: &Recording,
        inquiry: &str,
        judged: &Judged,
        now: Timestamp,
    ) -> worker::Result<bool> {
        let (at, lead) = (now.as_millisecond(), &recording.lead);
        let rule = config.suspicion;
        let is_suspect = judged.verdict.is_suspect(rule);
        arrivals::remember(&self.database, &judged.keys, at, at.saturating_sub(DAY))?;
        if !judged.verdict.signals.is_empty() {
            suspects::put_verdict(&self.database, inquiry, lead, &judged.verdict)?;
        }
        if recording.opened.is_none() {
            // Whoever writes again, and this time as a person does, is let go; a lead that people work on
            // already is not taken away from them.
            let held = suspects::find(&self.database, lead)?.is_some_and(|suspect| suspect.state == "held");
            if held && !is_suspect {
                self.release(lead, inquiry, "machine", now)?;
            }
            return Ok(is_suspect);
        }
        if is_suspect {
            leads::put_status(&self.database, lead, "suspect")?;
            suspects::hold(&self.database, lead, inquiry, at)?;
            let event = told(
                now,
                EventKind::LeadSetAside,
                "machine",
                &[
                    ("inquiry", inquiry),
                    ("score", &judged.verdict.score().to_string()),
                    ("signs", &judged.verdict.codes()),
                ],
            );
            history::add(&self.database, lead, &[event])?;
        }
        if sample::is_drawn(rule, is_suspect, judged.chance) {
            suspects::draw(&self.database, lead, is_suspect, at)?;
        }
        Ok(is_suspect)
    }

    /// He wrote himself, and may be answered, unless he asked for silence since.
    pub(super) fn end_silence(&self, row: &leads::Row, by: &str, now: Timestamp) -> worker::Result<()> {
        let is_over = contacts::is_silent(&self.database, &row.contact)?
            && !closings::asked_for_silence(&self.database, &row.contact, row.opened_at)?;
        if is_over {
            contacts::put_silence(&self.database, &row.contact, false)?;
            history::add(&self.database, &row.id, &[told(now, EventKind::SilenceEnded, by, &[])])?;
        }
        Ok(())
    }

    /// Lets a lead go on as if it had never been set aside: its time, source, seller and deadline are its own.
    /// Runs inside the caller's transaction.
    pub(super) fn release(&self, lead: &str, inquiry: &str, by: &str, now: Timestamp) -> worker::Result<()> {
        let at = now.as_millisecond();
        suspects::decide(&self.database, lead, "released", by, at)?;
        leads::put_status(&self.database, lead, "open")?;
        suspects::let_go(&self.database, lead, at)?;
        if let Some(row) = leads::find(&self.database, lead)? {
            self.end_silence(&row, by, now)?;
        }
        let event = told(now, EventKind::LeadReleased, by, &[("inquiry", inquiry)]);
        history::add(&self.database, lead, &[event])
    }

    /// A person says that a person wrote this. Runs inside the caller's transaction.
    pub(super) fn genuine(
        &self,
        config: &Config,
        viewer: &Viewer,
        row: &leads::Row,
        now: Timestamp,
    ) -> worker::Result<()> {
        let lead = &row.id;
        let another = persons::open_lead(&self.database, &row.contact, lead)?;
        let closed = closings::of_lead(&self.database, lead)?.filter(|closed| closed.reason == SPAM);
        let was_closed = closed.is_some();
        suspects::judged(&self.database, lead, "genuine", &viewer.id)?;
        if let Some(closed) = closed {
            closings::reopen(&self.database, lead)?;
            suspects::reopen_tasks(&self.database, lead, closed.closed_at, NOT_NEEDED)?;
        } else if row.status != "suspect" {
            return leads::touch(&self.database, lead);
        }
        let inquiry = suspects::find(&self.database, lead)?.map(|suspect| suspect.inquiry).unwrap_or_default();
        let hand = Hand { by: &viewer.id, now };
        match another {
            None => {
                let told = was_closed && !deliveries::is_held(&self.database, lead)?;
                self.release(lead, &inquiry, hand.by, now)?;
                if told {
                    self.tell_destinations(config, lead, "lead.reopened", now)?;
                }
                // He may have refused the price while nobody took him for a person.
                self.settle_price(config, hand, lead)?;
            }
            Some(another) => self.rejoin(config, hand, row, &inquiry, &another)?,
        }
        self.decided(viewer, lead, "genuine", now)
    }

    /// A head confirms that nobody wrote this. Runs inside the caller's transaction.
    pub(super) fn spam(
        &self,
        config: &Config,
        viewer: &Viewer,
        row: &leads::Row,
        now: Timestamp,
    ) -> worker::Result<()> {
        let (lead, at) = (&row.id, now.as_millisecond());
        suspects::judged(&self.database, lead, SPAM, &viewer.id)?;
        let inquiry = inquiries::of_lead(&self.database, lead)?.first().map(|first| first.id.clone());
        suspects::confirm(&self.database, lead, &inquiry.unwrap_or_default(), &viewer.id, at)?;
        closings::close(&self.database, row, SPAM, &format!("member {}", viewer.id), at)?;
        tasks::finish_all(&self.database, lead, NOT_NEEDED, at)?;
        let event = told(now, EventKind::LeadClosed, &viewer.id, &[("status", "lost"), ("reason", SPAM)]);
        history::add(&self.database, lead, &[event])?;
        // Of what was set aside nobody has heard.
        if row.status == "open" {
            self.tell_destinations(config, lead, "lead.closed", now)?;
        }
        self.decided(viewer, lead, SPAM, now)
    }

    /// May it be said of this lead that nobody wrote it? Only where the machine proposes it (methodology §9), or
    /// everything could be put out of sight in this way.
    pub(super) fn may_be_spam(&self, row: &leads::Row) -> Result<(), Failure> {
        let drawn = row.status == "open" && suspects::is_drawn(&self.database, &row.id, false)?;
        if row.status == "suspect" || drawn {
            return Ok(());
        }
        Err(Rejection::new(409, "not_in_question", "nobody asked whether a person wrote this").into())
    }

    fn decided(&self, viewer: &Viewer, lead: &str, action: &str, now: Timestamp) -> worker::Result<()> {
        let line = history::AuditLine {
            at: now.as_millisecond(),
            who: viewer.id.clone(),
            action: action.to_owned(),
            target: lead.to_owned(),
            outcome: "done".into(),
        };
        history::audit(&self.database, &line)
    }

    /// What a browser was asked for and brings after its inquiry. It changes what speaks against the inquiry and
    /// may let the lead go; nothing that comes here can cost it anything it has.
    pub(super) async fn proved(
        &self,
        config: &Config,
        key: &Key,
        known: &inquiries::Known,
        inquiry: &str,
        message: &AnswersRequest,
        came_at: Timestamp,
    ) -> Result<(), Failure> {
        let Some(site) = config.site(&known.site) else { return Ok(()) };
        let (mut worked, mut vouched) = (None, None);
        if site.proof_of_work.is_some() && !message.proof.is_empty() {
            let secret = self.environment.secret()?;
            // What waited in a spill, or for its inquiry, was in time when it came.
            worked = Some(match proof::check(&secret, &message.proof, &key.id, came_at.as_second()) {
                Err(outcome) => outcome,
                Ok(done) => {
                    let (until, at) = (done.expires_at.saturating_mul(1_000), came_at.as_millisecond());
                    let is_its_own = arrivals::spend(&self.database, &done.signature, inquiry, until, at)?;
                    if is_its_own { guard::Outcome::Good } else { guard::Outcome::Wrong }
                }
            });
        }
        if site.turnstile.is_some() && !message.turnstile.is_empty() {
            // A secret that another installation has sealed is our own fault, and no visitor's.
            vouched = Some(match self.secret_of(config, &place_of_turnstile(&site.id)).await {
                Ok(Some(secret)) => {
                    let token = &message.turnstile;
                    turnstile::verify(&self.environment, &secret, &site.origins, token, inquiry).await
                }
                _ => guard::Outcome::Unverified,
            });
        }
        if worked.is_none() && vouched.is_none() {
            return Ok(());
        }
        let now = clock::now();
        self.database.transaction(|| {
            let before = suspects::verdict(&self.database, inquiry)?;
            let verdict = worked.map_or_else(|| before.clone(), |outcome| guard::after_proof(&before, outcome));
            let verdict = vouched.map_or_else(|| verdict.clone(), |outcome| guard::after_turnstile(&verdict, outcome));
            suspects::put_verdict(&self.database, inquiry, &known.lead, &verdict)?;
            let suspect = suspects::find(&self.database, &known.lead)?;
            let held = suspect.is_some_and(|suspect| suspect.state == "held" && suspect.inquiry == inquiry);
            let waits = leads::find(&self.database, &known.lead)?.is_some_and(|row| row.status == "suspect");
            if held && waits && !verdict.is_suspect(config.suspicion) {
                self.release(&known.lead, inquiry, "machine", now)?;
            }
            Ok(())
        })?;
        Ok(())
    }

    /// What a site key's browsers are asked to work on; nothing where the site asks for nothing.
    pub(super) fn challenge(&self, key: &Key) -> super::Outcome {
        let site = self.site(key)?;
        let (_, config) = self.config()?;
        let asked = config.site(&site).and_then(|site| site.proof_of_work).ok_or(crate::rejection::NOT_FOUND)?;
        let challenge = proof::make(&self.environment.secret()?, &key.id, asked.tries, clock::now().as_second())?;
        super::reply(200, &challenge)
    }
}

impl Ledger {
    /// Refuses a visitor's request that is one too many, before anything is read of it. Gives its network, where
    /// it is known.
    pub(super) fn hold_back(&self, sender: &str) -> Result<String, Failure> {
        if sender.is_empty() {
            return Ok(String::new());
        }
        let (word, who) = sender.split_once(' ').unwrap_or_default();
        let errand = if word == "record" { Errand::Record } else { Errand::Follow };
        let passed = self.limits.borrow_mut().pass(errand, who, clock::now().as_millisecond());
        passed.map_err(|seconds| TOO_OFTEN.again_in(seconds))?;
        Ok(who.split_once(' ').map(|(_, network)| network.to_owned()).unwrap_or_default())
    }
}

fn told(now: Timestamp, kind: EventKind, by: &str, data: &[(&str, &str)]) -> Event {
    Event { at: now.to_string(), kind, by: by.to_owned(), data: lead::event::data(data) }
}
