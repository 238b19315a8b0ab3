//! The types of the pages, member by member.

use lead::{
    destinations::view::{DestinationView, DestinationsView, PreviewView, Shown},
    event::Event,
    form::{Fact, wire::Problem},
    loss::{DayLosses, DestinationLosses, LossReport, SiteLosses},
    privacy::{ChangeView, ErasureView, PerhapsView, PersonLead, PersonView, PrivacyPage, ReceiptView, RetentionView},
    report::{QuestionCount, QuestionsReport, SourceCount},
    routing::why::{Asked, Check, Stand, Tried, Why},
    settings::{Draft, LoadView, Located, Moved, Place, Rehearsal, Settings, Version},
    source::Source,
    suspicion::{
        Signal,
        sample::Share,
        view::{Quarantine, Suspect},
    },
    view::{
        AnswerView, ClosedView, ContactView, DeliveryView, FileView, InquiryView, LeadDetail, LeadPage, LeadSummary,
        Me, NoteView, PhoneView, RevisionView, TaskView,
    },
};

use crate::configuration::Configuration;

members! {
    // The list.
    Me { id name role workspace lang now alerts }
    LeadPage { leads next }
    LeadSummary {
        id stage status priority reachable rank filter next_step need budget urgency by_offer opened_at answer_by
        answered_at source rule assigned_to assigned_name contact message answers closed touches revision
    }
    ClosedView { at reason evidence }
    ContactView { name phones emails messengers other do_not_contact erased }
    PhoneView { raw e164 }
    AnswerView { question asked answered left }
    Source { kind channel network campaign medium content term click click_id referrer landing site form }

    // A lead.
    LeadDetail { lead facts inquiries tasks deliveries why files notes signals history person }
    InquiryView {
        id recorded_at channel name reach message best_time form lang tz page landing referrer fields
        consent_processing consent_marketing consent_version consent_text source unlisted_origin revised
    }
    RevisionView { recorded_at name reach message }
    Fact { key value known on }
    FileView { id inquiry question asked attached_at name media_type size sha256 path }
    TaskView { id kind due_at done_at result }
    NoteView { id written_at author body }
    DeliveryView { id lead destination event state attempts next_at last_result }
    Signal { sign score n }
    Event { at kind by data }
    Why { version inquiry tried owner asked }
    Tried { rule matched checks }
    Check { fact not held wanted saw }
    Asked { target name people given_to though_away }
    Stand { member name open capacity last_given_at out }

    // Its person, and rights.
    PersonView { contact leads perhaps changes erased }
    PersonLead { id opened_at status reason assigned_name }
    PerhapsView { contact name reach lead }
    ChangeView { id kind at by person other undone_at }
    ErasureView { id contact at by reason leads inquiries files receipts }
    ReceiptView { destination state attempts next_at last_result }
    PrivacyPage { erasures erased retention ran_at next_at leads }
    RetentionView { rule after before due }

    // What was counted.
    QuestionsReport { form forms from to opened contact minted recorded completed questions sources }
    QuestionCount { question asked shown answered skipped left }
    SourceCount { channel network campaign opened recorded opened_no_contact }
    LossReport { from to lost held_up dead sites }
    SiteLosses { site name days }
    DayLosses { day minted arrived recorded on_the_way lost destinations }
    DestinationLosses { destination queued sent dead waiting }

    // What was set aside.
    Quarantine { suspects to_judge confirmed waiting wrongly_set_aside let_through next }
    Suspect { lead at score signals drawn }
    Share { wrong judged from to }

    // The settings.
    Settings<Configuration> { version config draft versions loads }
    Draft<Configuration> { config based_on saved_at saved_by problems }
    Located { at pointer line column problem }
    Version { version published_at published_by again }
    LoadView { member open last_given_at }
    Rehearsal { leads elsewhere next }
    Moved { lead at from to }
    Place { rule to deliver }

    // Destinations.
    DestinationsView { destinations dead may_act }
    DestinationView { id kind state since reason waiting dead }
    PreviewView { lead requests }
    Shown { method url headers body }

    // What went wrong.
    Problem { title status code detail }
}
