//! What everybody else knows of this make.

use super::{Era, abilities::ABILITIES};
use crate::{
    capability::{Capability, CardOnRing},
    delivery::Delivery,
    make::{Description, Kind, Make, Secret, Text},
    routing::RuleOutcomes,
    stages::Stages,
    zone::UTC,
};

/// The Era platform: a WebSocket with subscriptions, and a REST API.
pub const MAKE: Make = Make::of(&DESCRIPTION);

static DESCRIPTION: Description = Description {
    name: "era",
    title: Text { ru: "Платформа Эра", en: "Era platform" },
    interface: None,
    page: "era",
    first: Text {
        ru: "в приложении «Настройки» должен быть канал интеграции типа Subscriber с ролью, которой доступны /ws#subscr и звонки",
        en: "the Settings application must have an integration channel of the type Subscriber whose role may use /ws#subscr and calls",
    },
    hook: None,
    key_acts_for: Text {
        ru: "от имени каждого пользователя домена; токен User API — от имени одного",
        en: "every user of the domain; a token of the User API for one",
    },
    secrets: &[Secret {
        name: "token",
        title: Text { ru: "Токен", en: "Token" },
        found: Text {
            ru: "в приложении «Настройки», «Каналы интеграции» (/service/integration_points): поле token_local",
            en: "in the Settings application, Integration channels (/service/integration_points): the field token_local",
        },
        is_sent: true,
        given: None,
    }],
    zones: &[UTC],
    delivery: Delivery::Socket,
    base_url: "",
    test_addresses: &[],
    method_limits: &[],
    test_messages: &[],
    stages: Stages::WITHOUT_WEBHOOKS,
    domains: &[],
    kinds: &[
        Kind {
            name: "api",
            value: "user",
            title: Text { ru: "токен пользователя (User API)", en: "a user's token (User API)" },
            acts_for_all: false,
        },
        Kind {
            name: "api",
            value: "token",
            title: Text { ru: "токен домена (Token API)", en: "the domain's token (Token API)" },
            acts_for_all: true,
        },
    ],
    overrides: &[
        "api",
        "transport",
        "commands",
        "token_place",
        "hold_side",
        "refer_leg",
        "strictness",
        "script",
        "objects",
        "expires",
        "poll",
        "path.socket",
        "path.calls",
        "field.<name>",
        "parameter.<name>",
    ],
    capability: Capability {
        card_on_ring: CardOnRing::Live,
        names_agent_on_ring: true,
        abilities: ABILITIES,
        key_acts_for_all: true,
        ..Capability::NONE
    },
    outcomes: RuleOutcomes::NONE,
    build: |config| Ok(Box::new(Era::new(config)?)),
};
