//! Where the visitor is in the questions.

use form::{
    Answer, Answers, Choice, Context, Date, Form, Question, QuestionKind, Text,
    branching::{self, Step},
    piping::Said,
    question::Takes,
};

use crate::host::{Options, message};

/// The answers so far, the question on the screen, and the numbering of what is sent.
#[derive(Debug)]
pub struct Talk {
    form: Form,
    answers: Answers,
    context: Context,
    speaks: String,
    today: Date,
    seq: u32,
    shown: Option<String>,
    contact_follows: bool,
}

impl Talk {
    /// A talk at its first question not yet passed.
    pub fn new(options: &Options) -> Self {
        let mut talk = Self {
            form: options.form(),
            answers: Answers::default(),
            context: options.context(),
            speaks: options.speaks(),
            today: options.today(),
            seq: options.seq(),
            shown: None,
            contact_follows: options.contact_follows(),
        };
        let mut last = (0, None);
        for (question, seq, answer) in options.answers() {
            talk.answers.merge(&question, seq, talk.today, answer.clone());
            let has_words = matches!(answer, Some(Answer::WithText { .. }));
            if seq >= last.0 {
                last = (seq, Some(question).filter(|_| !has_words));
            }
        }
        // A choice that was the last thing said may still ask for a few words: in a quiz it was tapped
        // before this module was there, and before a reload the visitor had them before him.
        talk.shown = last.1;
        if talk.asking().is_none() {
            talk.go_on();
        }
        talk
    }

    /// The published form.
    pub fn form(&self) -> &Form {
        &self.form
    }

    /// The answers so far.
    pub fn answers(&self) -> &Answers {
        &self.answers
    }

    /// Whether the contact step follows the questions. Who has closed the request is not asked where to write.
    pub fn contact_follows(&self) -> bool {
        self.contact_follows && !self.is_closed()
    }

    /// Whether an answer on the visitor's way closes the request: the price band, refused.
    pub fn is_closed(&self) -> bool {
        let closes = |step: &Step<'_>| {
            let codes = step.answer.map(|answer| answer.codes(step.question)).unwrap_or_default();
            let mut chosen = codes.into_iter().filter_map(|code| step.question.choice(code));
            chosen.any(|choice| step.question.is_closed_by(choice))
        };
        branching::way(&self.form, &self.answers, &self.context).iter().any(closes)
    }

    /// The question on the screen; `None` at the end.
    pub fn question(&self) -> Option<&Question> {
        self.shown.as_deref().and_then(|id| self.form.question(id))
    }

    /// What was answered to the question on the screen: the visitor came back to it, or has chosen and is
    /// still to add a few words.
    pub fn earlier(&self) -> Option<&Answer> {
        self.shown.as_deref().and_then(|id| self.answers.get(id)).and_then(|given| given.answer.as_ref())
    }

    /// The chosen choice of the question on the screen, when it asks for a few words or a date besides.
    pub fn asking(&self) -> Option<(&Choice, Takes)> {
        let question = self.question().filter(|question| question.kind == QuestionKind::Single)?;
        let code = self.earlier()?.codes(question).first().copied()?;
        question.choice(code).and_then(|choice| Some((choice, choice.takes?)))
    }

    /// A wording in the visitor's language, with what he said before in its places.
    pub fn words(&self, text: &Text) -> String {
        self.fill(text.in_language(&self.speaks), self.question())
    }

    /// A wording that belongs to no question, with everything he has said in its places.
    pub fn words_after(&self, wording: &str) -> String {
        self.fill(wording, None)
    }

    fn fill(&self, wording: &str, question: Option<&Question>) -> String {
        let way = branching::way(&self.form, &self.answers, &self.context);
        let place = question.and_then(|question| way.iter().position(|step| step.question.id == question.id));
        let before = way.get(..place.unwrap_or(way.len())).unwrap_or_default();
        let context = Context { lang: self.speaks.clone(), ..self.context.clone() };
        Said { form: &self.form, before, context: &context }.fill(wording, question)
    }

    /// The day on the visitor's calendar.
    pub fn today(&self) -> Date {
        self.today
    }

    /// Keeps an answer to the question on the screen (`None` is a skip) and returns the message that
    /// says so; the question stays on the screen.
    pub fn keep(&mut self, answer: Option<&Answer>) -> Option<String> {
        let id = self.shown.as_deref()?;
        self.seq = self.seq.saturating_add(1);
        self.answers.merge(id, self.seq, self.today, answer.cloned());
        Some(message(self.seq, self.form.version, id, answer))
    }

    /// Goes on to the next question not yet passed: after a step back and a new answer that is
    /// where the visitor was, or the first question of the branch he has changed to.
    /// Who has closed the request is asked nothing more.
    pub fn go_on(&mut self) -> Option<&str> {
        let next = branching::next(&self.form, &self.answers, &self.context).filter(|_| !self.is_closed());
        self.shown = next.map(|question| question.id.clone());
        self.shown.as_deref()
    }

    /// Goes back to the question before, if there is one.
    pub fn go_back(&mut self) {
        let before = self.place().0.checked_sub(1);
        let way = branching::way(&self.form, &self.answers, &self.context);
        if let Some(step) = before.and_then(|before| way.get(before)) {
            self.shown = Some(step.question.id.clone());
        }
    }

    /// How many steps are before the one on the screen, and how many there are at most.
    pub fn place(&self) -> (usize, usize) {
        let (passed, all) = branching::progress(&self.form, &self.answers, &self.context);
        let all = all.saturating_add(self.contact_follows().into());
        let way = branching::way(&self.form, &self.answers, &self.context);
        let before = way.iter().position(|step| Some(step.question.id.as_str()) == self.shown.as_deref());
        (before.unwrap_or(passed), all)
    }
}

#[cfg(test)]
mod tests {
    use form::ready;
    use serde_json::json;

    use super::*;

    fn talk_of(more: serde_json::Value) -> Talk {
        let mut options = json!({
            "form": { "id": "price", "version": 3, "questions": ready::DEFAULT.map(ready::question) },
            "today": "2026-11-21", "lang": "en", "speaks": "en",
        });
        options.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        Talk::new(&Options::read(&options.to_string()).unwrap())
    }

    fn talk() -> Talk {
        talk_of(json!({}))
    }

    fn answer(talk: &mut Talk, code: &str) -> Option<String> {
        talk.keep(Some(&Answer::One(code.into())));
        talk.go_on().map(str::to_owned)
    }

    #[test]
    fn every_answer_and_every_skip_is_sent_under_its_own_number() {
        let mut talk = talk();
        let sent = talk.keep(Some(&Answer::One("specific".into()))).unwrap();
        assert_eq!(sent, r#"{"seq":1,"form_version":3,"answers":{"need":"specific"}}"#);
        talk.go_on();
        assert_eq!(talk.keep(None).unwrap(), r#"{"seq":2,"form_version":3,"answers":{"buying_stage":null}}"#);
    }

    #[test]
    fn back_shows_what_was_answered_and_a_new_answer_returns_to_where_the_visitor_was() {
        let mut talk = talk();
        answer(&mut talk, "specific");
        answer(&mut talk, "idea");
        assert_eq!(talk.place(), (2, 5));
        talk.go_back();
        talk.go_back();
        assert_eq!(talk.place().0, 0);
        assert_eq!(talk.earlier(), Some(&Answer::One("specific".into())));
        talk.go_back();
        assert_eq!(talk.question().unwrap().id, "need");
        assert_eq!(answer(&mut talk, "unclear").as_deref(), Some("timing"));
    }

    #[test]
    fn a_month_leaves_out_the_offer_and_the_way_ends() {
        let mut talk = talk();
        for code in ["specific", "idea"] {
            answer(&mut talk, code);
        }
        assert_eq!(answer(&mut talk, "month").as_deref(), Some("pay"));
        assert_eq!(talk.place(), (3, 4));
        assert_eq!(answer(&mut talk, "own"), None);
        assert_eq!(talk.place(), (4, 4));
        assert_eq!(talk.question(), None);
    }

    #[test]
    fn what_was_answered_before_is_behind_the_visitor() {
        let mut talk = talk_of(json!({ "seq": 7, "answers": [["need", 7, "unclear"]], "contact_follows": true }));
        assert_eq!(talk.question().unwrap().id, "buying_stage");
        assert_eq!(talk.place(), (1, 6));
        let sent = talk.keep(Some(&Answer::One("idea".into()))).unwrap();
        assert!(sent.starts_with(r#"{"seq":8,"#), "{sent}");
    }

    #[test]
    fn conditions_hold_by_the_language_it_was_recorded_in_and_words_are_of_the_page() {
        let choices = json!([{ "code": "yes", "text": { "en": "Yes", "ru": "Да" } }]);
        let talk = talk_of(json!({
            "lang": "ru",
            "answers": [["first", 1, "yes"]],
            "form": { "id": "two", "version": 1, "questions": [
                { "id": "first", "text": { "en": "First?" }, "choices": choices },
                { "id": "russian", "text": { "en": "And then, after {{first}}?" }, "choices": choices, "when": { "lang": ["ru"] } },
            ] },
        }));
        assert_eq!(talk.words(&talk.question().unwrap().text), "And then, after Yes?");
    }

    #[test]
    fn wordings_name_what_was_said() {
        let mut talk = talk_of(json!({
            "name": "Ann",
            "form": { "id": "quiz", "version": 1, "values": [{ "id": "cost", "of": { "product": [{ "answer": "area" }, { "number": 1500 }] } }],
                "questions": [
                    { "id": "area", "kind": "number", "text": { "en": "How large, {{name|friend}}?" } },
                    { "id": "ok", "text": { "en": "About {{cost|nothing}} for {{area}}?" }, "choices": [] },
                ] },
        }));
        assert_eq!(talk.words(&talk.question().unwrap().text), "How large, Ann?");
        talk.keep(Some(&Answer::Number(40.0)));
        talk.go_on();
        assert_eq!(talk.words(&talk.question().unwrap().text), "About 60\u{202f}000 for 40?");
        // What belongs to no question knows what is answered on the screen, too.
        assert_eq!(talk.words_after("{{name}}: {{ok|not said}}, {{cost}}"), "Ann: not said, 60\u{202f}000");
        talk.keep(Some(&Answer::One("yes".into())));
        assert_eq!(talk.words_after("{{ok|not said}}"), "yes");
    }

    #[test]
    fn a_refused_price_band_is_the_end_and_no_contact_follows() {
        let price = json!({ "id": "price", "kind": "price", "price": { "min": 1, "max": 2, "currency": "€" }, "choices": [
            { "code": "fine", "means": "accept" }, { "code": "too_dear", "means": "decline" },
        ] });
        let form = json!({ "id": "quiz", "version": 1, "questions": [price, { "id": "file", "kind": "file" }] });
        let mut talk = talk_of(json!({ "form": form, "contact_follows": true }));
        talk.keep(Some(&Answer::One("too_dear".into())));
        assert_eq!(talk.go_on(), None);
        assert_eq!((talk.is_closed(), talk.contact_follows()), (true, false));
        // Taken up again by another page, too.
        let mut again =
            talk_of(json!({ "form": form, "contact_follows": true, "seq": 1, "answers": [["price", 1, "too_dear"]] }));
        assert_eq!((again.question(), again.contact_follows()), (None, false));
        again.shown = Some("price".into());
        again.keep(Some(&Answer::One("fine".into())));
        assert_eq!(again.go_on(), Some("file"));
        assert!(again.contact_follows());
    }
}
