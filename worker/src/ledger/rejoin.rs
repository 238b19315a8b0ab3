//! A lead that was closed as nobody's turns out to be a person's, who has another open lead by now: one of the two
//! goes on with everything that both have, and that is taken back like any change of sameness.

use lead::{closing::NOT_NEEDED, config::Config, event::EventKind, person::Moved};

use super::{Ledger, hand::Hand, suspect::SPAM};
use crate::{
    clock,
    sql::{
        closings, history, leads,
        persons::{self, OpenLead},
        suspects, tasks,
    },
};

/// The kind of such a change.
pub(super) const REJOINED: &str = "rejoined";

impl Ledger {
    /// `row` as it was before anybody said that a person wrote it; it is open by now. Where the person's other lead
    /// is worked on already, this one is folded into it as one touch more, and what was held of it stays held: its
    /// systems know the person. Where the other is set aside, this one goes on. Runs inside the caller's transaction.
    pub(super) fn rejoin(
        &self,
        config: &Config,
        hand: Hand<'_>,
        row: &leads::Row,
        inquiry: &str,
        another: &OpenLead,
    ) -> worker::Result<()> {
        let (database, at) = (&self.database, hand.now.as_millisecond());
        let another = another.as_one();
        let (into, folded) = if another.set_aside {
            self.release(&row.id, inquiry, hand.by, hand.now)?;
            (row.id.as_str(), another.id)
        } else {
            suspects::decide(database, &row.id, "released", hand.by, at)?;
            self.end_silence(row, hand.by, hand.now)?;
            history::add(database, &row.id, &[hand.event(EventKind::LeadReleased, &[("inquiry", inquiry)])])?;
            (another.id, row.id.as_str())
        };
        let moved = Moved {
            folded: Some(self.fold(config, hand, folded, into)?),
            spam: (row.status == "lost").then(|| row.id.clone()),
            ..Moved::default()
        };
        self.settle_price(config, hand, into)?;
        let change = clock::mint(hand.now)?;
        let both = (row.contact.as_str(), row.contact.as_str());
        persons::add_change(database, &change, REJOINED, both, &moved, (at, hand.by))?;
        let event = hand.event(EventKind::PersonsMerged, &[("change", &change), ("folded", folded), ("into", into)]);
        for lead in [folded, into] {
            history::add(database, lead, std::slice::from_ref(&event))?;
        }
        Ok(())
    }

    /// It was nobody's after all: closed again, and the other lead as it was. Runs inside the caller's transaction;
    /// gives the leads that changed.
    pub(super) fn part_again(
        &self,
        config: &Config,
        hand: Hand<'_>,
        moved: &Moved,
        since: i64,
    ) -> worker::Result<Vec<String>> {
        let (database, at) = (&self.database, hand.now.as_millisecond());
        let Some(folded) = &moved.folded else { return Ok(vec![]) };
        let spam = moved.spam.as_ref().map(|lead| leads::find(database, lead)).transpose()?.flatten();
        // First closed, so that of the two only the other one may be open.
        if let Some(row) = &spam {
            closings::close(database, row, SPAM, &format!("member {}", hand.by), at)?;
            suspects::judged(database, &row.id, SPAM, hand.by)?;
            suspects::decide(database, &row.id, "spam", hand.by, at)?;
            let closed = hand.event(EventKind::LeadClosed, &[("status", "lost"), ("reason", SPAM)]);
            history::add(database, &row.id, &[closed])?;
            if row.status == "open" {
                self.tell_destinations(config, &row.id, "lead.closed", hand.now)?;
            }
        }
        self.unfold(config, hand, folded, since)?;
        if let Some(row) = &spam {
            tasks::finish_all(database, &row.id, NOT_NEEDED, at)?;
        }
        Ok(vec![folded.lead.clone(), folded.into.clone()])
    }
}
