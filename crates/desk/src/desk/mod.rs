//! The way to a running desk: one method for each thing that a page or a program may want.

mod act;
mod card;
mod card_path;
mod dial;
mod facts;
mod journal;
mod lists;
mod look_up;
mod offices;
mod player;
mod settings;
mod state;

use std::{fmt, sync::Arc};

use store::Store;
use tokio::{
    runtime::Handle,
    sync::{mpsc, oneshot},
};

use crate::{
    archive::Archive,
    contract::{ContractError, Language, Stage},
    controller::{
        Beginning, Controller, LAST_SEEN, USUAL_CONNECTION,
        message::{Message, OfficeNow, Request},
    },
    errors::{closing, no_such_office},
    language::{Surroundings, language},
    ports::{Chance, Clock},
    ui_port::UiPort,
};

/// Messages that may wait for the loop before who tells must wait too.
const INBOX: usize = 1024;

/// Setting that holds what a person has set.
const SETTINGS: &str = "desk.settings";

/// What a desk is made of.
pub struct DeskOptions {
    /// This computer's database.
    pub store: Store,
    /// The clock on the wall.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub chance: Arc<dyn Chance>,
    /// What the environment says of language and theme.
    pub surroundings: Surroundings,
    /// [`Stage::Demo`] in the demo; otherwise the stage follows from whether there is an office.
    pub stage: Stage,
    /// Where windows cannot be placed, notifications stand in for the card, and main says so once.
    pub card_can_be_placed: bool,
}

/// A running desk. Clones are the same desk; it ends when the last one goes.
#[derive(Clone)]
pub struct Desk {
    loop_: mpsc::Sender<Message>,
    archive: Archive,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    language: Language,
    runtime: Handle,
}

impl Desk {
    /// Starts the loop on the current Tokio runtime. Offices are added afterwards.
    pub async fn start(options: DeskOptions, ui: impl UiPort) -> Result<Self, store::Error> {
        let DeskOptions { store, clock, chance, surroundings, stage, card_can_be_placed } = options;
        let archive = Archive { store };
        let read = |archive: &Archive| -> Result<_, store::Error> {
            let settings = archive.choice(SETTINGS)?.unwrap_or_default();
            Ok((settings, archive.choice(USUAL_CONNECTION)?, archive.choice(LAST_SEEN)?))
        };
        let reading = archive.clone();
        let (settings, usual_connection, last_seen) = archive.store.reading(move |_| read(&reading)).await?;
        let language = language(&settings, &surroundings);
        let (loop_, inbox) = mpsc::channel(INBOX);
        let controller = Controller::new(Beginning {
            ui,
            clock: Arc::clone(&clock),
            chance: Arc::clone(&chance),
            in_demo: stage == Stage::Demo,
            surroundings,
            settings,
            usual_connection,
            last_seen,
            card_can_be_placed,
            archive: archive.clone(),
            to_self: loop_.downgrade(),
        });
        tokio::spawn(controller.run(inbox));
        Ok(Self { loop_, archive, clock, chance, language, runtime: Handle::current() })
    }

    /// The language in which this desk began, for what is built before its loop can be asked.
    pub fn first_language(&self) -> Language {
        self.language
    }

    /// The database that this desk reads.
    pub fn store(&self) -> &Store {
        &self.archive.store
    }

    /// Tells the loop. One that has ended misses nothing: the program is closing.
    async fn tell(&self, request: Request) {
        let _ = self.loop_.send(Message::Request(request)).await;
    }

    /// The same from where nobody can wait.
    fn tell_later(&self, request: Request) {
        let loop_ = self.loop_.clone();
        self.runtime.spawn(async move {
            let _ = loop_.send(Message::Request(request)).await;
        });
    }

    async fn ask<T>(&self, request: impl FnOnce(oneshot::Sender<T>) -> Request) -> Result<T, ContractError> {
        let (to, answer) = oneshot::channel();
        self.tell(request(to)).await;
        answer.await.map_err(|_| closing())
    }

    async fn office(&self, id: &str) -> Result<OfficeNow, ContractError> {
        self.ask(|reply| Request::Office { id: id.to_owned(), reply }).await?.ok_or_else(no_such_office)
    }
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk").finish_non_exhaustive()
    }
}
