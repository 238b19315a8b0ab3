//! The person of the lead: who may be the same, what was merged and parted, and his rights. For head and owner.

use lead::{
    form::wire::Problem,
    privacy::{ChangeView, ErasureReason, PerhapsView, PersonCommand, PersonLead},
    view::InquiryView,
};
use leptos::{prelude::*, task::spawn_local};

use super::{Open, Shown, section};
use crate::{
    browser,
    phrases::word,
    route::Route,
    visible::{one_line, visible},
};

/// What is being sent, and why it was not done.
#[derive(Debug, Clone, Copy)]
struct Hand {
    open: Open,
    busy: RwSignal<bool>,
    failed: RwSignal<Option<String>>,
}

impl Hand {
    fn does(self, command: PersonCommand) -> impl Fn(leptos::ev::MouseEvent) + Copy {
        let command = StoredValue::new(command);
        move |_| {
            if self.busy.get_untracked() {
                return;
            }
            self.busy.set(true);
            self.failed.set(None);
            spawn_local(async move {
                let done = self.open.person_command(command.get_value()).await;
                _ = self.failed.try_set(done.err().map(|why| self.words_of(why.as_ref())));
                _ = self.busy.try_set(false);
                browser::focus_heading();
            });
        }
    }

    /// Why it was not done, where the server said so.
    fn words_of(self, why: Option<&Problem>) -> String {
        let t = self.open.t;
        let Some(why) = why else { return t.people.failed.to_owned() };
        let known = t.people.refusals.iter().find(|(code, _)| *code == why.code);
        let words = known.map_or(t.people.failed, |(_, words)| words);
        // The change that comes first is said by its kind and time.
        let mut first = why.detail.as_deref().unwrap_or_default().split(' ');
        let what = self.change(first.next().unwrap_or_default(), first.next().unwrap_or_default());
        words.replace("{change}", &what)
    }

    /// A change of sameness, as it is called.
    fn change(self, kind: &str, at: &str) -> String {
        let t = self.open.t;
        let what = if kind == "split" { t.people.split_by } else { t.people.merged_by };
        what.replace("{time}", &self.open.desk.calendar().brief(at))
    }
}

/// The part; nothing for those who are not shown the person.
pub(super) fn draw(open: Open, shown: &Shown) -> AnyView {
    let (person, inquiries) = (&shown.detail.person, &shown.detail.inquiries);
    if person.contact.is_empty() {
        return ().into_any();
    }
    let t = open.t;
    if let Some(erased) = &person.erased {
        let when = t.people.erased_on.replace("{time}", &open.desk.calendar().exact(&erased.at));
        let why = word(t.people.erasure_reasons, &erased.reason).to_owned();
        let body = view! { <p>{when}</p> <p class="quiet">{why}</p> };
        return section("person", t.people.person, body);
    }
    let hand = Hand { open, busy: RwSignal::new(false), failed: RwSignal::new(None) };
    let doubts = (!person.perhaps.is_empty()).then(|| doubts(hand, &person.perhaps));
    let body = view! {
        {doubts}
        {(person.leads.len() > 1).then(|| leads(open, &person.leads))}
        {(inquiries.len() > 1 || person.leads.len() > 1).then(|| parts(hand, inquiries))}
        {(!person.changes.is_empty()).then(|| changes(hand, &person.changes))}
        {rights(hand)}
        <p class="problem" role="alert">{move || hand.failed.get()}</p>
    };
    section("person", t.people.person, body)
}

fn doubts(hand: Hand, perhaps: &[PerhapsView]) -> AnyView {
    let t = hand.open.t;
    let one = |other: &PerhapsView| {
        let name = if other.name.trim().is_empty() { t.people.nameless.to_owned() } else { one_line(&other.name) };
        let reach = other.reach.iter().map(|way| one_line(way)).collect::<Vec<_>>().join(" · ");
        let merge = hand.does(PersonCommand::Merge { with: other.lead.clone() });
        let apart = hand.does(PersonCommand::Apart { contact: other.contact.clone() });
        view! {
            <li class="doubt">
                <a href=Route::Lead(other.lead.clone()).href() data-page=""><bdi>{name.clone()}</bdi></a>
                <bdi class="quiet">{reach}</bdi>
                <span class="doubt-answers">
                    <button class="button" type="button" on:click=merge aria-label=format!("{}: {name}", t.people.merge)>{t.people.merge}</button>
                    <button class="button" type="button" on:click=apart aria-label=format!("{}: {name}", t.people.apart)>{t.people.apart}</button>
                </span>
            </li>
        }
    };
    view! {
        <div class="doubts">
            <h3>{t.people.perhaps}</h3>
            <p class="quiet">{t.people.perhaps_hint}</p>
            <ul>{perhaps.iter().map(one).collect_view()}</ul>
        </div>
    }
    .into_any()
}

fn leads(open: Open, leads: &[PersonLead]) -> AnyView {
    let (t, calendar) = (open.t, open.desk.calendar());
    let this = open.id.get_value();
    let one = |lead: &PersonLead| {
        let state = if lead.status == "open" {
            t.people.open_lead.to_owned()
        } else {
            one_line(word(t.close_reasons, &lead.reason))
        };
        let seller = one_line(&lead.assigned_name);
        let current = (lead.id == this).then_some("page");
        view! {
            <li>
                <a href=Route::Lead(lead.id.clone()).href() data-page="" aria-current=current>{calendar.brief(&lead.opened_at)}</a>
                " " <bdi class="quiet">{[state, seller].join(" · ")}</bdi>
            </li>
        }
    };
    view! { <div><h3>{t.people.other_leads}</h3><ul class="person-list">{leads.iter().map(one).collect_view()}</ul></div> }
        .into_any()
}

fn parts(hand: Hand, inquiries: &[InquiryView]) -> AnyView {
    let (t, calendar) = (hand.open.t, hand.open.desk.calendar());
    let one = |inquiry: &InquiryView| {
        let said = if inquiry.name.trim().is_empty() { one_line(&inquiry.reach) } else { one_line(&inquiry.name) };
        let when = calendar.brief(&inquiry.recorded_at);
        let label = format!("{}: {said}, {when}", t.people.split);
        let split = hand.does(PersonCommand::Split { inquiry: inquiry.id.clone() });
        view! {
            <li class="person-line">
                <span><bdi>{said}</bdi> " " <span class="quiet">{when}</span></span>
                <button class="plain" type="button" on:click=split aria-label=label>{t.people.split}</button>
            </li>
        }
    };
    view! {
        <div>
            <h3>{t.people.inquiries}</h3>
            <ul class="person-list">{inquiries.iter().rev().map(one).collect_view()}</ul>
            <p class="quiet">{t.people.split_hint}</p>
        </div>
    }
    .into_any()
}

fn changes(hand: Hand, changes: &[ChangeView]) -> AnyView {
    let (t, calendar) = (hand.open.t, hand.open.desk.calendar());
    let one = |change: &ChangeView| {
        let what = hand.change(&change.kind, &change.at);
        let back = match &change.undone_at {
            Some(at) => {
                view! { <span class="quiet">{t.people.was_taken_back.replace("{time}", &calendar.brief(at))}</span> }
                    .into_any()
            }
            None => {
                let back = hand.does(PersonCommand::TakeBack { change: change.id.clone() });
                let label = format!("{}: {what}", t.people.take_back);
                view! { <button class="plain" type="button" on:click=back aria-label=label>{t.people.take_back}</button> }.into_any()
            }
        };
        view! { <li class="person-line"><span>{what}</span>{back}</li> }
    };
    view! { <ul class="person-list">{changes.iter().map(one).collect_view()}</ul> }.into_any()
}

/// Taking along and erasing, the second one asked twice.
fn rights(hand: Hand) -> AnyView {
    let t = hand.open.t;
    let (asked, why) = (hand.open.erasing, hand.open.why);
    if asked.get_untracked() {
        // It was drawn anew around somebody who is thinking.
        request_animation_frame(|| {
            if browser::focus_is_lost() {
                browser::focus("#erase-keep");
            }
        });
    }
    let href = format!("/api/export?format=json&lead={}", hand.open.id.get_value());
    let choice = move |reason: ErasureReason| {
        let words = word(t.people.erasure_reasons, reason.code()).to_owned();
        let chosen = move || why.get() == reason;
        view! {
            <label class="erase-why">
                <input type="radio" name="erase-why" prop:checked=chosen on:change=move |_| why.set(reason) />
                <span>{words}</span>
            </label>
        }
    };
    let erase = move |event| hand.does(PersonCommand::ErasePerson { reason: why.get_untracked() })(event);
    let begin = move |_| {
        asked.set(true);
        request_animation_frame(|| _ = browser::focus("#erase-keep"));
    };
    let keep = move |_| {
        asked.set(false);
        request_animation_frame(|| _ = browser::focus("#erase-begin"));
    };
    let body = move || {
        if !asked.get() {
            return view! { <button class="plain erase-begin" id="erase-begin" type="button" on:click=begin>{t.people.erase}</button> }.into_any();
        }
        view! {
            <div class="erase" role="group" aria-labelledby="erase-title">
                <p id="erase-title">{visible(t.people.erase_text)}</p>
                <fieldset>
                    <legend class="quiet">{t.people.erase_why}</legend>
                    {choice(ErasureReason::Asked)} {choice(ErasureReason::ConsentWithdrawn)} {choice(ErasureReason::ByMistake)}
                </fieldset>
                <div class="erase-answers">
                    <button class="button" id="erase-keep" type="button" on:click=keep>{t.people.keep}</button>
                    <button class="button button-erase" type="button" on:click=erase aria-disabled=move || hand.busy.get().to_string()>
                        {t.people.erase_now}
                    </button>
                </div>
            </div>
        }
        .into_any()
    };
    view! {
        <div class="rights">
            <h3>{t.people.rights}</h3>
            <a class="plain rights-take" href=href download="">{t.people.take_along}</a>
            {body}
        </div>
    }
    .into_any()
}
