//! What was answered and attached, question by question.

use lead::view::{AnswerView, FileView};
use leptos::prelude::*;

use super::{Open, Shown, section};
use crate::{
    event_words::file_size,
    phrases::Phrases,
    visible::{one_line, visible},
};

/// Questions and answers in the order of the form, the files under the question they answer.
pub(super) fn draw(open: Open, shown: &Shown) -> AnyView {
    let t = open.t;
    let (answers, files) = (&shown.detail.lead.answers, &shown.detail.files);
    let answered: Vec<String> = answers.iter().map(|answer| answer.question.clone()).collect();
    let line = |answer: &AnswerView| {
        let attached: Vec<&FileView> = files.iter().filter(|file| file.question == answer.question).collect();
        let value = if !attached.is_empty() {
            links(t, &attached)
        } else if answer.answered.is_empty() {
            view! { <span class="quiet">{t.skipped}</span> }.into_any()
        } else {
            view! { <bdi>{visible(&answer.answered)}</bdi> }.into_any()
        };
        let left = answer.left.then(|| view! { " " <span class="quiet">"(" {t.left_branch} ")"</span> });
        view! {
            <div class="answer" class:answer-left=answer.left>
                <dt><bdi>{visible(&answer.asked)}</bdi></dt>
                <dd>{value} {left}</dd>
            </div>
        }
    };
    // A file may be here before the answer that names it.
    let ahead: Vec<&FileView> = files.iter().filter(|file| !answered.contains(&file.question)).collect();
    let ahead = (!ahead.is_empty()).then(|| {
        view! { <div class="answer"><dt>{t.files}</dt><dd>{links(t, &ahead)}</dd></div> }
    });
    let body = if answers.is_empty() && files.is_empty() {
        view! { <p class="quiet">{t.no_answers}</p> }.into_any()
    } else {
        view! { <dl class="answers">{answers.iter().map(line).collect_view()} {ahead}</dl> }.into_any()
    };
    section("answers", t.answers, body)
}

fn links(t: &'static Phrases, files: &[&FileView]) -> AnyView {
    let link = |file: &&FileView| {
        let (path, name, size) = (file.path.clone(), one_line(&file.name), file_size(file.size, t));
        view! { <li><a class="file" href=path download="">{name}</a> " " <span class="quiet">{size}</span></li> }
    };
    view! { <ul class="files">{files.iter().map(link).collect_view()}</ul> }.into_any()
}
