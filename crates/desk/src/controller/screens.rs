//! What screens show, published when it changes.

use std::time::Duration;

use jiff::tz::TimeZone;

use super::Controller;
use crate::{
    contract::{
        CallRow, CardsView, DemoPhoneState, Errand, ErrandTask, MainView, MeView, Notice, NowView, Stage, ZoneView,
    },
    language::{language, theme},
    me::Me,
    ports::{Clock, Uptime},
    ui_port::UiPort,
    views::{
        card::{Around, card_view},
        controls::controls,
        row::{CallAnnotations, call_ref, call_row},
    },
    words::Words,
};

/// Main is told at most this often.
const MAIN_EVERY: Duration = Duration::from_millis(50);

/// Missed calls that are offered at once.
const MISSED: usize = 5;

/// What was published last, and what is to be published.
#[derive(Debug)]
pub(super) struct Screens {
    zone: TimeZone,
    zone_view: ZoneView,
    cards: Option<CardsView>,
    cards_changed: bool,
    card_shown: bool,
    main: Option<MainView>,
    main_changed: bool,
    main_last: Option<Uptime>,
    errand_id: u32,
    errand: Option<Errand>,
}

impl Screens {
    /// Nothing is published yet.
    pub(super) fn new(clock: &dyn Clock) -> Self {
        let zone = clock.zone();
        Self {
            zone_view: ZoneView::of(&zone, clock.now()),
            zone,
            cards: None,
            cards_changed: false,
            card_shown: false,
            main: None,
            main_changed: false,
            main_last: None,
            errand_id: 0,
            errand: None,
        }
    }

    /// A day has begun, or the zone of this computer was changed: times are shown by what it is now.
    pub(super) fn read_zone(&mut self, clock: &dyn Clock) {
        self.zone = clock.zone();
        self.zone_view = ZoneView::of(&self.zone, clock.now());
        self.all_changed();
    }

    /// The zone by which times are shown.
    pub(super) fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Something on the cards changed.
    pub(super) fn cards_changed(&mut self) {
        self.cards_changed = true;
    }

    /// Something in main changed.
    pub(super) fn main_changed(&mut self) {
        self.main_changed = true;
    }

    /// Something on both changed.
    pub(super) fn all_changed(&mut self) {
        self.cards_changed = true;
        self.main_changed = true;
    }

    /// When main is to be told.
    pub(super) fn main_due(&self) -> Option<Uptime> {
        self.main_changed.then(|| self.main_last.map_or(Uptime::ZERO, |last| last + MAIN_EVERY))
    }

    /// Main has done what was asked of it. A newer errand stays.
    pub(super) fn errand_done(&mut self, id: u32) {
        if self.errand.take_if(|errand| errand.id == id).is_some() {
            self.main_changed = true;
        }
    }
}

impl<U: UiPort> Controller<U> {
    /// The cards as they are now, published if they changed.
    pub(super) fn cards_snapshot(&mut self) -> CardsView {
        self.screens.cards_changed = true;
        self.publish_cards();
        self.screens.cards.clone().unwrap_or_else(|| self.cards_view(0))
    }

    /// Main as it is now, published if it changed.
    pub(super) fn main_snapshot(&mut self) -> MainView {
        self.publish_main();
        self.screens.main.clone().unwrap_or_else(|| self.main_view(0))
    }

    /// Gives main something to do, and opens it.
    pub(super) fn send_to_main(&mut self, task: ErrandTask) {
        self.screens.errand_id += 1;
        self.screens.errand = Some(Errand { id: self.screens.errand_id, task });
        self.ui.open_main();
        self.publish_main();
    }

    pub(super) fn publish_cards(&mut self) {
        if !std::mem::take(&mut self.screens.cards_changed) {
            return;
        }
        let revision = self.screens.cards.as_ref().map_or(0, |view| view.revision);
        let view = self.cards_view(revision);
        if self.screens.cards.as_ref() == Some(&view) {
            return;
        }
        let view = CardsView { revision: revision + 1, ..view };
        self.ui.publish_cards(&view);
        self.decisions.published(&view, self.clock.uptime());
        let show = !view.cards.is_empty();
        if show != self.screens.card_shown {
            self.screens.card_shown = show;
            if show {
                self.ui.show_card(self.settings.card_corner);
            } else {
                self.ui.hide_card();
            }
        }
        self.screens.cards = Some(view);
    }

    pub(super) fn publish_main_when_due(&mut self) {
        let now = self.clock.uptime();
        if self.screens.main_due().is_some_and(|due| due <= now) {
            self.screens.main_last = Some(now);
            self.publish_main();
        }
    }

    fn publish_main(&mut self) {
        self.screens.main_changed = false;
        let revision = self.screens.main.as_ref().map_or(0, |view| view.revision);
        let view = self.main_view(revision);
        if self.screens.main.as_ref() == Some(&view) {
            return;
        }
        let view = MainView { revision: revision + 1, ..view };
        self.ui.publish_main(&view);
        self.screens.main = Some(view);
    }

    fn cards_view(&self, revision: u32) -> CardsView {
        let can_place = self.offices.values().any(|office| !office.dial_connections().is_empty());
        let language = language(&self.settings, &self.surroundings);
        let words = Words::of(language);
        let shown = self.cards.shown();
        let more = u32::try_from(self.cards.count() - shown.len()).unwrap_or(u32::MAX);
        let cards = shown
            .into_iter()
            .filter_map(|card| {
                let office = self.offices.get(&card.key.office)?;
                let abilities = office.abilities(&card.call.connection);
                let (me, clock_offset) = (office.me(), office.offset);
                Some(card_view(card, &Around { me: &me, clock_offset, abilities, can_place, words }))
            })
            .collect();
        CardsView {
            revision,
            cards,
            more,
            language,
            theme: theme(&self.settings, &self.surroundings),
            zone: self.screens.zone_view.clone(),
            demo: self.in_demo,
            phone: self.phone.clone().filter(|phone| phone.state != DemoPhoneState::Idle),
        }
    }

    fn main_view(&self, revision: u32) -> MainView {
        MainView {
            revision,
            stage: match (self.in_demo, self.offices.is_empty()) {
                (true, _) => Stage::Demo,
                (false, true) => Stage::Welcome,
                (false, false) => Stage::Office,
            },
            language: language(&self.settings, &self.surroundings),
            theme: theme(&self.settings, &self.surroundings),
            zone: self.screens.zone_view.clone(),
            settings: self.settings.clone(),
            me: self.offices.values().find_map(|office| office.me.as_ref()).map(me_view),
            offices: self.offices.values().map(|office| office.view(self.in_demo)).collect(),
            now: self.now_view(),
            // As lists name them: a card keeps the name that it came up with.
            cards: self.cards.shown().into_iter().map(|card| call_ref(&card.key.office, &card.call.id)).collect(),
            phone: self.phone.clone(),
            notices: self.notices.iter().map(|kind| Notice { kind: *kind }).collect(),
            errand: self.screens.errand.clone(),
        }
    }

    fn now_view(&self) -> NowView {
        let row = |office: &str, call: &link::wire::Call| -> Option<CallRow> {
            let noted = self.noted.contains(&(office.to_owned(), call.id.clone()));
            let (me, abilities) =
                self.offices.get(office).map(|office| (office.me(), office.abilities(&call.connection)))?;
            let controls = controls(call, &me, abilities);
            Some(CallRow {
                controls,
                ..call_row(office, call, &me, CallAnnotations { noted, ..CallAnnotations::default() })
            })
        };
        let open = self.offices.iter().flat_map(|(id, office)| office.open.values().map(move |call| (id, call)));
        let mut open: Vec<CallRow> = open.filter_map(|(id, call)| row(id, call)).collect();
        open.sort_by_key(|row| row.started_at);
        let (today, answered_today, missed_today) = self.today.figures();
        let (hours, answer_ms) = (self.today.hours(), self.today.answer_ms());
        let missed = self.today.to_call_back();
        NowView {
            open,
            to_call_back: u32::try_from(missed.len()).unwrap_or(u32::MAX),
            missed: missed.into_iter().take(MISSED).filter_map(|(office, call)| row(office, call)).collect(),
            today,
            answered_today,
            missed_today,
            answer_ms,
            hours,
            while_away: u32::try_from(self.away.len()).unwrap_or(u32::MAX),
        }
    }
}

/// An extension that several connections know is said once.
fn me_view(me: &Me) -> MeView {
    let mut extensions: Vec<String> = Vec::new();
    for own in &me.extensions {
        if !extensions.contains(&own.extension) {
            extensions.push(own.extension.clone());
        }
    }
    MeView { name: me.name.clone(), extensions }
}
