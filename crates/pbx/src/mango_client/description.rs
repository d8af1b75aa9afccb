//! What everybody else knows of this make.

use std::time::Duration;

use calls::{Abilities, Ability, Cannot};

use super::MangoClient;
use crate::{
    capability::{Capability, CardOnRing, ON_THE_PHONE},
    delivery::Delivery,
    make::{Description, Make, Secret, Text},
    mango,
    routing::RuleOutcomes,
    stages::Stages,
    zone::{MOSCOW, UTC},
};

/// MANGO OFFICE's server-client API: a socket per user.
pub const MAKE: Make = Make::of(&DESCRIPTION);

/// What can be asked of a connection.
const ABILITIES: Abilities = Abilities::NONE.without(ON_THE_PHONE, Cannot::OnPhone).with(&[
    Ability::Originate,
    Ability::TransferBlind,
    Ability::Route,
    Ability::Recordings,
]);

static DESCRIPTION: Description = Description {
    name: "mango-client",
    title: Text { ru: "MANGO OFFICE", en: "MANGO OFFICE" },
    interface: Some(Text { ru: "клиент-серверный API", en: "server-client API" }),
    page: "mango-client",
    first: Text {
        ru: "в личном кабинете должен быть подключён «API-коннектор»",
        en: "the account must have the “API connector” connected",
    },
    hook: None,
    key_acts_for: Text {
        ru: "от имени каждого пользователя интеграции", en: "every user of the integration"
    },
    secrets: &[Secret {
        name: "token",
        title: Text { ru: "Ключ интеграции", en: "Integration key" },
        found: Text {
            ru: "ключ интеграции, один на внешнюю систему: он есть у того, кто её создал",
            en: "the key of the integration, one per external system: whoever made it has it",
        },
        is_sent: true,
        given: Some(Text { ru: "интеграцию", en: "an integration" }),
    }],
    zones: &[MOSCOW, UTC],
    base_url: "https://api-client.mango-office.ru/api",
    test_addresses: &[],
    method_limits: &[],
    test_messages: &[],
    stages: Stages::WITHOUT_WEBHOOKS,
    domains: &["mango-office.ru"],
    kinds: &[],
    overrides: &[
        "path.integration_create",
        "path.users_create",
        "path.channel",
        "path.register",
        "path.unregister",
        "path.callback",
        "path.transfer",
        "path.route",
        "parameter.name",
        "parameter.extension",
        "parameter.call_id",
        "parameter.limit",
        "token_header",
        "token_prefix",
        "destination",
        "limit",
        "callback",
        "field.<name>",
        "code.<name>",
    ],
    delivery: Delivery::SocketPerExtension,
    capability: Capability {
        card_on_ring: CardOnRing::Live,
        names_agent_on_ring: true,
        abilities: ABILITIES,
        missed_replay: true,
        replay_kept: Some(Duration::from_secs(14 * 24 * 3600)),
        key_acts_for_all: true,
        ..Capability::NONE
    },
    outcomes: RuleOutcomes {
        extension: Some(mango::SHORT_NUMBER),
        scenario: Some(mango::SHORT_NUMBER),
        ..RuleOutcomes::NONE
    },
    build: |config| Ok(Box::new(MangoClient::new(config)?)),
};
