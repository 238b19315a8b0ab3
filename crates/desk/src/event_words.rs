//! The history in words.

use std::collections::BTreeMap;

use lead::{
    event::{Event, EventKind},
    view::{LeadDetail, LeadSummary, Me},
};

use crate::{
    moment::Calendar,
    phrases::{Phrases, word},
    visible::visible,
};

/// One line of the history, ready to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// RFC 3339, as it came.
    pub(crate) at: String,
    /// What happened.
    pub(crate) what: &'static str,
    /// What belongs to it.
    pub(crate) details: Vec<String>,
    /// Who did it.
    pub(crate) by: String,
}

/// Puts ids and codes into words with the help of what the page knows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Teller<'a> {
    /// The lead whose history it is.
    pub(crate) detail: &'a LeadDetail,
    /// Who reads it.
    pub(crate) me: &'a Me,
    /// Times in words.
    pub(crate) calendar: Calendar,
}

impl Teller<'_> {
    /// The event in words.
    pub(crate) fn line(&self, event: &Event) -> Line {
        let t = self.t();
        Line {
            at: event.at.clone(),
            what: title(event.kind, t),
            details: self.details(event),
            by: self.person(&event.by),
        }
    }

    fn details(&self, event: &Event) -> Vec<String> {
        let t = self.t();
        let data = &event.data;
        let coded = |key, words| say(data, key, |code| word(words, code).to_owned());
        let filled = |key, phrase: &str, hole| say(data, key, |value| phrase.replace(hole, &visible(value)));
        let time = |key, phrase: &str| say(data, key, |value| phrase.replace("{time}", &self.calendar.brief(value)));
        let list = match event.kind {
            EventKind::InquiryRecorded => vec![coded("channel", t.inquiry_channels), coded("source", t.kinds)],
            EventKind::LeadOpened => vec![coded("stage", t.stages)],
            EventKind::Routed => vec![
                say(data, "assigned_to", |id| self.person(id)),
                say(data, "rule", |rule| t.by_rule.replace("{rule}", &visible(word(t.rules, rule)))),
                say(data, "destinations", |list| t.destinations.replace("{list}", &visible(&list.replace(',', ", ")))),
            ],
            EventKind::TaskSet => vec![coded("kind", t.task_kinds), time("due_at", t.due)],
            EventKind::TaskDone => vec![coded("kind", t.task_kinds), coded("result", t.task_results)],
            EventKind::LeadClosed | EventKind::LeadReopened => vec![coded("reason", t.close_reasons)],
            EventKind::LeadSetAside | EventKind::LeadReleased => vec![],
            EventKind::SilenceEnded | EventKind::SamenessTakenBack | EventKind::PersonSplit => vec![],
            EventKind::PersonsMerged => vec![data.contains_key("folded").then(|| t.people.folded.to_owned())],
            EventKind::PersonErased => vec![coded("reason", t.people.erasure_reasons)],
            EventKind::DeliveryQueued => vec![say(data, "destination", visible), coded("event", t.delivery_events)],
            EventKind::DeliverySent | EventKind::DeliveryFailed | EventKind::DeliveryDead => vec![
                say(data, "destination", visible),
                filled("attempt", t.attempt, "{number}"),
                filled("status", t.replied, "{status}"),
                say(data, "result", visible),
                time("next_at", t.next_try),
            ],
            EventKind::Answered => self.answered(event),
            EventKind::FactAdded => vec![self.fact(data)],
            EventKind::PriorityChanged => {
                let (from, to) = (self.category(data, "from"), self.category(data, "to"));
                vec![Some(if from == to { to } else { format!("{from} → {to}") })]
            }
            EventKind::NoteAdded => vec![say(data, "note", |id| self.note(id))],
            EventKind::InquiryRevised => vec![],
            EventKind::FileAttached => vec![
                say(data, "file", |id| self.file(id)),
                say(data, "size", |size| file_size(size.parse().unwrap_or(0), t)),
            ],
        };
        list.into_iter().flatten().filter(|detail| !detail.is_empty()).collect()
    }

    fn t(&self) -> &'static Phrases {
        self.calendar.lang.phrases()
    }

    fn person(&self, id: &str) -> String {
        person(id, &self.detail.lead, self.me, self.t())
    }

    /// The question and the answer in the words of the form, as far as the lead still has them.
    fn answered(&self, event: &Event) -> Vec<Option<String>> {
        let question = event.data.get("question");
        let asked = self.detail.lead.answers.iter().find(|answer| Some(&answer.question) == question);
        let of_this = |other: &&Event| other.kind == EventKind::Answered && other.data.get("question") == question;
        let is_newest = self.detail.history.iter().rev().find(of_this).is_some_and(|newest| newest.data == event.data);
        let recorded = asked.filter(|answer| is_newest && !answer.answered.is_empty());
        let said = match recorded {
            Some(answer) => Some(visible(&answer.answered)),
            None => event.data.get("answer").and_then(|codes| known_codes(codes, self.t())),
        };
        vec![asked.map(|answer| visible(&answer.asked)), said]
    }

    /// `Бюджет: да`, `Решить до: 1 декабря 2026`.
    fn fact(&self, data: &BTreeMap<String, String>) -> Option<String> {
        let key = word(self.t().fact_keys, data.get("key")?).to_owned();
        let value = data.get("value").map(String::as_str).unwrap_or_default();
        let known = data.get("known").map(String::as_str).unwrap_or_default();
        // The person's own words are kept elsewhere.
        if value.is_empty()
            && known == "yes"
            && matches!(data.get("key").map(String::as_str), Some("need_text" | "members"))
        {
            return Some(key);
        }
        let said =
            if value.is_empty() { word(self.t().known, known).to_owned() } else { value_words(value, &self.calendar) };
        Some(format!("{key}: {said}"))
    }

    fn category(&self, data: &BTreeMap<String, String>, key: &str) -> String {
        match data.get(key).map(String::as_str) {
            None | Some("" | "null") => self.t().undetermined.to_owned(),
            Some(category) => place_words(category, self.t()),
        }
    }

    fn file(&self, id: &str) -> String {
        self.detail.files.iter().find(|file| file.id == id).map(|file| visible(&file.name)).unwrap_or_default()
    }

    fn note(&self, id: &str) -> String {
        self.detail.notes.iter().find(|note| note.id == id).map(|note| visible(&note.body)).unwrap_or_default()
    }
}

/// A size in words: `3 КБ`, `1.5 МБ`.
pub(crate) fn file_size(bytes: u32, t: &Phrases) -> String {
    let thousands = bytes.div_ceil(1_000);
    if thousands < 1_000 {
        return format!("{thousands}\u{a0}{}", t.kilobytes);
    }
    let tenths = bytes.div_ceil(100_000);
    let (whole, tenth) = (tenths / 10, tenths % 10);
    if tenth == 0 {
        format!("{whole}\u{a0}{}", t.megabytes)
    } else {
        format!("{whole}{}{tenth}\u{a0}{}", t.decimal_sign, t.megabytes)
    }
}

/// A person by id: the page knows the names of the reader and of the seller of this lead.
pub(crate) fn person(id: &str, lead: &LeadSummary, me: &Me, t: &Phrases) -> String {
    match id {
        "visitor" => t.visitor.to_owned(),
        "machine" | "" => t.machine.to_owned(),
        _ if id == me.id => visible(&me.name),
        _ if id == lead.assigned_to => visible(&lead.assigned_name),
        _ => t.colleague.to_owned(),
    }
}

/// The value of a fact: codes in words, dates as dates, words as they were said.
pub(crate) fn value_words(value: &str, calendar: &Calendar) -> String {
    known_codes(value, calendar.lang.phrases()).unwrap_or_else(|| visible(&calendar.date(value)))
}

/// The words for codes that are all known.
fn known_codes(value: &str, t: &Phrases) -> Option<String> {
    let words = |code| t.codes.iter().find(|(known, _)| *known == code).map(|(_, words)| *words);
    let listed: Option<Vec<&str>> = value.split(',').map(words).collect();
    listed.map(|words| words.join(", "))
}

/// A category, or where a lead can still end up (`AAA BBB none?`), in words.
fn place_words(place: &str, t: &Phrases) -> String {
    let set: Vec<&str> =
        place.trim_end_matches('?').split(' ').filter(|place| !matches!(*place, "none" | "")).collect();
    match (set.is_empty(), place.ends_with('?')) {
        (true, _) => t.only_none.to_owned(),
        (false, true) => t.perhaps.replace("{set}", &set.join(", ")),
        (false, false) => set.join(", "),
    }
}

fn say(data: &BTreeMap<String, String>, key: &str, words: impl Fn(&str) -> String) -> Option<String> {
    data.get(key).filter(|value| !value.is_empty()).map(|value| words(value))
}

fn title(kind: EventKind, t: &Phrases) -> &'static str {
    match kind {
        EventKind::InquiryRecorded => t.inquiry_recorded,
        EventKind::LeadOpened => t.lead_opened,
        EventKind::Routed => t.routed,
        EventKind::TaskSet => t.task_set,
        EventKind::TaskDone => t.task_done,
        EventKind::DeliveryQueued => t.delivery_queued,
        EventKind::DeliverySent => t.delivery_sent,
        EventKind::DeliveryFailed => t.delivery_failed,
        EventKind::DeliveryDead => t.delivery_dead,
        EventKind::Answered => t.answered,
        EventKind::FactAdded => t.fact_added,
        EventKind::PriorityChanged => t.priority_changed,
        EventKind::NoteAdded => t.note_added,
        EventKind::InquiryRevised => t.inquiry_revised,
        EventKind::FileAttached => t.file_attached,
        EventKind::LeadClosed => t.lead_closed,
        EventKind::LeadReopened => t.lead_reopened,
        EventKind::LeadSetAside => t.quarantine.lead_set_aside,
        EventKind::LeadReleased => t.quarantine.lead_released,
        EventKind::SilenceEnded => t.silence_ended,
        EventKind::PersonsMerged => t.people.persons_merged,
        EventKind::PersonSplit => t.people.person_split,
        EventKind::SamenessTakenBack => t.people.taken_back,
        EventKind::PersonErased => t.people.person_erased,
    }
}

#[cfg(test)]
mod tests {
    use lead::{role::Role, view::NoteView};

    use super::*;
    use crate::{book::sample, lang::Lang};

    fn told(kind: EventKind, data: &[(&str, &str)], by: &str) -> Line {
        let empty = String::new;
        let me = Me {
            id: "u1".into(),
            name: "Анна".into(),
            role: Role::Seller,
            workspace: empty(),
            lang: empty(),
            now: empty(),
            alerts: 0,
        };
        let note = NoteView {
            id: "n1".into(), written_at: empty(), author: "u9".into(), body: "Перезвонить".into()
        };
        let detail = LeadDetail {
            lead: sample("a", 1),
            facts: vec![],
            inquiries: vec![],
            tasks: vec![],
            deliveries: vec![],
            why: None,
            files: vec![],
            notes: vec![note],
            signals: vec![],
            history: vec![],
            person: lead::privacy::PersonView::default(),
        };
        let calendar = Calendar { lang: Lang::Ru, offset_at: |_| 180, now: "2026-11-21T12:00:00Z".parse().unwrap() };
        let data = data.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let event = Event { at: "2026-11-21T10:00:00Z".into(), kind, by: by.into(), data };
        Teller { detail: &detail, me: &me, calendar }.line(&event)
    }

    #[test]
    fn sizes_are_said_in_words() {
        let sizes = [
            (0, "0 КБ"),
            (1, "1 КБ"),
            (12_345, "13 КБ"),
            (999_001, "1 МБ"),
            (1_500_000, "1,5 МБ"),
            (10_485_760, "10,5 МБ"),
        ];
        for (bytes, words) in sizes {
            assert_eq!(file_size(bytes, Lang::Ru.phrases()).replace('\u{a0}', " "), words, "{bytes}");
        }
    }

    #[test]
    fn events_are_told_in_words() {
        let failed = [("destination", "crm"), ("attempt", "1"), ("next_at", "2026-11-21T10:05:00Z")];
        let line = told(EventKind::DeliveryFailed, &failed, "machine");
        assert_eq!((line.what, line.by.as_str()), ("Пока не доставлено", "система"));
        assert_eq!(line.details, ["crm", "попытка 1", "следующая попытка 13:05"]);
        let line =
            told(EventKind::FactAdded, &[("key", "solve_by"), ("value", "2026-12-01"), ("known", "yes")], "visitor");
        assert_eq!(line.details, ["Решить до: 1 декабря 2026"]);
        let line = told(EventKind::FactAdded, &[("key", "budget"), ("value", ""), ("known", "declined")], "visitor");
        assert_eq!(line.details, ["Может оплатить: обсудит лично"]);
        let line = told(EventKind::NoteAdded, &[("note", "n1")], "u9");
        assert_eq!(line.details, ["Перезвонить"]);
        assert_eq!(line.by, "коллега");
        let line = told(EventKind::PriorityChanged, &[("from", ""), ("to", "AAA")], "machine");
        assert_eq!(line.details, ["пока не определён → AAA"]);
        let line = told(EventKind::PriorityChanged, &[("from", "AAA BBB CCC none?"), ("to", "none?")], "machine");
        assert_eq!(line.details, ["возможно AAA, BBB, CCC → без приоритета"]);
        let line = told(EventKind::FactAdded, &[("key", "need_text"), ("value", ""), ("known", "yes")], "machine");
        assert_eq!(line.details, ["Своими словами"]);
        let line = told(EventKind::Routed, &[("destinations", "hook,telegram")], "machine");
        assert_eq!(line.details, ["отправить: hook, telegram"]);
        // Neither the codes of a form nor the keys of its questions are anybody's words.
        let line = told(EventKind::Answered, &[("question", "what_next"), ("answer", "kitchen")], "visitor");
        assert!(line.details.is_empty(), "{:?}", line.details);
        let line = told(EventKind::Answered, &[("question", "what_next"), ("answer", "own")], "visitor");
        assert_eq!(line.details, ["свой бюджет"]);
        assert!(told(EventKind::LeadOpened, &[], "u7").details.is_empty());
    }
}
