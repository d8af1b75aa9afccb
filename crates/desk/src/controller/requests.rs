//! Requests of pages and programs.

use std::sync::Arc;

use calls::CallId;

use super::{
    Controller,
    message::{DialConnections, OfficeNow, Request, reply},
    office_desk::Touched,
};
use crate::{
    contract::{CallRef, ErrandTask, NoticeKind},
    ui_port::UiPort,
};

impl<U: UiPort> Controller<U> {
    pub(super) fn answer(&mut self, request: Request) {
        match request {
            Request::MainSnapshot(to) => {
                let view = self.main_snapshot();
                reply(to, view);
            }
            Request::MainClosed => self.main_closed(),
            Request::CardSnapshot(to) => {
                // A page that has just begun writes nothing yet, whatever the one before it did.
                self.cards.hold(false, self.clock.uptime());
                let view = self.cards_snapshot();
                reply(to, view);
            }
            Request::CardDismiss(card) => self.put_away(&card),
            Request::CardTyping(writing) => self.cards.hold(writing, self.clock.uptime()),
            Request::CardPainted(revision) => self.card_painted(revision),
            Request::CallOfCard { card, reply: to } => reply(to, self.cards.find(&card).map(|card| card.call.clone())),
            Request::CallBack { call, reply: to } => {
                let request = self.call_back_by(call);
                reply(to, request);
            }
            Request::CallBackPressed { id, reply: to } => {
                let pressed = self.call_back_pressed(&id);
                reply(to, pressed);
            }
            Request::NotCalledBack { call, from } => self.notify_not_called_back(&call, from),
            Request::RulingId { call, reply: to } => reply(to, self.ruling_id(&call)),
            Request::OpenCall(call) => self.open_call(&call),
            Request::TransferCall(call) => self.send_to_main(ErrandTask::Transfer { call: self.renamed(&call) }),
            Request::OpenMain => self.ui.open_main(),
            Request::ErrandDone(id) => self.screens.errand_done(id),
            Request::NotificationAction { id, action } => self.notification_action(&id, action),
            Request::Corner(to) => reply(to, self.settings.card_corner),
            Request::PlaceCall { request, reply } => self.place(&request, reply),
            Request::DialConnections(to) => {
                let connections = self.dial_connections();
                reply(to, DialConnections { connections, extensions: self.extensions() });
            }
            Request::Viewers(to) => {
                reply(to, self.offices.iter().map(|(id, office)| (id.clone(), office.me())).collect());
            }
            Request::Office { id, reply: to } => reply(to, self.office_now(&id)),
            Request::SaveSettings(settings) => {
                self.settings = settings;
                self.screens.all_changed();
            }
            Request::Notice(kind) => self.raise_notice(kind),
            Request::NoticeOver(kind) => self.withdraw_notice(kind),
            Request::DismissNotice(kind) => self.dismiss_notice(kind),
            Request::DismissAway => self.dismiss_away(),
            Request::DialLink(text) => {
                self.send_to_main(ErrandTask::Dial { text, from_program: true, connection: None })
            }
            Request::ShowInvitation => self.send_to_main(ErrandTask::Join),
            Request::AddOffice(slot) => self.add_office(slot),
            Request::Woke => self.woke(),
            Request::Reconnect => self.reconnect(),
            Request::RemoveOffice { id, reply: to } => reply(to, self.remove_office(&id)),
            Request::DemoPhone(phone) => {
                self.phone = phone;
                self.screens.all_changed();
            }
            Request::Touched(call) => {
                if let Ok(id) = call.id.parse() {
                    self.refresh.add(&call.office, Touched::Notes(id));
                }
            }
        }
    }

    fn main_closed(&mut self) {
        // A person who closed main has seen it.
        self.dismiss_away();
    }

    fn dismiss_away(&mut self) {
        self.away.clear();
        self.screens.main_changed();
    }

    pub(super) fn put_away(&mut self, key: &CallRef) {
        if self.cards.put_away(key).is_some() {
            self.screens.cards_changed();
        }
        self.withdraw(key);
    }

    pub(super) fn open_call(&mut self, key: &CallRef) {
        self.send_to_main(ErrandTask::Open { call: self.renamed(key) });
    }

    /// The same call by the id that it has by now.
    fn renamed(&self, key: &CallRef) -> CallRef {
        let id = self.ruling_id(key).map_or_else(|| key.id.clone(), |id| id.as_str().to_owned());
        CallRef { id, ..key.clone() }
    }

    /// The id that a call has by now: a card keeps the name that it came up with.
    fn ruling_id(&self, key: &CallRef) -> Option<CallId> {
        let known = self.cards.find(key).map_or_else(|| key.clone(), |card| card.current());
        let office = self.offices.get(&known.office)?;
        Some(office.ruling(&known.id.parse().ok()?))
    }

    fn office_now(&self, id: &str) -> Option<OfficeNow> {
        let office = self.offices.get(id)?;
        let me = office.me();
        Some(OfficeNow {
            office: office.office(),
            reachable: office.reachable(),
            replicate: office.slot.replicate,
            written: Arc::clone(&office.slot.written),
            author: me.name.clone(),
            now: office.now(self.clock.now()),
            me,
        })
    }

    pub(super) fn raise_notice(&mut self, kind: NoticeKind) {
        if self.notices.contains(&kind) || self.dismissed.contains(&kind) {
            return;
        }
        self.notices.push(kind);
        self.screens.main_changed();
    }

    /// The same for what is worth telling each time, also where it was dismissed before.
    pub(super) fn raise_notice_again(&mut self, kind: NoticeKind) {
        self.dismissed.retain(|told| *told != kind);
        self.raise_notice(kind);
    }

    /// It holds no more, and is told again when it comes back.
    pub(super) fn withdraw_notice(&mut self, kind: NoticeKind) {
        let told = self.notices.len() + self.dismissed.len();
        self.notices.retain(|told| *told != kind);
        self.dismissed.retain(|told| *told != kind);
        if self.notices.len() + self.dismissed.len() != told {
            self.screens.main_changed();
        }
    }

    fn dismiss_notice(&mut self, kind: NoticeKind) {
        self.notices.retain(|told| *told != kind);
        if !self.dismissed.contains(&kind) {
            self.dismissed.push(kind);
        }
        self.screens.main_changed();
    }
}
