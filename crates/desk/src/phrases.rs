//! Every phrase of the desk. One file per language; a phrase that one language lacks does not compile.

pub(crate) mod deliveries;
mod en;
pub(crate) mod people;
mod quarantine;
mod routing;
mod ru;

pub(crate) use en::EN;
pub(crate) use ru::RU;

/// Words for the codes of the wire. A code that is not listed is shown as it is: a newer server may
/// know more than this page.
pub(crate) type Words = &'static [(&'static str, &'static str)];

/// The words for a code.
pub(crate) fn word(words: Words, code: &str) -> &str {
    words.iter().find(|(listed, _)| *listed == code).map_or(code, |(_, words)| words)
}

/// The phrases of one language. `{name}` stands where a value is put in.
#[derive(Debug)]
#[allow(missing_docs, reason = "each phrase says itself what it is, in the files of the languages")]
pub(crate) struct Phrases {
    // Around the pages.
    pub(crate) skip: &'static str,
    pub(crate) language: &'static str,
    pub(crate) sign_out: &'static str,
    pub(crate) not_signed_out: &'static str,
    pub(crate) live: &'static str,
    pub(crate) not_live: &'static str,
    pub(crate) loading: &'static str,
    pub(crate) retry: &'static str,
    pub(crate) unreachable: &'static str,
    pub(crate) unreachable_hint: &'static str,
    pub(crate) sign_in: &'static str,
    pub(crate) sign_in_text: &'static str,
    pub(crate) sign_in_hint: &'static str,
    pub(crate) nowhere: &'static str,
    pub(crate) not_for_role: &'static str,
    pub(crate) not_yours: &'static str,

    // The list.
    pub(crate) leads: &'static str,
    pub(crate) answer_first: &'static str,
    pub(crate) answer_first_hint: &'static str,
    pub(crate) work: &'static str,
    pub(crate) work_hint: &'static str,
    pub(crate) all_answered: &'static str,
    pub(crate) closed: &'static str,
    pub(crate) closed_hint: &'static str,
    pub(crate) closed_at: &'static str,
    pub(crate) do_not_contact: &'static str,
    pub(crate) empty: &'static str,
    pub(crate) empty_text: &'static str,
    pub(crate) new_lead: &'static str,
    pub(crate) more: &'static str,
    pub(crate) keys_move: &'static str,
    pub(crate) keys_open: &'static str,
    pub(crate) keys_back: &'static str,
    pub(crate) keys_search: &'static str,
    pub(crate) search: &'static str,
    pub(crate) search_found: &'static str,
    pub(crate) search_hint: &'static str,
    pub(crate) search_nobody: &'static str,
    pub(crate) search_failed: &'static str,
    pub(crate) nobody: &'static str,
    pub(crate) until: &'static str,
    pub(crate) time_left: &'static str,
    pub(crate) deadline_was: &'static str,
    pub(crate) answered_at: &'static str,
    pub(crate) opened_at: &'static str,
    pub(crate) touches: [&'static str; 3],
    pub(crate) with_seller: &'static str,
    pub(crate) by_rule: &'static str,

    // Time.
    pub(crate) months: [&'static str; 12],
    pub(crate) today: &'static str,
    pub(crate) yesterday: &'static str,
    pub(crate) tomorrow: &'static str,
    pub(crate) days_short: &'static str,
    pub(crate) hours_short: &'static str,
    pub(crate) minutes_short: &'static str,
    pub(crate) ago: &'static str,

    // The priority and the facts that make it.
    pub(crate) priority: &'static str,
    pub(crate) undetermined: &'static str,
    pub(crate) can_become: &'static str,
    pub(crate) or_none: &'static str,
    pub(crate) only_none: &'static str,
    pub(crate) perhaps: &'static str,
    pub(crate) no_need: &'static str,
    pub(crate) aaa: &'static str,
    pub(crate) bbb: &'static str,
    pub(crate) ccc: &'static str,
    pub(crate) need: &'static str,
    pub(crate) budget: &'static str,
    pub(crate) urgency: &'static str,
    pub(crate) yes: &'static str,
    pub(crate) no: &'static str,
    pub(crate) unknown: &'static str,
    pub(crate) by_offer: &'static str,
    pub(crate) nothing_said: &'static str,
    pub(crate) still_unknown: &'static str,
    pub(crate) next_step: &'static str,
    pub(crate) step_offer: &'static str,
    pub(crate) step_date_to_look_again: &'static str,
    pub(crate) step_next_call_date: &'static str,
    pub(crate) step_ask_timing: &'static str,
    pub(crate) step_ask_budget: &'static str,
    pub(crate) step_ask_need: &'static str,
    pub(crate) step_ask_need_again: &'static str,
    pub(crate) ask_need: &'static str,
    pub(crate) ask_need_again: &'static str,
    pub(crate) ask_timing: &'static str,
    pub(crate) ask_offer: &'static str,
    pub(crate) ask_budget: &'static str,
    pub(crate) filter_urgent: &'static str,
    pub(crate) filter_future: &'static str,
    pub(crate) filter_junk_candidate: &'static str,
    pub(crate) filter_not_yet: &'static str,

    // One lead.
    pub(crate) back: &'static str,
    pub(crate) reach: &'static str,
    pub(crate) call: &'static str,
    pub(crate) write: &'static str,
    pub(crate) copy: &'static str,
    pub(crate) copied: &'static str,
    pub(crate) as_typed: &'static str,
    pub(crate) best_time: &'static str,
    pub(crate) first_response: &'static str,
    pub(crate) response_given: &'static str,
    pub(crate) have_answered: &'static str,
    pub(crate) result_label: &'static str,
    pub(crate) optional: &'static str,
    pub(crate) result_hint: &'static str,
    pub(crate) result_moved: &'static str,
    pub(crate) saving: &'static str,
    pub(crate) not_saved: &'static str,
    pub(crate) message: &'static str,
    pub(crate) no_message: &'static str,
    pub(crate) answers: &'static str,
    pub(crate) no_answers: &'static str,
    pub(crate) skipped: &'static str,
    pub(crate) left_branch: &'static str,
    pub(crate) files: &'static str,
    pub(crate) kilobytes: &'static str,
    pub(crate) megabytes: &'static str,
    pub(crate) decimal_sign: &'static str,
    pub(crate) source: &'static str,
    pub(crate) source_kind: &'static str,
    pub(crate) source_channel: &'static str,
    pub(crate) campaign: &'static str,
    pub(crate) medium: &'static str,
    pub(crate) content: &'static str,
    pub(crate) term: &'static str,
    pub(crate) click_id: &'static str,
    pub(crate) page: &'static str,
    pub(crate) landing: &'static str,
    pub(crate) referrer: &'static str,
    pub(crate) site: &'static str,
    pub(crate) form: &'static str,
    pub(crate) came_by: &'static str,
    pub(crate) visitor_language: &'static str,
    pub(crate) visitor_zone: &'static str,
    pub(crate) fields: &'static str,
    pub(crate) consent: &'static str,
    pub(crate) consent_processing: &'static str,
    pub(crate) consent_marketing: &'static str,
    pub(crate) consent_given: &'static str,
    pub(crate) consent_absent: &'static str,
    pub(crate) unlisted_origin: &'static str,
    pub(crate) consent_version: &'static str,
    pub(crate) tasks: &'static str,
    pub(crate) due: &'static str,
    pub(crate) done: &'static str,
    pub(crate) deliveries: &'static str,
    pub(crate) no_deliveries: &'static str,
    pub(crate) attempt: &'static str,
    pub(crate) attempts: [&'static str; 3],
    pub(crate) next_try: &'static str,
    pub(crate) replied: &'static str,
    pub(crate) notes: &'static str,
    pub(crate) no_notes: &'static str,
    pub(crate) note_hint: &'static str,
    pub(crate) add_note: &'static str,
    pub(crate) history: &'static str,

    // The history.
    pub(crate) visitor: &'static str,
    pub(crate) machine: &'static str,
    pub(crate) colleague: &'static str,
    pub(crate) inquiry_recorded: &'static str,
    pub(crate) lead_opened: &'static str,
    pub(crate) routed: &'static str,
    pub(crate) destinations: &'static str,
    pub(crate) task_set: &'static str,
    pub(crate) task_done: &'static str,
    pub(crate) delivery_queued: &'static str,
    pub(crate) delivery_sent: &'static str,
    pub(crate) delivery_failed: &'static str,
    pub(crate) delivery_dead: &'static str,
    pub(crate) answered: &'static str,
    pub(crate) fact_added: &'static str,
    pub(crate) priority_changed: &'static str,
    pub(crate) note_added: &'static str,
    pub(crate) inquiry_revised: &'static str,
    pub(crate) corrected: &'static str,
    pub(crate) lead_closed: &'static str,
    pub(crate) lead_reopened: &'static str,
    pub(crate) silence_ended: &'static str,
    pub(crate) file_attached: &'static str,

    // How visitors go through a form.
    pub(crate) form_page: &'static str,
    pub(crate) form_page_hint: &'static str,
    pub(crate) form_not_for_role: &'static str,
    pub(crate) period: &'static str,
    pub(crate) days: &'static str,
    pub(crate) shown: &'static str,
    pub(crate) answered_here: &'static str,
    pub(crate) skipped_here: &'static str,
    pub(crate) left_here: &'static str,
    pub(crate) question: &'static str,
    pub(crate) turned_to: &'static str,
    pub(crate) began_contact: &'static str,
    pub(crate) sent_off: &'static str,
    pub(crate) recorded: &'static str,
    pub(crate) to_the_end: &'static str,
    pub(crate) by_source: &'static str,
    pub(crate) no_contact: &'static str,
    pub(crate) nothing_counted: &'static str,
    pub(crate) nothing_counted_text: &'static str,
    pub(crate) no_longer_asked: &'static str,

    /// Its own page.
    pub(crate) quarantine: &'static quarantine::Quarantine,
    // Destinations, and what did not arrive.
    pub(crate) deliveries_page: &'static deliveries::DeliveriesPhrases,
    // Why here, and the settings.
    pub(crate) routing: &'static routing::Routing,
    /// Persons: who is the same, their rights, what was lost.
    pub(crate) people: &'static people::People,

    // Words for codes.
    pub(crate) stages: Words,
    pub(crate) kinds: Words,
    pub(crate) channels: Words,
    pub(crate) networks: Words,
    pub(crate) rules: Words,
    pub(crate) task_kinds: Words,
    pub(crate) task_results: Words,
    pub(crate) close_reasons: Words,
    pub(crate) delivery_events: Words,
    pub(crate) delivery_states: Words,
    pub(crate) inquiry_channels: Words,
    pub(crate) fact_keys: Words,
    pub(crate) codes: Words,
    pub(crate) known: Words,
}

#[cfg(test)]
mod tests {
    use super::{EN, RU, Words, word};

    #[test]
    fn both_languages_have_words_for_the_same_codes() {
        let codes = |words: Words| words.iter().map(|(code, _)| *code).collect::<Vec<_>>();
        for (ru, en) in [
            (RU.stages, EN.stages),
            (RU.kinds, EN.kinds),
            (RU.channels, EN.channels),
            (RU.networks, EN.networks),
            (RU.rules, EN.rules),
            (RU.task_kinds, EN.task_kinds),
            (RU.delivery_events, EN.delivery_events),
            (RU.delivery_states, EN.delivery_states),
            (RU.inquiry_channels, EN.inquiry_channels),
            (RU.fact_keys, EN.fact_keys),
            (RU.codes, EN.codes),
            (RU.known, EN.known),
            (RU.quarantine.signs, EN.quarantine.signs),
            (RU.people.erasure_reasons, EN.people.erasure_reasons),
            (RU.people.rules, EN.people.rules),
            (RU.routing.facts, EN.routing.facts),
            (RU.routing.named_facts, EN.routing.named_facts),
            (RU.routing.values, EN.routing.values),
            (RU.routing.outs, EN.routing.outs),
            (RU.routing.roles, EN.routing.roles),
            (RU.routing.authors, EN.routing.authors),
            (RU.routing.refusals, EN.routing.refusals),
        ] {
            assert_eq!(codes(ru), codes(en));
        }
        assert_eq!(word(RU.stages, "first_contact"), "Первый контакт");
        assert_eq!(word(RU.stages, "a_later_stage"), "a_later_stage");
    }

    /// I-5 and I-3: there is nothing to take, and nobody is said to buy or not to buy.
    #[test]
    fn i_3_and_i_5_no_phrase_offers_a_lead_or_foretells_a_purchase() {
        let all = format!("{RU:?}{EN:?}").to_lowercase();
        for word in ["взять", "забрать", "отказаться", "купит", "claim", "take this", "will buy", "pick up", "swap"]
        {
            assert!(!all.contains(word), "{word}");
        }
    }
}
