//! One question on the hosted page, each kind as plain HTML has it.

use lead::form::{
    Choice, Question, QuestionKind, Text, ending,
    piping::{Said, in_groups},
    question::Takes,
};
use maud::{Markup, html};

use super::hosted::{Page, Shown, Visit, action, document, hidden};

/// A question on its way to the screen.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The question.
    pub question: &'a Question,
    /// What has been said before it, for its wording.
    pub said: Said<'a>,
    /// How many questions are passed, and how many the way has as it looks from here.
    pub progress: (usize, usize),
    /// Why it is asked again.
    pub fault: Option<&'a str>,
}

impl Asked<'_> {
    /// A wording of the question, with what was said before it in its places.
    fn words(&self, page: &Page<'_>, text: &Text) -> String {
        self.said.fill(text.in_language(page.lang), Some(self.question))
    }
}

/// The most steps of a scale that are drawn as buttons.
const MOST_STEPS: usize = 11;

/// The question.
pub fn draw(page: &Page<'_>, visit: &Visit, asked: Asked<'_>) -> String {
    let say = page.say();
    let Asked { question, progress: (passed, most), fault, .. } = asked;
    let wording = asked.words(page, &question.text);
    let lead_in = asked.words(page, &question.lead_in);
    let is_file = question.kind == QuestionKind::File;
    let form = html! {
        p.thanks role="status" { (say.thanks) " " (visit.answer_by) "." }
        form.questions method="post" action=(action(page)) enctype=[is_file.then_some("multipart/form-data")] {
            p.small { bdi dir="ltr" { (passed.saturating_add(1)) " / " (most) } }
            progress value=(passed) max=(most) {}
            (hidden(page, visit, "question"))
            input type="hidden" name="question" value=(question.id);
            fieldset {
                legend { h1 dir="auto" { (wording) } @if question.kind == QuestionKind::Several { span.soft { (say.several) } } }
                @if !lead_in.trim().is_empty() { p.soft dir="auto" { (lead_in) } }
                @if let Some(fault) = fault { p.fault role="alert" { (fault) } }
                (field(page, asked, &wording))
            }
            div.actions {
                button type="submit" name="go" value="answer" { (say.go_on) }
                @if question.kind != QuestionKind::Statement {
                    button.quiet type="submit" name="go" value="skip" formnovalidate { (say.skip) }
                }
            }
        }
    };
    document(page, &wording, &form, Shown::Question)
}

/// The one confirmation of a declined price band.
pub fn confirm(page: &Page<'_>, visit: &Visit, question: &Question, code: &str) -> String {
    let say = page.say();
    let form = html! {
        form.questions method="post" action=(action(page)) {
            (hidden(page, visit, "question"))
            input type="hidden" name="question" value=(question.id);
            input type="hidden" name="answer" value=(code);
            h1 { (say.confirm_decline) }
            div.actions {
                button type="submit" name="confirmed" value="yes" { (say.confirm_yes) }
                button.quiet type="submit" name="confirmed" value="no" { (say.confirm_no) }
            }
        }
    };
    document(page, say.confirm_decline, &form, Shown::Last)
}

fn field(page: &Page<'_>, asked: Asked<'_>, wording: &str) -> Markup {
    let say = page.say();
    let question = asked.question;
    match question.kind {
        QuestionKind::Single | QuestionKind::Price => choices(page, asked, "radio"),
        QuestionKind::Several | QuestionKind::Consent => choices(page, asked, "checkbox"),
        QuestionKind::Text if question.long => html! { textarea name="text" rows="5" aria-label=(wording) {} },
        QuestionKind::Text => html! { input type="text" name="text" aria-label=(wording); },
        // A strange number or mailbox is an answer all the same, so the browser does not check them.
        QuestionKind::Phone => {
            html! { input type="text" inputmode="tel" autocomplete="tel" name="text" aria-label=(wording); }
        }
        QuestionKind::Email => {
            html! { input type="text" inputmode="email" autocomplete="email" name="text" aria-label=(wording); }
        }
        // A slider shows its value by script only and always has one, so a range is typed here too.
        QuestionKind::Number | QuestionKind::Range => number(page, asked, wording),
        QuestionKind::Scale => scale(page, asked),
        QuestionKind::Date => html! { input type="date" name="text" aria-label=(wording); },
        QuestionKind::Period => html! {
            div.row {
                label { span { (say.from) } input type="date" name="from"; }
                label { span { (say.to) } input type="date" name="to"; }
            }
        },
        QuestionKind::File => html! {
            input type="file" name="file" accept=(ending::accept(question)) aria-label=(wording);
            p.small { (say.file_hint) }
        },
        QuestionKind::Statement => html! {},
    }
}

fn number(page: &Page<'_>, asked: Asked<'_>, wording: &str) -> Markup {
    let question = asked.question;
    let unit = asked.words(page, &question.unit);
    let hint = question
        .min
        .zip(question.max)
        .map(|(min, max)| page.say().number_hint.replace("{min}", &in_groups(min)).replace("{max}", &in_groups(max)));
    html! {
        div.measured {
            input type="text" inputmode="decimal" name="text" aria-label=(wording);
            @if !unit.is_empty() { span.soft { (unit) } }
        }
        @if let Some(hint) = hint { p.small { (hint) " " (unit) } }
    }
}

fn scale(page: &Page<'_>, asked: Asked<'_>) -> Markup {
    let question = asked.question;
    let (low, high) = (asked.words(page, &question.low), asked.words(page, &question.high));
    html! {
        div.scale {
            @for step in steps(question) {
                label { input type="radio" name="answer" value=(step); span { (step) } }
            }
        }
        @if !low.is_empty() || !high.is_empty() { div.ends { span.small { (low) } span.small { (high) } } }
    }
}

/// The numbers of a scale, from 1 to 5 unless the question says otherwise.
pub fn steps(question: &Question) -> Vec<String> {
    let (min, max) = (question.min.unwrap_or(1.0), question.max.unwrap_or(5.0));
    let step = question.step.filter(|step| *step > 0.0).unwrap_or(1.0);
    std::iter::successors(Some(min), |number| Some(number + step))
        .take_while(|number| *number <= max)
        .take(MOST_STEPS)
        .map(|number| number.to_string())
        .collect()
}

fn choices(page: &Page<'_>, asked: Asked<'_>, kind: &str) -> Markup {
    let question = asked.question;
    let has_pictures = question.choices.iter().any(|choice| choice.picture.is_some());
    html! {
        div.choices.pictures[has_pictures] {
            @for choice in &question.choices { (choice_row(page, asked, choice, kind)) }
        }
    }
}

fn choice_row(page: &Page<'_>, asked: Asked<'_>, choice: &Choice, kind: &str) -> Markup {
    let say = page.say();
    let text = asked.words(page, &choice.text);
    let picture = choice.picture.as_deref().filter(|address| address.starts_with("https://"));
    html! {
        div.choice {
            label.box {
                input type=(kind) name="answer" value=(choice.code);
                @if let Some(picture) = picture { img src=(picture) alt="" loading="lazy" referrerpolicy="no-referrer"; }
                span { (text) }
            }
            @match choice.takes {
                Some(Takes::Words) => input.beside type="text" name={ "text-" (choice.code) } placeholder=(say.words) aria-label={ (text) ": " (say.words) };,
                Some(Takes::Date) => input.beside type="date" name={ "text-" (choice.code) } aria-label={ (text) ": " (say.date) };,
                None => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use lead::form::{Context, Form};

    use super::*;

    #[test]
    fn every_wording_of_a_question_names_what_was_said() {
        let form = Form::bare("quiz", 1);
        let context = Context { lang: "ru".into(), name: "Анна".into(), ..Context::default() };
        let said = Said { form: &form, before: &[], context: &context };
        let page = Page { form: &form, lang: "ru", site: "s", site_name: "Дуб", framed: false, css: "", script: "" };
        let named = Text::of([("ru", "Для {{name}} из {{field.city|города}}")]);
        let drawn = |question: Question| {
            let asked = Asked { question: &question, said, progress: (0, 1), fault: None };
            draw(&page, &Visit::default(), asked)
        };
        let choice = Choice { code: "a".into(), text: named.clone(), ..Choice::default() };
        for question in [
            Question { choices: vec![choice], ..Question::default() },
            Question { kind: QuestionKind::Number, unit: named.clone(), ..Question::default() },
            Question { kind: QuestionKind::Scale, low: named.clone(), ..Question::default() },
        ] {
            assert!(drawn(question).contains("Для Анна из города"));
        }
    }
}
