//! What is typed, ticked, set or attached.

use form::{
    Answer, Question, QuestionKind, day, ending,
    piping::{GREATEST, in_digits, in_groups, typed_number},
    question::{LARGEST_FILE, Takes},
};
use js_sys::Reflect;
use leptos::{
    either::Either,
    ev::{self, Event, SubmitEvent},
    html::{div, form, input, label, p, span, textarea},
    prelude::*,
};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Element;

use crate::{
    json,
    pieces::{ASKED, Button},
    screen::Screen,
    talk::Talk,
};

/// One field. All kinds are drawn by the same code, which is why attributes are words here.
#[derive(Default)]
struct Field {
    /// Its name; empty where the question is the name.
    label: String,
    kind: &'static str,
    value: String,
    inputmode: Option<&'static str>,
    autocomplete: Option<&'static str>,
    min: Option<String>,
    max: Option<String>,
    step: Option<String>,
    accept: Option<String>,
    /// What stands beside it: a unit, or the number that a slider is at.
    beside: String,
}

/// The field that goes with a choice. Left empty, the choice alone is the answer, and it was sent
/// when it was chosen.
pub fn beside(screen: &Screen, talk: &Talk, code: String, takes: Takes, earlier: String) -> impl IntoView + use<> {
    let field = match takes {
        Takes::Words => Field { label: screen.say("words"), kind: "text", value: earlier, ..Field::default() },
        Takes::Date => Field {
            label: screen.say("date"),
            kind: "date",
            value: earlier,
            min: Some(day::written(talk.today())),
            ..Field::default()
        },
    };
    let then = screen.clone();
    let done = move |form: &Element| match value(form, 0) {
        text if text.is_empty() => then.go_on(),
        text => then.answer(Some(&Answer::WithText { code: code.clone(), text })),
    };
    entry(screen, vec![field], Box::new(|_| ()), Box::new(done))
}

/// An answer that is typed, ticked, set or attached.
pub fn view(screen: &Screen, talk: &Talk, question: &Question) -> impl IntoView + use<> {
    let fields = fields(screen, talk, question);
    let (is_slider, unit) = (question.kind == QuestionKind::Range, talk.words(&question.unit));
    let changed = move |form: &Element| {
        if is_slider {
            put_words(form, ".unit", &with_unit(&value(form, 0), &unit));
        }
    };
    let (then, question) = (screen.clone(), question.clone());
    let done = move |form: &Element| match read(&question, form) {
        Read::Answer(answer) => then.answer(Some(&answer).filter(|answer| !answer.is_empty())),
        Read::File(file, name) => match fault(&question, &file, &name) {
            Some(fault) => put_words(form, ".fault", &then.say(fault)),
            None => then.attach(&file, name),
        },
    };
    entry(screen, fields, Box::new(changed), Box::new(done))
}

fn fields(screen: &Screen, talk: &Talk, question: &Question) -> Vec<Field> {
    let earlier = match talk.earlier() {
        Some(Answer::One(words)) => words.clone(),
        Some(Answer::Number(number)) => in_digits(*number),
        _ => String::new(),
    };
    let number = |number: Option<f64>| number.map(in_digits);
    let bounds = || Field {
        min: number(question.min),
        max: number(question.max),
        step: number(question.step),
        beside: talk.words(&question.unit),
        ..Field::default()
    };
    let typed = |name: &str, kind, autocomplete| Field {
        label: screen.say(name),
        kind,
        value: earlier.clone(),
        autocomplete,
        ..Field::default()
    };
    match question.kind {
        QuestionKind::Statement => vec![],
        QuestionKind::Phone => vec![Field { inputmode: Some("tel"), ..typed("phone", "tel", Some("tel")) }],
        // Typed as text, so that whatever was typed arrives.
        QuestionKind::Email => vec![Field { inputmode: Some("email"), ..typed("email", "text", Some("email")) }],
        QuestionKind::Number => {
            vec![Field { kind: "text", value: earlier, inputmode: Some("decimal"), ..bounds() }]
        }
        QuestionKind::Range => {
            let (least, most) = (question.min.unwrap_or(0.0), question.max.unwrap_or(100.0));
            let middle = in_digits(((least + most) / 2.0).round());
            let value = if earlier.is_empty() { middle } else { earlier };
            let beside = with_unit(&value, &talk.words(&question.unit));
            vec![Field { kind: "range", value, beside, ..bounds() }]
        }
        QuestionKind::Date => vec![Field { kind: "date", value: earlier, ..Field::default() }],
        QuestionKind::Period => {
            let (from, to) = earlier.split_once('/').unwrap_or((&earlier, ""));
            [("from", from), ("to", to)]
                .map(|(name, value)| Field { value: value.to_owned(), ..typed(name, "date", None) })
                .into()
        }
        QuestionKind::Consent => {
            let label = question.choices.first().map(|choice| talk.words(&choice.text)).unwrap_or_default();
            vec![Field { label, kind: "checkbox", ..Field::default() }]
        }
        QuestionKind::File => {
            let label = screen.say("attach");
            vec![Field {
                label,
                kind: "file",
                accept: Some(ending::accept(question)),
                beside: screen.say("file_hint"),
                ..Field::default()
            }]
        }
        _ => {
            let kind = if question.long { "lines" } else { "text" };
            vec![Field { kind, value: earlier, ..Field::default() }]
        }
    }
}

/// What stands in the fields.
enum Read {
    Answer(Answer),
    File(JsValue, String),
}

fn read(question: &Question, form: &Element) -> Read {
    let text = value(form, 0);
    Read::Answer(match question.kind {
        QuestionKind::Statement => Answer::One(String::new()),
        QuestionKind::Number | QuestionKind::Range => number(&text).map_or(Answer::One(text), Answer::Number),
        QuestionKind::Period => match (text, value(form, 1)) {
            (from, to) if from.is_empty() && to.is_empty() => Answer::One(String::new()),
            (from, to) => Answer::One(format!("{from}/{to}")),
        },
        QuestionKind::Consent => {
            let is_ticked = form.query_selector(":checked").ok().flatten().is_some();
            let code = question.choices.first().filter(|_| is_ticked).map(|choice| choice.code.clone());
            Answer::One(code.unwrap_or_default())
        }
        QuestionKind::File => {
            let file = member(&member(&field(form, 0), "files"), "0");
            let name = member(&file, "name").as_string().unwrap_or_default();
            return if name.is_empty() { Read::Answer(Answer::One(String::new())) } else { Read::File(file, name) };
        }
        _ => Answer::One(text),
    })
}

/// Why a file cannot be sent, by the name of the words that say so.
fn fault(question: &Question, file: &JsValue, name: &str) -> Option<&'static str> {
    let is_known = ending::is_taken(question, name.rsplit('.').next().unwrap_or_default());
    if member(file, "size").as_f64().is_some_and(|size| size > f64::from(LARGEST_FILE)) {
        Some("too_large")
    } else {
        (!is_known).then_some("wrong_kind")
    }
}

/// A number as people type it; what is none, or too great to be an amount, stays text.
fn number(text: &str) -> Option<f64> {
    json::read(&typed_number(text))?.number().filter(|number| number.abs() < GREATEST)
}

fn with_unit(digits: &str, unit: &str) -> String {
    format!("{} {unit}", number(digits).map(in_groups).unwrap_or_default())
}

/// The button that sends what was chosen.
pub fn go_on<A: Fn() + 'static>(screen: &Screen, act: A) -> impl IntoView + use<A> {
    Button { class: "button", words: screen.say("go_on"), ..Default::default() }.view(move |_| act())
}

/// What is done with a form and what stands in it.
type Act = Box<dyn Fn(&Element)>;

fn entry(screen: &Screen, fields: Vec<Field>, changed: Act, done: Act) -> impl IntoView + use<> {
    let submit: Box<dyn Fn(SubmitEvent)> = Box::new(move |event| {
        event.prevent_default();
        done(&form_of(&event));
    });
    let input: Box<dyn Fn(Event)> = Box::new(move |event| changed(&form_of(&event)));
    let fields: Vec<_> = fields.into_iter().zip(["entry", "entry-2"]).map(|(field, id)| row(field, id)).collect();
    form()
        .class("entry")
        .attr("part", "entry")
        .attr("novalidate", "")
        .on(ev::submit, submit)
        .on(ev::input, input)
        .child((fields, p().class("fault").attr("role", "alert"), go_on(screen, || ())))
}

/// The form whose event this is: listeners stand on forms only.
fn form_of(event: &Event) -> Element {
    JsValue::from(event.current_target()).unchecked_into()
}

fn row(field: Field, id: &'static str) -> impl IntoView {
    let lines = field.kind == "lines";
    let asked = field.label.is_empty().then_some(ASKED);
    let beside = (!field.beside.is_empty()).then_some("beside");
    let control = if lines {
        Either::Left(
            textarea()
                .class("field")
                .attr("part", "field")
                .attr("id", id)
                .attr("aria-labelledby", asked)
                .attr("rows", "3")
                .child(field.value.clone()),
        )
    } else {
        Either::Right(
            input()
                .class(if field.kind == "checkbox" { "field tick" } else { "field" })
                .attr("part", "field")
                .attr("id", id)
                .attr("aria-labelledby", asked)
                .attr("aria-describedby", beside)
                .attr("type", field.kind)
                .attr("min", field.min)
                .attr("max", field.max)
                .attr("step", field.step)
                .attr("accept", field.accept)
                .attr("inputmode", field.inputmode)
                .attr("autocomplete", field.autocomplete.unwrap_or("off"))
                .attr("value", field.value),
        )
    };
    let class = if field.kind == "checkbox" { "box" } else { "typed" };
    div().class(class).attr("part", class).child((
        asked.is_none().then(|| label().class("label").attr("part", "label").attr("for", id).child(field.label)),
        control,
        beside.map(|id| span().class("unit").attr("part", "unit").attr("id", id).child(field.beside)),
    ))
}

fn field(form: &Element, at: u32) -> JsValue {
    form.query_selector_all(".field").ok().and_then(|fields| fields.item(at)).map_or(JsValue::UNDEFINED, Into::into)
}

/// What stands in a field, without blanks around it.
fn value(form: &Element, at: u32) -> String {
    member(&field(form, at), "value").as_string().unwrap_or_default().trim().to_owned()
}

/// A member of a JavaScript value; `undefined` where there is none.
fn member(of: &JsValue, name: &str) -> JsValue {
    Reflect::get(of, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

fn put_words(form: &Element, selector: &str, words: &str) {
    if let Some(element) = form.query_selector(selector).ok().flatten() {
        element.set_text_content(Some(words));
    }
}
