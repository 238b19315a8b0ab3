//! Ordering and merging, on leads that differ only where it matters.

use lead::{
    form::{Category, Filter, Tri, priority::NextStep},
    source::Source,
    view::{ClosedView, ContactView},
};

use super::*;

/// A lead just recorded: nothing known, first response owed.
pub(crate) fn sample(id: &str, revision: u64) -> LeadSummary {
    LeadSummary {
        id: id.into(),
        stage: "first_contact".into(),
        status: "open".into(),
        priority: None,
        reachable: vec![],
        rank: 2,
        filter: Filter::NotFilteredYet,
        next_step: NextStep::AskNeed,
        need: Tri::Unknown,
        budget: Tri::Unknown,
        urgency: Tri::Unknown,
        by_offer: false,
        opened_at: "2026-11-21T10:00:00Z".into(),
        answer_by: "2026-11-21T10:15:00Z".into(),
        answered_at: None,
        source: Source::default(),
        rule: "catch-all".into(),
        assigned_to: "u1".into(),
        assigned_name: "Анна".into(),
        contact: ContactView::default(),
        message: String::new(),
        answers: vec![],
        closed: None,
        touches: 1,
        revision,
    }
}

fn ids(leads: &[Arc<LeadSummary>]) -> Vec<&str> {
    leads.iter().map(|lead| lead.id.as_str()).collect()
}

#[test]
fn the_newest_revision_wins_in_any_order() {
    let mut book = Book::default();
    assert_eq!(book.hear(sample("a", 3)), Heard::New);
    assert_eq!(book.hear(sample("a", 2)), Heard::Known);
    assert_eq!(book.hear(sample("a", 3)), Heard::Known);
    assert_eq!(book.hear(sample("a", 4)), Heard::Newer);
    assert_eq!(book.get("a").map(|lead| lead.revision), Some(4));
}

#[test]
fn a_reload_forgets_what_is_gone_and_keeps_what_was_heard_meanwhile() {
    let mut book = Book::default();
    for (id, revision) in [("gone", 1), ("kept", 5), ("heard", 1)] {
        book.hear(sample(id, revision));
    }
    book.reload(vec![sample("kept", 4), sample("new", 1)], &BTreeSet::from(["heard".to_owned()]));
    assert_eq!(ids(&book.answer_first()), ["heard", "kept", "new"]);
    assert_eq!(book.get("kept").map(|lead| lead.revision), Some(5));
}

/// I-18: neither the priority nor anything else moves a first response forward or back.
#[test]
fn i_18_first_responses_are_ordered_by_deadline_alone() {
    let mut book = Book::default();
    book.hear(LeadSummary { rank: 8, answer_by: "2026-11-21T10:05:00Z".into(), ..sample("no-need", 1) });
    book.hear(LeadSummary {
        rank: 1,
        priority: Some(Category::Aaa),
        answer_by: "2026-11-21T10:20:00Z".into(),
        ..sample("aaa", 1)
    });
    // The same instant, written with and without a fraction of a second.
    book.hear(LeadSummary { answer_by: "2026-11-21T10:06:00.000Z".into(), ..sample("second", 1) });
    assert_eq!(ids(&book.answer_first()), ["no-need", "second", "aaa"]);
    assert!(book.work().is_empty());
}

#[test]
fn work_goes_by_rank_then_deadline_then_newest() {
    let mut book = Book::default();
    let answered = |id: &str, rank, opened: &str| LeadSummary {
        answered_at: Some("2026-11-21T10:10:00Z".into()),
        opened_at: opened.into(),
        rank,
        ..sample(id, 1)
    };
    book.hear(answered("older", 2, "2026-11-21T09:00:00Z"));
    book.hear(answered("newer", 2, "2026-11-21T09:30:00Z"));
    book.hear(answered("first", 1, "2026-11-20T09:30:00Z"));
    book.hear(LeadSummary { status: "won".into(), ..answered("closed", 1, "2026-11-20T09:30:00Z") });
    assert_eq!(ids(&book.work()), ["first", "newer", "older"]);
}

#[test]
fn a_closed_lead_is_in_neither_queue_and_the_newest_closed_stands_first() {
    let mut book = Book::default();
    let closed = |id: &str, at: &str| LeadSummary {
        status: "lost".into(),
        closed: Some(ClosedView { at: at.into(), reason: "price_bar_declined".into(), evidence: "inquiry 1".into() }),
        ..sample(id, 2)
    };
    book.hear(sample("open", 1));
    book.hear(closed("older", "2026-11-21T10:00:00Z"));
    book.hear(closed("newer", "2026-11-22T10:00:00Z"));
    assert_eq!(ids(&book.closed()), ["newer", "older"]);
    assert_eq!(ids(&book.answer_first()), ["open"]);
    assert_eq!(ids(&book.work()), Vec::<&str>::new());
    book.hear(LeadSummary { revision: 3, ..sample("newer", 3) });
    assert_eq!(ids(&book.closed()), ["older"]);
}
