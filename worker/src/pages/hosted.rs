//! The hosted page: a working form without any script, question by question.
//!
//! The native form stands inside `<first-contact>`: when the embed script arrives and draws its own,
//! the native one disappears; where scripts are off it simply works. Everything a stranger typed is
//! escaped by construction.

use std::collections::BTreeMap;

use lead::form::{ConsentKind, Context, Form, Text, piping::Said, wire::Contact};
use maud::{DOCTYPE, Markup, html};
use url::Url;

use super::hosted_words::{Words, direction, words};

/// The most hidden fields that an address may carry.
const MOST_FIELDS: usize = 20;

/// What every hosted page has.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// The published form.
    pub form: &'a Form,
    /// The language, one that there are words in.
    pub lang: &'a str,
    /// The site key.
    pub site: &'a str,
    /// The site's name.
    pub site_name: &'a str,
    /// True inside a frame on a host page: without heading and margins.
    pub framed: bool,
    /// Address of the styles.
    pub css: &'a str,
    /// Address of the script that reads what a host page handed over.
    pub script: &'a str,
}

impl<'a> Page<'a> {
    /// Our own words.
    pub fn say(&self) -> Words<'a> {
        words(self.lang, &self.form.words)
    }
}

/// What the server has minted for one visit, and what is known of where the visitor came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Visit {
    /// The inquiry's id.
    pub id: String,
    /// The inquiry's secret.
    pub secret: String,
    /// The landing page, with its query.
    pub landing: String,
    /// The referrer.
    pub referrer: String,
    /// Until when the visitor will have an answer, in words; known once it is recorded.
    pub answer_by: String,
    /// When the form was shown, signed: it tells how long it took to fill it.
    pub shown: String,
}

impl Visit {
    /// Hidden fields of a page without script: `field.NAME=value` in its address.
    pub fn fields(&self) -> BTreeMap<String, String> {
        let landing = Url::parse(&self.landing).ok();
        let pairs = landing.iter().flat_map(|url| url.query_pairs());
        let named = pairs.filter_map(|(key, value)| Some((key.strip_prefix("field.")?.to_owned(), value.into_owned())));
        lead::form::by_key(named.take(MOST_FIELDS))
    }
}

/// Why the contact step is shown again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// The reach is blank.
    ContactMissing,
    /// The required box is not ticked.
    ConsentMissing,
    /// Something is wrong on our side; what was typed is kept on the page.
    NotThrough,
}

/// The contact step.
pub fn contact(page: &Page<'_>, visit: &Visit, typed: &Contact, again: Option<Again>) -> String {
    let say = page.say();
    let step = &page.form.contact;
    let context = Context {
        lang: page.lang.to_owned(),
        name: typed.name.clone(),
        fields: visit.fields().into_iter().collect(),
        ..Context::default()
    };
    let said = Said { form: page.form, before: &[], context: &context };
    let text = |text: &Text| said.fill(text.in_language(page.lang), None);
    let fault = match again {
        Some(Again::ContactMissing) => say.contact_missing,
        Some(Again::ConsentMissing) => say.consent_missing,
        Some(Again::NotThrough) => say.not_through,
        None => "",
    };
    let field = |name: &str, label: &str, value: &str, autocomplete: &str, optional: bool| {
        html! {
            label {
                span { (label) @if optional { i { (say.optional) } } }
                input type="text" name=(name) value=(value) autocomplete=(autocomplete) required[!optional] aria-invalid[!optional && again == Some(Again::ContactMissing)];
            }
        }
    };
    let form = html! {
        form method="post" action=(action(page)) {
            h1 { (text(&step.title)) }
            @if !step.lead_in.is_empty() { p.soft { (text(&step.lead_in)) } }
            @if !fault.is_empty() { p.fault role="alert" { (fault) } }
            (hidden(page, visit, "contact"))
            input type="hidden" name="shown" value=(visit.shown);
            // No person sees, hears or reaches this field; what fills every field fills it too.
            div.aside aria-hidden="true" { label { "Topic" input type="text" name="topic" tabindex="-1" autocomplete="off"; } }
            div.row {
                @if step.name { (field("name", say.name, &typed.name, "name", true)) }
                (field("reach", say.reach, &typed.reach, "tel", false))
            }
            @if step.best_time { (field("best_time", say.best_time, &typed.best_time, "off", true)) }
            @if step.message {
                label {
                    span { (say.message) i { (say.optional) } }
                    textarea name="message" rows="2" { (typed.message) }
                }
            }
            @match step.consent.kind {
                ConsentKind::Required => label.box {
                    input type="checkbox" name="consent" value="yes" required;
                    span { (text(&step.consent.text)) (consent_link(page)) }
                },
                ConsentKind::Notice => {}
            }
            @if !step.consent.marketing.is_empty() {
                label.box { input type="checkbox" name="marketing" value="yes"; span { (text(&step.consent.marketing)) } }
            }
            button type="submit" { @if step.button.is_empty() { (say.send) } @else { (text(&step.button)) } }
            @if step.consent.kind == ConsentKind::Notice { p.small { (text(&step.consent.text)) (consent_link(page)) } }
        }
    };
    document(page, text(&step.title).as_str(), &form, Shown::Contact)
}

/// The end, in the form's own words where it has some. A visitor never learns how he was ranked.
pub fn thanks(page: &Page<'_>, visit: &Visit, said: Said<'_>) -> String {
    let say = page.say();
    let end = &page.form.end;
    let title = said.fill(end.title.in_language(page.lang), None);
    let title = if title.trim().is_empty() { say.done.to_owned() } else { title };
    let text = said.fill(end.text.in_language(page.lang), None);
    let body = html! {
        div.done {
            h1 { (title) }
            @if !text.trim().is_empty() { p { (text) } }
            p.thanks role="status" { (say.thanks) " " (visit.answer_by) "." }
            @if let Some(file) = &end.file {
                p { a href=(file.url) target="_blank" rel="noopener" { (said.fill(file.text.in_language(page.lang), None)) } }
            }
        }
    };
    document(page, &title, &body, Shown::Last)
}

/// The end for a person who declined the price band.
pub fn declined(page: &Page<'_>) -> String {
    let say = page.say();
    document(page, say.declined, &html! { div.done role="status" { h1 { (say.declined) } } }, Shown::Last)
}

pub(super) fn hidden(page: &Page<'_>, visit: &Visit, step: &str) -> Markup {
    html! {
        @for (name, value) in [
            ("step", step), ("id", visit.id.as_str()), ("secret", visit.secret.as_str()), ("landing", visit.landing.as_str()),
            ("referrer", visit.referrer.as_str()), ("answer_by", visit.answer_by.as_str()),
            ("consent_version", page.form.contact.consent.version.as_str()),
        ] {
            input type="hidden" name=(name) value=(value);
        }
        input type="hidden" name="form_version" value=(page.form.version);
    }
}

fn consent_link(page: &Page<'_>) -> Markup {
    let link = page.form.contact.consent.link.as_deref().filter(|link| link.starts_with("https:"));
    html! { @if let Some(link) = link { " " a href=(link) target="_blank" rel="noopener" { (page.say().more) } } }
}

pub(super) fn action(page: &Page<'_>) -> String {
    format!("/f/{}/{}?lang={}{}", page.site, page.form.id, page.lang, if page.framed { "&frame=1" } else { "" })
}

/// What a page shows, as far as the rest of it depends on that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// The contact step: nothing is recorded yet.
    Contact,
    /// A question: the inquiry is recorded.
    Question,
    /// The last one, which the embed script may not take over: it would begin again.
    Last,
}

pub(super) fn document(page: &Page<'_>, title: &str, body: &Markup, shown: Shown) -> String {
    let Words { made_by, .. } = page.say();
    let embed = format!("/embed/{}/{}.js", page.site, page.form.id);
    html! {
        (DOCTYPE)
        html lang=(page.lang) dir=(direction(page.lang)) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                link rel="icon" href="data:,";
                meta name="color-scheme" content="light dark";
                title { (title) " · " (page.site_name) }
                link rel="stylesheet" href=(page.css);
                @if shown != Shown::Last {
                    script src=(page.script) defer {}
                    script src=(embed) data-target="first-contact" defer {}
                }
            }
            body.framed[page.framed] {
                main {
                    @if !page.framed { p.site { (page.site_name) } }
                    first-contact hosted framed[page.framed] site=(page.site) form=(page.form.id) lang=(page.lang) theme="auto" {
                        div.card { (body) }
                    }
                    @if !page.framed && shown == Shown::Question { p.small.made-by { (made_by) } }
                }
            }
        }
    }
    .into_string()
}

#[cfg(test)]
mod tests {
    use lead::form::{End, ready};

    use super::*;

    fn form() -> Form {
        Form {
            id: "price".into(),
            version: 3,
            contact: ready::contact().unwrap(),
            questions: ready::DEFAULT.iter().map(|id| ready::question(id).unwrap()).collect(),
            values: vec![],
            end: End::default(),
            words: Default::default(),
        }
    }

    fn page(form: &Form) -> Page<'_> {
        Page {
            form,
            lang: "ru",
            site: "site_x",
            site_name: "Дуб & лён",
            framed: false,
            css: "/h/x.css",
            script: "/h/x.js",
        }
    }

    fn landed(landing: &str) -> Visit {
        Visit { landing: landing.into(), ..Visit::default() }
    }

    #[test]
    fn hidden_fields_of_an_address() {
        let visit = landed("https://x.example/f/site/form?lang=ru&field.plan=pro&field.city=%D0%A2&fields=x");
        assert_eq!(
            visit.fields().into_iter().collect::<Vec<_>>(),
            [("city".into(), "Т".into()), ("plan".into(), "pro".into())]
        );
        assert_eq!(landed("no address").fields(), BTreeMap::new());
    }

    #[test]
    fn the_contact_step_names_what_the_visit_came_with() {
        let mut form = form();
        form.contact.title = Text::of([("ru", "Куда прислать план {{field.plan|для вас}}?")]);
        form.contact.button = Text::of([("ru", "Получить {{cost|расчёт}}")]);
        let shown = |landing| contact(&page(&form), &landed(landing), &Contact::default(), None);
        assert!(shown("https://x.example/?field.plan=pro").contains("<h1>Куда прислать план pro?"));
        assert!(shown("https://x.example/").contains("<h1>Куда прислать план для вас?"));
        assert!(shown("https://x.example/").contains(">Получить расчёт</button>"));
    }

    #[test]
    fn what_was_typed_is_shown_again_and_escaped() {
        let form = form();
        let typed = Contact { reach: "\"><script>alert(1)</script>".into(), ..Contact::default() };
        let shown = contact(&page(&form), &Visit::default(), &typed, Some(Again::ConsentMissing));
        assert!(shown.contains("&quot;&gt;&lt;script&gt;alert(1)"));
        assert!(!shown.contains("<script>alert"));
        assert!(shown.contains("Дуб &amp; лён"));
    }
}
