//! A make that no version serves: this file describes it, and nothing else knows of it. Where an office, a desk or a
//! screen had to be told of a new make, this would not work. What a make that is served touches besides is listed in
//! `docs/ARCHITECTURE.md`, Adding a make.

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use calls::{
    Abilities, Ability, BookSettings, CommandAnswer, CommandId, Customer, Direction, Effect, LegRef, LegRole, Line,
    RecordingReference, Source, VendorEvent,
};
use desk::contract::{CardPhase, ConnectionState};
use jiff::Timestamp;
use link::wire::{ExtensionRef, Role};
use office::{ConnectionSettings, OfficeConfig, OfficeHandle, SystemClock, Viewer};
use pbx::{
    Answer, Capability, CardOnRing, ConnectionConfig, DecodeContext, Decoded, Delivery, Description, Error, Make, Pbx,
    Quota, RecordingStep, Request, Secret, Session, SessionInput, SessionOutput, Text, Verified, VerifyError,
    WebhookRequest, session::Moment,
};
use secrecy::{SecretBox, SecretString};
use store::{Options, Store, SystemRandom};
use tempfile::TempDir;
use url::Url;

use crate::{
    scene::desk,
    settings::{ME, OFFICE},
};

const CALLER: &str = "+79161234567";
const LINE: &str = "+74951234567";

const TOY: Make = Make::of(&DESCRIPTION);

static DESCRIPTION: Description = Description {
    name: "toy",
    title: Text { ru: "Игрушечная АТС", en: "Toy PBX" },
    interface: None,
    page: "toy",
    first: Text { ru: "ничего", en: "nothing" },
    hook: None,
    key_acts_for: Text { ru: "от имени куклы", en: "the doll" },
    secrets: &[Secret {
        name: "winder",
        title: Text { ru: "Заводной ключ", en: "Winder" },
        found: Text { ru: "на спине", en: "on its back" },
        is_sent: true,
        given: None,
    }],
    zones: &["UTC"],
    base_url: "https://toy.example",
    test_addresses: &[],
    method_limits: &[],
    domains: &[],
    test_messages: &[],
    stages: pbx::Stages::WITHOUT_WEBHOOKS,
    kinds: &[],
    overrides: &["voice.<doll>"],
    delivery: Delivery::SocketPerExtension,
    capability: Capability {
        card_on_ring: CardOnRing::Live,
        names_agent_on_ring: true,
        abilities: Abilities::NONE.with(&[Ability::Originate]),
        ..Capability::NONE
    },
    outcomes: pbx::RuleOutcomes::NONE,
    build: |config| Ok(Box::new(Toy { base: config.base_url.clone().unwrap_or_else(|| address(TOY.base_url)) })),
};

struct Toy {
    base: Url,
}

/// A session that is live at once, and rings once.
struct Ringing {
    extension: String,
}

impl Session for Ringing {
    fn step(&mut self, input: SessionInput<'_>, _now: Moment) -> Vec<SessionOutput> {
        if !matches!(input, SessionInput::Start) {
            return Vec::new();
        }
        let leg = LegRef {
            key: self.extension.clone(),
            role: LegRole::Agent,
            extension: Some(self.extension.clone()),
            number: None,
            name: None,
            alias: None,
            caller: None,
        };
        let created = Effect::CallCreated {
            direction: Direction::Incoming,
            customer: Customer { number: Some(CALLER.to_owned()), ..Customer::default() },
            line: Line { number: Some(LINE.to_owned()), ..Line::default() },
        };
        let event = VendorEvent {
            dedupe_key: "toy-1".to_owned(),
            raw_kind: "squeak".to_owned(),
            call: Some("toy-call".to_owned()),
            time: None,
            leg_seq: None,
            source: Source::Push,
            trial: false,
            session: Some(self.extension.clone()),
            vendor_command: None,
            effects: vec![created, Effect::LegRinging { leg }],
        };
        let live = [SessionOutput::Connected, SessionOutput::Drained { complete: true }];
        live.into_iter().chain([SessionOutput::Events { events: vec![event], hold: false }]).collect()
    }

    fn next_timer(&self) -> Option<Instant> {
        None
    }
}

impl Pbx for Toy {
    fn book_settings(&self) -> BookSettings {
        BookSettings::default()
    }

    fn base_url(&self) -> &Url {
        &self.base
    }

    fn quota(&self) -> Quota {
        Quota::per_second(1)
    }

    fn verify(&self, _request: &WebhookRequest) -> Result<Verified, VerifyError> {
        Err(VerifyError::NoWebhooks)
    }

    fn decode(&self, _verified: Verified, _context: &DecodeContext) -> Decoded {
        unreachable!("no webhook is verified")
    }

    fn sign_webhook(&self, _request: &mut WebhookRequest) -> Result<(), Error> {
        Err(Error::unsupported("send webhooks"))
    }

    fn sign(&self, _request: &mut Request) -> Result<(), Error> {
        Ok(())
    }

    fn originate(&self, _command: CommandId, _from: &str, _to: &str) -> Result<Request, Error> {
        Err(Error::unsupported("dial, being a toy"))
    }

    fn read_originate(&self, command: CommandId, _answer: &Answer) -> CommandAnswer {
        CommandAnswer::Unknown { command }
    }

    fn recording(&self, _call: &str, _reference: &RecordingReference, _now: Timestamp) -> Result<RecordingStep, Error> {
        Err(Error::unsupported("give recordings"))
    }

    fn read_recording(&self, _answer: &Answer) -> Result<Request, Error> {
        Err(Error::unsupported("give recordings"))
    }

    fn check(&self) -> Result<Request, Error> {
        Err(Error::unsupported("be checked"))
    }

    fn read_check(&self, _answer: &Answer) -> Result<(), Error> {
        Ok(())
    }

    fn session(&self, extension: &str) -> Option<Box<dyn Session>> {
        Some(Box::new(Ringing { extension: extension.to_owned() }))
    }

    fn end_session(&self, _extension: &str) -> Option<Request> {
        None
    }
}

fn address(text: &str) -> Url {
    text.parse().expect("an address")
}

fn connection(secrets: &[&str], overrides: &[&str]) -> ConnectionConfig {
    ConnectionConfig {
        id: "toy1".parse().expect("an id"),
        make: TOY,
        zone: None,
        base_url: None,
        trust_anchor_pem: None,
        secrets: secrets.iter().map(|name| ((*name).to_owned(), SecretString::from("s3cret"))).collect(),
        overrides: overrides.iter().map(|name| ((*name).to_owned(), "squeaky".to_owned())).collect(),
    }
}

#[tokio::test]
async fn a_make_that_only_its_description_tells_of_rings_a_desk_under_its_own_title() {
    let folder = TempDir::new().expect("a folder");
    let store = Store::open_in(folder.path(), Options::owner("test", SystemRandom)).expect("a store");
    let config = OfficeConfig {
        name: OFFICE.to_owned(),
        connections: vec![ConnectionSettings {
            config: connection(&["winder"], &["voice.anna"]),
            extensions: vec![ME.to_owned()],
            has_address: true,
        }],
        lines: Vec::new(),
        groups: Vec::new(),
        people: Vec::new(),
        contacts: BTreeMap::new(),
        routing: office::RoutingRules::default(),
        cache_dir: folder.path().join("recordings"),
        cache_key: SecretBox::new(Box::new([7; 32])),
    };
    let office = OfficeHandle::start(config, store.clone(), Arc::new(SystemClock)).await.expect("an office");
    let office = Arc::new(office);
    let (desk, screens) = desk(store).await;
    let mine = ExtensionRef { connection: "toy1".parse().expect("an id"), extension: ME.to_owned() };
    let viewer = Viewer {
        id: "desk".into(),
        name: "Пётр Волков".into(),
        role: Role::Admin,
        extensions: vec![mine],
        groups: Vec::new(),
        rights: "toy".into(),
    };
    desk.add_office(OFFICE, Arc::new(office.view(viewer)), false).await;

    screens.until_card(Some(CALLER), CardPhase::Ringing).await;
    let is_toy = |row: &desk::contract::ConnectionRow| {
        row.id == "toy1" && row.title.ru == "Игрушечная АТС" && row.title.en == "Toy PBX"
    };
    screens
        .until("its title in both languages, live", |record| {
            let rows = record.main.as_ref().and_then(|main| main.offices.first()).map(|office| &office.connections);
            rows.is_some_and(|rows| rows.iter().any(|row| is_toy(row) && row.state == ConnectionState::Live))
        })
        .await;
    office.shutdown().await;
}

#[test]
fn what_is_wrong_with_its_settings_is_said_in_the_words_of_its_description() {
    let wrong = |secrets: &[&str], overrides: &[&str]| {
        pbx::validate(&connection(secrets, overrides)).expect_err("is refused").to_string()
    };
    assert_eq!(
        wrong(&[], &[]),
        "connection toy1: the secret \"winder\" is missing; toy needs winder; winder stands on its back"
    );
    assert_eq!(wrong(&["winder", "key"], &[]), "connection toy1: toy has no secret \"key\"; it needs winder");
    let override_of = |name| wrong(&["winder"], &[name]);
    assert_eq!(override_of("volume"), "connection toy1: the override \"volume\" is not known; toy knows voice.<doll>");
    assert_eq!(override_of("voice."), "connection toy1: the override \"voice.\" is not known; toy knows voice.<doll>");
    assert_eq!(pbx::validate(&connection(&["winder"], &["voice.anna"])), Ok(()));
}
