//! An inquiry becomes a lead: inquiry, contact, lead, assignee, first-response task and due
//! deliveries in one commit, before anything is answered.

use std::time::Duration;

use super::{Ledger, answer::without_secret, answered::Answered, call::Arrival, suspect::Judged};
use crate::{
    clock::{self, Timestamp},
    keys::{self, Key},
    rejection::{AN_HOUR, Failure, ID_TAKEN, Rejection, TOO_OFTEN},
    sql::{self, contacts, counts, deliveries, history, inquiries, leads, persons, routings, tasks, turns},
};
use lead::{
    config::Config,
    counting::Place,
    deadline,
    event::{Event, EventKind},
    form::{
        Facts, day, lenient, priority,
        wire::{AnswersRequest, Contact, InquiryRequest},
    },
    intake::{self, Accepted, Recording},
    loss,
    routing::seen::Geography,
};

/// How long an inquiry waits for the proof that came before it.
const PROOF_PATIENCE: Duration = Duration::from_secs(4);

impl Ledger {
    pub(super) async fn record(
        &self,
        key: &Key,
        request: InquiryRequest,
        arrival: &Arrival,
    ) -> Result<Answered, Failure> {
        let now = clock::came_at(arrival.received_at);
        // First whether there is a workspace: before a restore has begun nothing is known of keys either.
        let (version, config) = self.config()?;
        let site = self.site_at(key, now)?;
        // An inquiry without a form, or with one that does not exist, answers the first form's questions.
        let named = request.form.filter(|name| config.forms.iter().any(|form| form.id == *name));
        let form = named.or_else(|| config.forms.first().map(|form| form.id.clone()));
        let request = InquiryRequest { id: request.id.to_lowercase(), form, ..request };
        let accepted = intake::accept(&config, request, &site).map_err(rejected)?;
        let Arrival { country, region, city, .. } = arrival;
        let geography = Geography { country: country.clone(), region: region.clone(), city: city.clone() };
        let accepted = Accepted { geography, ..accepted };
        let body_hash = keys::hash(&arrival.raw);
        let secret_hash = accepted.request.secret.as_deref().map(keys::hash);

        if let Some(known) = inquiries::find(&self.database, &accepted.request.id)? {
            return self.repeated(&config, &accepted, arrival, &known, &body_hash, secret_hash.as_deref()).await;
        }

        if let Some(known) = self.erased_again(&accepted.request.id)? {
            return Ok(Answered::reply(200, &known)?);
        }

        let form_version = accepted.request.form_version.filter(|seen| (1..=version).contains(seen)).unwrap_or(version);
        let judged = self.judge(&config, &accepted, arrival, &site, now)?;
        let chosen_from = accepted.request.form.clone().unwrap_or_default();
        let form = self.form_chosen_from(&accepted.request, &chosen_from, form_version)?;
        let accepted = Accepted { form, ..accepted };
        let place = Belongs { site: &site, version, form_version, body_hash: &body_hash, secret_hash, judged };
        let (recording, waited) = self.write(&config, &accepted, arrival, &place, now)?;
        self.arm_for(&recording.lead).await?;
        self.announce(&recording.lead);
        // Nobody waits long for a proof: what is not seen by then is as if it had not come.
        let proved = self.proved_before(&config, key, &accepted.request.id, waited.last());
        if let Some(Err(failure)) = clock::within(PROOF_PATIENCE, proved).await {
            worker::console_error!("a proof that came before its inquiry: {}", super::answer::fault(failure));
        }
        Ok(Answered::reply(201, &recording.reply)?)
    }

    /// The same id again: the same answer, and no new lead. Another body is kept as a revision, and
    /// what it says of the contact is added: someone may have gone back to correct his phone.
    async fn repeated(
        &self,
        config: &Config,
        accepted: &Accepted,
        arrival: &Arrival,
        known: &inquiries::Known,
        body_hash: &str,
        secret_hash: Option<&str>,
    ) -> Result<Answered, Failure> {
        // Without its secret nothing of an inquiry can be read or changed, not even which lead it became.
        if known.secret_hash.as_deref() != secret_hash {
            return Err(ID_TAKEN.into());
        }
        if known.body_hash != body_hash
            && !known.is_erased()
            && self.revise(config, accepted, arrival, known, body_hash)?
        {
            self.announce(&known.lead);
        }
        // Should the alarm have been lost between the commit and the first reply, this is the second chance.
        self.armed.set(None);
        self.arm().await?;
        Ok(Answered { status: 200, retry_after: None, body: known.reply.clone() })
    }

    /// Keeps a revision. False when this body was kept before.
    fn revise(
        &self,
        config: &Config,
        accepted: &Accepted,
        arrival: &Arrival,
        known: &inquiries::Known,
        body_hash: &str,
    ) -> Result<bool, Failure> {
        let now = clock::now();
        let id = &accepted.request.id;
        if !inquiries::has_room_for(&self.database, id, body_hash)? {
            return Err(TOO_OFTEN.again_in(AN_HOUR).into());
        }
        let before = self.said_last(id)?;
        let raw = without_secret(&arrival.raw, accepted.request.secret.as_deref().unwrap_or_default());
        let event = Event {
            at: now.to_string(),
            kind: EventKind::InquiryRevised,
            by: "visitor".into(),
            data: [("inquiry".to_owned(), id.clone())].into(),
        };
        Ok(self.database.transaction(|| {
            // What the spill has kept came before what was sent after it.
            let came = clock::came_at(arrival.received_at).as_millisecond();
            if !inquiries::add_revision(&self.database, id, body_hash, &raw, came)? {
                return Ok(false);
            }
            if let Some(lead) = leads::find(&self.database, &known.lead)? {
                contacts::extend(&self.database, &lead.contact, accepted.request.contact.name.trim(), &accepted.reach)?;
            }
            leads::touch(&self.database, &known.lead)?;
            history::add(&self.database, &known.lead, &[event])?;
            // A page that was loaded again says the same once more.
            let last = self.said_last(id)?;
            if (&before.name, &before.reach, &before.message) != (&last.name, &last.reach, &last.message) {
                self.tell_gathered(config, &known.lead, "lead.touched", now)?;
            }
            Ok(true)
        })?)
    }

    /// How somebody can be reached, as he wrote it last under this id.
    fn said_last(&self, id: &str) -> worker::Result<Contact> {
        Ok(match inquiries::corrected(&self.database, id)? {
            Some(contact) => contact,
            None => inquiries::request(&self.database, id)?.unwrap_or_default().contact,
        })
    }

    fn write(
        &self,
        config: &Config,
        accepted: &Accepted,
        arrival: &Arrival,
        place: &Belongs<'_>,
        now: Timestamp,
    ) -> Result<(Recording, Vec<Waited>), Failure> {
        let contacts::Found { known, perhaps } =
            contacts::find(&self.database, accepted.request.contact.name.trim(), &accepted.reach)?;
        // Ids are made before the commit, so that a runtime without randomness writes nothing.
        let mut ids = Vec::new();
        let routes = config.rules.iter().map(|rule| &rule.route).chain([&config.catch_all]);
        let deliveries = routes.map(|route| route.deliver.len()).max().unwrap_or_default();
        for _ in 0..deliveries.max(config.destinations.len()).saturating_add(4) {
            ids.push(clock::mint(now)?);
        }
        let mut mint = || ids.pop().unwrap_or_default();
        let board = turns::board(&self.database, config)?;
        let mut recording = intake::record(config, known.as_ref(), &board, accepted, &arrival.channel, now, &mut mint);
        // Whoever is not to be disturbed ends that himself; what looks as if nobody had sent it ends nothing.
        if place.judged.verdict.is_suspect(config.suspicion) {
            recording.silence_ends = false;
            recording.events.retain(|event| event.kind != EventKind::SilenceEnded);
        }
        let at = now.as_millisecond();
        let rule = priority::Rule { urgent_days: config.urgent_days };
        let today = deadline::local_day(config, now);
        let standing = priority::standing(&Facts::default(), today, rule);
        let (form, day) = (accepted.request.form.as_deref().unwrap_or_default(), day::written(today));
        // What came from a browser is compared with what browsers say they sent off on the day it was made.
        let sent_off = matches!(arrival.channel.as_str(), "widget" | "hosted").then(|| {
            let made = loss::sent_off_at(loss::hour_of(&accepted.request.id), now);
            day::written(deadline::local_day(config, made))
        });
        let counted = counts::Column { site: place.site, form, form_version: place.form_version };

        let waited = self.database.transaction(|| {
            let name = accepted.request.contact.name.trim();
            if recording.contact_is_new {
                contacts::add(&self.database, &recording.contact, name, at)?;
                contacts::add_points(&self.database, &recording.contact, &accepted.reach)?;
            } else {
                contacts::extend(&self.database, &recording.contact, name, &accepted.reach)?;
            }
            persons::notice(&self.database, &recording.contact, &perhaps, at)?;
            leads::record(&self.database, &recording, &accepted.source, standing.rank, at)?;
            if let Some(routed) = &recording.handed_over {
                leads::hand_over(&self.database, &recording.lead, routed)?;
            }
            if let Some(routed) = recording.routed() {
                turns::given(&self.database, &routed.assigned_to, at)?;
                routings::add(&self.database, &recording.lead, place.version, &routed.why)?;
            }
            inquiries::add(
                &self.database,
                &inquiries::NewInquiry {
                    lead: &recording.lead,
                    recorded_at: at,
                    channel: &arrival.channel,
                    secret_hash: place.secret_hash.clone(),
                    body_hash: place.body_hash,
                    raw: &without_secret(&arrival.raw, accepted.request.secret.as_deref().unwrap_or_default()),
                    reply: &sql::json(&recording.reply)?,
                    form_version: place.form_version,
                    request: &accepted.request,
                    source: &accepted.source,
                    site: place.site,
                    origin: &arrival.origin,
                    user_agent: &arrival.user_agent,
                    country: &arrival.country,
                    region: &arrival.region,
                    city: &arrival.city,
                },
            )?;
            if let Some(task) = &recording.task {
                tasks::add(&self.database, &recording.lead, task)?;
            }
            for delivery in &recording.deliveries {
                deliveries::add(&self.database, &recording.lead, delivery, at)?;
            }
            if recording.silence_ends {
                contacts::put_silence(&self.database, &recording.contact, false)?;
            }
            history::add(&self.database, &recording.lead, &recording.events)?;
            let from_browser = sent_off.iter().map(|day| (day.as_str(), "recorded:widget", 1));
            let steps = [(day.as_str(), "recorded", 1)].into_iter().chain(from_browser);
            counts::add(&self.database, counted, &Place::of(&accepted.source), steps)?;
            let is_suspect = self.look_twice(config, &recording, &accepted.request.id, &place.judged, now)?;
            if recording.handed_over.is_some() && !is_suspect {
                self.tell_destinations(config, &recording.lead, "lead.assigned", now)?;
            }
            if recording.opened.is_none() && !is_suspect {
                self.tell_gathered(config, &recording.lead, "lead.touched", now)?;
            }
            self.apply_waiting(config, accepted, place, &recording.lead, now)
        })?;
        Ok((recording, waited))
    }

    /// Applies the answers that arrived before their inquiry, and gives those with a proof.
    fn apply_waiting(
        &self,
        config: &Config,
        accepted: &Accepted,
        place: &Belongs<'_>,
        lead: &str,
        now: Timestamp,
    ) -> worker::Result<Vec<Waited>> {
        let inquiry = &accepted.request.id;
        let form = accepted.request.form.as_deref().unwrap_or_default();
        let mut waited = Vec::new();
        for message in sql::answers::claimed(&self.database, inquiry)? {
            let Ok(body) = lenient::read::<AnswersRequest>(&message.body) else { continue };
            if Some(&message.secret_hash) != place.secret_hash.as_ref() {
                continue;
            }
            let published = self.published(form, place.form_version).map_err(super::answer::fault)?;
            if let Some(form) = published {
                self.qualify(config, &form, inquiry, lead, &body, now)?;
            }
            if !body.proof.is_empty() || !body.turnstile.is_empty() {
                waited.push(Waited { body, came_at: clock::came_at(Some(message.received_at)) });
            }
        }
        Ok(waited)
    }

    /// What the newest proof says that arrived before its inquiry.
    async fn proved_before(
        &self,
        config: &Config,
        key: &Key,
        inquiry: &str,
        waited: Option<&Waited>,
    ) -> Result<(), Failure> {
        let Some(Waited { body, came_at }) = waited else { return Ok(()) };
        let Some(known) = inquiries::find(&self.database, inquiry)? else { return Ok(()) };
        self.proved(config, key, &known, inquiry, body, *came_at).await
    }
}

/// Answers that arrived before their inquiry.
struct Waited {
    body: AnswersRequest,
    came_at: Timestamp,
}

/// Where an inquiry belongs.
struct Belongs<'a> {
    site: &'a str,
    version: u32,
    form_version: u32,
    body_hash: &'a str,
    secret_hash: Option<String>,
    judged: Judged,
}

fn rejected(rejection: intake::Rejection) -> Rejection {
    let (status, title) = match rejection {
        intake::Rejection::ContactMissing => (422, "a phone, e-mail or messenger is needed to answer"),
        intake::Rejection::IdMalformed => (400, "the id must be a UUID"),
    };
    Rejection::new(status, rejection.code(), title)
}
