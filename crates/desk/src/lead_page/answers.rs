//! What was answered, question by question.

use lead::view::AnswerView;
use leptos::prelude::*;

use super::{Open, Shown, section};
use crate::visible::visible;

/// Questions and answers in the order of the form.
pub(super) fn draw(open: Open, shown: Shown<Vec<AnswerView>>) -> AnyView {
    let t = open.t;
    let line = |answer: AnswerView| {
        let value = if answer.answered.is_empty() {
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
    let body = if shown.it.is_empty() {
        view! { <p class="quiet">{t.no_answers}</p> }.into_any()
    } else {
        view! { <dl class="answers">{shown.it.into_iter().map(line).collect_view()}</dl> }.into_any()
    };
    section("answers", t.answers, body)
}
