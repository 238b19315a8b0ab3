//! What is to be done, and by when.

use lead::view::TaskView;
use leptos::prelude::*;

use super::{Open, Shown, section};
use crate::{phrases::word, visible::visible};

/// The tasks by due time.
pub(super) fn draw(open: Open, shown: &Shown) -> AnyView {
    let tasks = &shown.detail.tasks;
    if tasks.is_empty() {
        return ().into_any();
    }
    let (t, calendar) = (open.t, open.desk.calendar());
    let task = |task: &TaskView| {
        let when = match &task.done_at {
            Some(at) => t.done.replace("{time}", &calendar.brief(at)),
            None => t.due.replace("{time}", &calendar.brief(&task.due_at)),
        };
        let result = (!task.result.is_empty())
            .then(|| view! { <bdi class="task-result">{visible(word(t.task_results, &task.result))}</bdi> });
        view! {
            <li class="task" class:task-done=task.done_at.is_some()>
                <span class="task-sign" aria-hidden="true"></span>
                <span>{word(t.task_kinds, &task.kind).to_owned()}</span>
                <span class="quiet">{when}</span>
                {result}
            </li>
        }
    };
    let tasks = tasks.iter().map(task).collect_view();
    section("tasks", t.tasks, view! { <ul class="tasks">{tasks}</ul> })
}
