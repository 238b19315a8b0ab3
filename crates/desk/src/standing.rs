//! The priority in words: what it is, what makes it, what is still unknown.

use lead::{
    form::{
        Category, Fact, FactKey, Filter, Known, Tri,
        priority::{NextStep, Reachable},
    },
    view::LeadSummary,
};

use crate::phrases::Phrases;

/// `AAA`, or what the lead can still become: `AAA · BBB · CCC?`.
pub(crate) fn label(lead: &LeadSummary, t: &Phrases) -> String {
    if let Some(category) = lead.priority {
        return category.to_string();
    }
    let set = reachable(lead);
    if set.is_empty() { t.only_none.to_owned() } else { format!("{}?", set.join(" · ")) }
}

/// The same as a sentence.
pub(crate) fn sentence(lead: &LeadSummary, t: &Phrases) -> String {
    match lead.priority {
        Some(Category::Aaa) => t.aaa.to_owned(),
        Some(Category::Bbb) => t.bbb.to_owned(),
        Some(Category::Ccc) => t.ccc.to_owned(),
        None => {
            let set = reachable(lead);
            if set.is_empty() {
                return t.no_need.to_owned();
            }
            let known = t.can_become.replace("{set}", &set.join(", "));
            if lead.reachable.contains(&Reachable::Nothing) { format!("{known} {}", t.or_none) } else { known }
        }
    }
}

fn reachable(lead: &LeadSummary) -> Vec<&'static str> {
    lead.reachable
        .iter()
        .filter_map(|reach| match reach {
            Reachable::Aaa => Some("AAA"),
            Reachable::Bbb => Some("BBB"),
            Reachable::Ccc => Some("CCC"),
            Reachable::Nothing => None,
        })
        .collect()
}

/// `+`, `−` or `?`.
pub(crate) fn mark(tri: Tri) -> &'static str {
    match tri {
        Tri::Yes => "+",
        Tri::No => "−",
        Tri::Unknown => "?",
    }
}

/// The mark in words.
pub(crate) fn mark_words(tri: Tri, t: &Phrases) -> &'static str {
    match tri {
        Tri::Yes => t.yes,
        Tri::No => t.no,
        Tri::Unknown => t.unknown,
    }
}

/// For styling by what is known.
pub(crate) fn mark_class(tri: Tri) -> &'static str {
    match tri {
        Tri::Yes => "mark mark-yes",
        Tri::No => "mark mark-no",
        Tri::Unknown => "mark mark-unknown",
    }
}

/// What to learn or do next, in words.
pub(crate) fn next_step(step: NextStep, t: &Phrases) -> &'static str {
    match step {
        NextStep::Offer => t.step_offer,
        NextStep::DateToLookAgain => t.step_date_to_look_again,
        NextStep::NextCallDate => t.step_next_call_date,
        NextStep::AskTiming => t.step_ask_timing,
        NextStep::AskBudget => t.step_ask_budget,
        NextStep::AskNeed => t.step_ask_need,
        NextStep::AskNeedAgain => t.step_ask_need_again,
    }
}

/// The three-way filter in words.
pub(crate) fn filter(filter: Filter, t: &Phrases) -> &'static str {
    match filter {
        Filter::Urgent => t.filter_urgent,
        Filter::Future => t.filter_future,
        Filter::JunkCandidate => t.filter_junk_candidate,
        Filter::NotFilteredYet => t.filter_not_yet,
    }
}

/// One of the three facts that make the priority: the keys that speak about it, and the ready
/// questions whose answers say it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Side {
    /// The facts about it.
    pub(crate) keys: &'static [FactKey],
    /// The questions that tell it.
    pub(crate) questions: &'static [&'static str],
}

/// Need.
pub(crate) const NEED: Side = Side {
    keys: &[FactKey::NeedText, FactKey::NeedKind, FactKey::NeedZone, FactKey::BuyingStage, FactKey::Motive],
    questions: &["need", "whose", "buying_stage"],
};
/// Budget.
pub(crate) const BUDGET: Side =
    Side { keys: &[FactKey::FundingSource, FactKey::Approval, FactKey::PriceConsent], questions: &["pay", "price"] };
/// Urgency.
pub(crate) const URGENCY: Side = Side {
    keys: &[FactKey::Timing, FactKey::SolveBy, FactKey::ReadyOnOffer, FactKey::OfferValidUntil],
    questions: &["timing", "offer"],
};

/// The fact's code on the wire.
pub(crate) fn fact_code(key: FactKey) -> &'static str {
    match key {
        FactKey::Need => "need",
        FactKey::NeedKind => "need_kind",
        FactKey::NeedText => "need_text",
        FactKey::NeedZone => "need_zone",
        FactKey::BuyingStage => "buying_stage",
        FactKey::Motive => "motive",
        FactKey::Timing => "timing",
        FactKey::SolveBy => "solve_by",
        FactKey::ReadyOnOffer => "ready_on_offer",
        FactKey::OfferValidUntil => "offer_valid_until",
        FactKey::Budget => "budget",
        FactKey::FundingSource => "funding_source",
        FactKey::Approval => "approval",
        FactKey::PriceConsent => "price_consent",
        FactKey::DecisionSize => "decision_size",
        FactKey::Procedure => "procedure",
        FactKey::Members => "members",
        FactKey::Invitation => "invitation",
        FactKey::VisitOn => "visit_on",
        FactKey::FirmIntent => "firm_intent",
        FactKey::ReturnOn => "return_on",
    }
}

/// The questions that are still worth asking, the next one first, in words to say aloud.
/// What could no longer change the priority is left out: CCC is CCC whatever the timing (methodology §6).
pub(crate) fn questions_left(lead: &LeadSummary, facts: &[Fact], t: &Phrases) -> Vec<&'static str> {
    if lead.need == Tri::No {
        return vec![t.ask_need_again];
    }
    let mut left = Vec::new();
    if lead.need == Tri::Unknown {
        left.push(t.ask_need);
    }
    if lead.budget == Tri::Unknown {
        left.push(t.ask_budget);
    }
    if lead.urgency == Tri::Unknown && lead.budget != Tri::No {
        // The timing stands unless it was never told; then only the offer is still open.
        let told =
            facts.iter().any(|fact| fact.key == FactKey::Timing && fact.known == Known::Yes && fact.value != "now");
        if !told {
            left.push(t.ask_timing);
        }
        left.push(t.ask_offer);
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{book::sample, lang::Lang};

    #[test]
    fn an_open_priority_shows_what_is_reachable_and_never_a_verdict() {
        let t = Lang::Ru.phrases();
        let mut lead = sample("a", 1);
        lead.reachable = vec![Reachable::Aaa, Reachable::Bbb, Reachable::Ccc, Reachable::Nothing];
        assert_eq!(label(&lead, t), "AAA · BBB · CCC?");
        assert_eq!(sentence(&lead, t), "Может стать AAA, BBB, CCC или остаться без приоритета");
        lead.priority = Some(Category::Bbb);
        assert_eq!(label(&lead, t), "BBB");
    }

    #[test]
    fn only_questions_that_can_change_something_are_left() {
        let t = Lang::En.phrases();
        let mut lead = sample("a", 1);
        assert_eq!(questions_left(&lead, &[], t), [t.ask_need, t.ask_budget, t.ask_timing, t.ask_offer]);
        (lead.need, lead.budget) = (Tri::Yes, Tri::No);
        assert!(questions_left(&lead, &[], t).is_empty());
        lead.budget = Tri::Yes;
        let on = "2026-11-21".parse().unwrap();
        let told = Fact { key: FactKey::Timing, value: "no_plan".into(), known: Known::Yes, on };
        assert_eq!(questions_left(&lead, &[told], t), [t.ask_offer]);
        lead.need = Tri::No;
        assert_eq!(questions_left(&lead, &[], t), [t.ask_need_again]);
    }
}
