//! What the desk knows: who is signed in, the leads, the language, the page.

use std::collections::{BTreeMap, BTreeSet};

use lead::view::{LeadSummary, Me};
use leptos::prelude::*;

use crate::{
    api::{self, Failure},
    book::{Book, Heard},
    browser,
    clock::{self, Clock},
    lang::Lang,
    moment::Calendar,
    phrases::Phrases,
    reach,
    route::Route,
    search::Search,
    source_words,
};

/// Who sits at the desk.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Session {
    /// Not known yet.
    Asking,
    /// Nobody: the session is over, or never was.
    SignedOut,
    /// The server could not be asked.
    Unreachable,
    /// This person.
    In(Me),
}

/// How far the list is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listed {
    /// Not loaded yet.
    Not,
    /// Could not be loaded.
    Failed,
    /// Not for this role.
    Refused,
    /// Loaded; more leads wait on the server when `more`.
    Loaded {
        /// True when the list is longer than what is loaded by itself.
        more: bool,
    },
}

/// Everything the pages share. A handle: copies are the same desk.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Desk {
    /// Who sits here.
    pub(crate) session: RwSignal<Session>,
    /// The language.
    pub(crate) lang: RwSignal<Lang>,
    /// The page.
    pub(crate) route: RwSignal<Route>,
    /// The leads.
    pub(crate) book: RwSignal<Book>,
    /// How far the list is there.
    pub(crate) listed: RwSignal<Listed>,
    /// True while the live socket is open.
    pub(crate) live: RwSignal<bool>,
    /// The server's time.
    pub(crate) clock: Clock,
    /// Said aloud to a screen reader.
    pub(crate) announced: RwSignal<String>,
    /// Leads that came in while the page was open: they enter gently.
    pub(crate) arrived: RwSignal<BTreeSet<String>>,
    /// The lead that was open last, to come back to its row.
    pub(crate) last_open: RwSignal<Option<String>>,
    /// Notes begun and not yet written, by lead: leaving the page does not lose them.
    pub(crate) drafts: StoredValue<BTreeMap<String, String>>,
    /// Whose notes they are: they outlive the session, until somebody else signs in.
    writer: StoredValue<String>,
    /// Counts who has sat down here: what was begun for somebody before is nobody's any more.
    sitting: StoredValue<u32>,
    /// Who is looked for in the list.
    pub(crate) search: Search,
    heard: StoredValue<BTreeSet<String>>,
    next: StoredValue<Option<String>>,
}

/// Pages of the list that are loaded without being asked for: the first queue is only right when
/// every owed answer is in it.
const PAGES_AT_ONCE: usize = 10;

impl Desk {
    /// A desk at which nobody sits yet.
    pub(crate) fn open() -> Self {
        Self {
            session: RwSignal::new(Session::Asking),
            lang: RwSignal::new(Lang::of(&browser::remembered_language().unwrap_or_else(browser::preferred_language))),
            route: RwSignal::new(Route::of(&browser::path())),
            book: RwSignal::new(Book::default()),
            listed: RwSignal::new(Listed::Not),
            live: RwSignal::new(false),
            clock: Clock::start(),
            announced: RwSignal::new(String::new()),
            arrived: RwSignal::new(BTreeSet::new()),
            last_open: RwSignal::new(None),
            drafts: StoredValue::new(BTreeMap::new()),
            writer: StoredValue::new(String::new()),
            sitting: StoredValue::new(0),
            search: Search::begin(),
            heard: StoredValue::new(BTreeSet::new()),
            next: StoredValue::new(None),
        }
    }

    /// The phrases of the language at this moment; tracks the language.
    pub(crate) fn phrases(self) -> &'static Phrases {
        self.lang.get().phrases()
    }

    /// For writing times in words; tracks the language.
    pub(crate) fn calendar(self) -> Calendar {
        Calendar { lang: self.lang.get(), offset_at: clock::offset_at, now: self.clock.now_once() }
    }

    /// Who is signed in.
    pub(crate) fn me(self) -> Option<Me> {
        self.session.with(|session| match session {
            Session::In(me) => Some(me.clone()),
            _ => None,
        })
    }

    /// Goes to a page.
    pub(crate) fn go(self, route: Route) {
        if self.route.get_untracked() != route {
            browser::push_path(&route.href());
            self.arrive(route);
        }
    }

    /// Shows the page the address names, after the browser moved by itself.
    pub(crate) fn arrive(self, route: Route) {
        if let Route::Lead(id) = &route {
            self.last_open.set(Some(id.clone()));
        }
        self.route.set(route);
    }

    /// Hears again what waits for this person; whoever cannot be reached keeps what he knew.
    pub(crate) async fn refresh_me(self) {
        let sitting = self.sitting();
        if let Ok(me) = api::me().await
            && self.sitting() == sitting
        {
            self.sit_down(me);
        }
    }

    /// Which sitting this is.
    pub(crate) fn sitting(self) -> u32 {
        self.sitting.get_value()
    }

    /// Somebody is signed in; nothing of whoever was before is left to him.
    fn sit_down(self, me: Me) {
        if self.writer.get_value() != me.id {
            self.drafts.update_value(BTreeMap::clear);
            self.writer.set_value(me.id.clone());
            self.book.set(Book::default());
            self.listed.set(Listed::Not);
            self.search.forget();
        }
        self.session.set(Session::In(me));
    }

    /// Asks who is signed in.
    pub(crate) async fn sign_in(self) -> bool {
        match api::me().await {
            Ok(me) => {
                self.clock.set(&me.now);
                if browser::remembered_language().is_none() {
                    self.lang.set(Lang::of(&me.lang));
                }
                self.sit_down(me);
                true
            }
            Err(Failure::SignedOut) => {
                self.sign_out();
                false
            }
            Err(_) => {
                self.session.set(Session::Unreachable);
                false
            }
        }
    }

    /// The session is over: nothing of it stays on the screen.
    pub(crate) fn sign_out(self) {
        self.sitting.update_value(|sitting| *sitting = sitting.wrapping_add(1));
        self.session.set(Session::SignedOut);
        self.book.set(Book::default());
        self.listed.set(Listed::Not);
        self.live.set(false);
        self.search.forget();
    }

    /// Takes in a lead that was asked for.
    pub(crate) fn keep(self, lead: LeadSummary) -> Heard {
        if !matches!(self.session.get_untracked(), Session::In(_)) {
            return Heard::Known;
        }
        self.heard.update_value(|heard| _ = heard.insert(lead.id.clone()));
        self.book.try_update(|book| book.hear(lead)).unwrap_or(Heard::Known)
    }

    /// Takes in a lead from the live socket, and announces a new one.
    pub(crate) fn hear(self, lead: LeadSummary) {
        let id = lead.id.clone();
        let owed = lead.answered_at.is_none() && lead.status == "open";
        // Nobody was told of a lead that was set aside; when it is let go it is news.
        let was_set_aside =
            self.book.with_untracked(|book| book.get(&id).is_some_and(|known| known.status == "suspect"));
        let t = self.lang.get_untracked().phrases();
        let who = reach::called(&lead.contact).unwrap_or_else(|| t.nobody.to_owned());
        let words = t.new_lead.replace("{who}", &who).replace("{source}", &source_words::brief(&lead.source, t));
        let heard = self.keep(lead);
        let is_news = heard == Heard::New || (heard == Heard::Newer && was_set_aside);
        if is_news && owed && self.listed.get_untracked() != Listed::Not {
            self.arrived.update(|arrived| _ = arrived.insert(id.clone()));
            let settled = move || self.arrived.update(|arrived| _ = arrived.remove(&id));
            set_timeout(settled, std::time::Duration::from_secs(4));
            self.announced.set(words);
        }
    }

    /// Loads the list again, as after every interruption of the live socket.
    pub(crate) async fn reload(self) {
        self.heard.update_value(BTreeSet::clear);
        let mut loaded = Vec::new();
        let listed = load(None, &mut loaded).await;
        if listed.is_ok()
            && let Ok(closed) = api::closed_leads().await
        {
            loaded.extend(closed.leads);
        }
        match listed {
            Ok(next) => {
                let heard = self.heard.get_value();
                self.book.update(|book| book.reload(loaded, &heard));
                self.keep_cursor(next);
            }
            Err(Failure::SignedOut) => self.sign_out(),
            Err(Failure::Refused(problem)) if problem.status == 403 => self.listed.set(Listed::Refused),
            Err(_) if matches!(self.listed.get_untracked(), Listed::Loaded { .. }) => {}
            Err(_) => self.listed.set(Listed::Failed),
        }
    }

    /// Loads what comes after the pages that are there.
    pub(crate) async fn load_more(self) {
        let Some(cursor) = self.next.get_value() else { return };
        let mut loaded = Vec::new();
        match load(Some(cursor), &mut loaded).await {
            Ok(next) => {
                self.book.update(|book| {
                    for lead in loaded {
                        book.hear(lead);
                    }
                });
                self.keep_cursor(next);
            }
            Err(Failure::SignedOut) => self.sign_out(),
            Err(_) => {}
        }
    }

    fn keep_cursor(self, next: Option<String>) {
        self.listed.set(Listed::Loaded { more: next.is_some() });
        self.next.set_value(next);
    }
}

/// Loads up to [`PAGES_AT_ONCE`] pages from this cursor on; answers the cursor of the rest.
async fn load(mut cursor: Option<String>, leads: &mut Vec<LeadSummary>) -> Result<Option<String>, Failure> {
    for _ in 0..PAGES_AT_ONCE {
        let page = api::leads(cursor.as_deref()).await?;
        leads.extend(page.leads);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    Ok(cursor)
}
