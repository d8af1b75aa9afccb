//! What everybody else knows of this make.

use std::time::Duration;

use calls::{Abilities, Ability, Cannot};

use super::RingCloud;
use crate::{
    capability::{Capability, CardOnRing, ON_THE_PHONE},
    delivery::Delivery,
    make::{Description, Make, Secret, Text},
    routing::RuleOutcomes,
    stages::Stages,
    zone::{MOSCOW, UTC},
};

/// RingCloud: asked again and again.
pub const MAKE: Make = Make::of(&DESCRIPTION);

/// What can be asked of a connection. The calls that are over are read in the background; nobody can ask for others.
const ABILITIES: Abilities = Abilities::NONE
    .with(&[Ability::Originate, Ability::Recordings, Ability::Balance, Ability::Directory])
    .without(ON_THE_PHONE, Cannot::OnPhone);

static DESCRIPTION: Description = Description {
    name: "ringcloud",
    title: Text { ru: "RingCloud", en: "RingCloud" },
    interface: None,
    page: "ringcloud",
    first: Text {
        ru: "у ключа должны быть права на звонки и сотрудников: на чтение, а чтобы звонить из программы — и на запись",
        en: "the key needs the rights to read calls and users, and to write calls where they are to be placed from here",
    },
    hook: None,
    key_acts_for: Text { ru: "от имени всего аккаунта", en: "the whole account" },
    secrets: &[
        Secret {
            name: "api_key",
            title: Text { ru: "Ключ", en: "Key" },
            found: Text {
                ru: "в личном кабинете, в настройках API: ключ, он начинается с номера клиента и подчёркивания",
                en: "in the personal account, in the settings of the API: the key, which begins with the client's number and an underscore",
            },
            is_sent: true,
            given: None,
        },
        Secret {
            name: "password",
            title: Text { ru: "Пароль ключа", en: "Key password" },
            found: Text {
                ru: "в личном кабинете, в настройках API, рядом с ключом: пароль ключа",
                en: "in the personal account, in the settings of the API, beside the key: the key's password",
            },
            is_sent: false,
            given: None,
        },
    ],
    zones: &[MOSCOW, UTC],
    base_url: "https://api.ringcloud.ru",
    test_addresses: &[],
    method_limits: &[],
    test_messages: &[],
    stages: Stages::WITHOUT_WEBHOOKS,
    domains: &[],
    kinds: &[],
    overrides: &["interval"],
    delivery: Delivery::Polling,
    capability: Capability {
        card_on_ring: CardOnRing::Late,
        abilities: ABILITIES,
        missed_replay: true,
        replay_kept: Some(Duration::from_secs(7 * 24 * 3600)),
        key_acts_for_all: true,
        ..Capability::NONE
    },
    outcomes: RuleOutcomes::NONE,
    build: |config| Ok(Box::new(RingCloud::new(config)?)),
};
