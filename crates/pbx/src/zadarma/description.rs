//! What everybody else knows of the two makes that speak this protocol.

use std::time::Duration;

use calls::{Abilities, Ability, Cannot};

use super::{Zadarma, events, party};
use crate::{
    capability::{Capability, CardOnRing, ON_THE_PHONE},
    delivery::Delivery,
    make::{Description, Make, Secret, Text},
    routing::{RuleOutcomes, Target},
    stages::{StageAdvice, Stages},
    zone::{MOSCOW, UTC},
};

/// Zadarma: signed webhooks.
pub const MAKE: Make = Make::of(&ZADARMA_DESCRIPTION);
/// Novofon: Zadarma's protocol at another host.
pub const NOVOFON: Make = Make::of(&NOVOFON_DESCRIPTION);

/// What can be asked of a connection.
const ABILITIES: Abilities = Abilities::NONE
    .with(&[
        Ability::Originate,
        Ability::CustomerFirst,
        Ability::Recordings,
        Ability::History,
        Ability::Balance,
        Ability::Sms,
        Ability::Status,
        Ability::Directory,
    ])
    .without(ON_THE_PHONE, Cannot::OnPhone);

/// The vendor's page names neither a debugging without encryption nor a list of addresses for requests.
const STAGES: Stages = Stages {
    plain: StageAdvice::NotNeeded(Text {
        ru: "Не нужен: отладки без шифрования у этой АТС нет, её тестовый адрес отвечает только с шифрованием.",
        en: "Not needed: this PBX has no debugging without encryption; its test address answers encrypted only.",
    }),
    signature: StageAdvice::Do(Text {
        ru: "Проверьте в кабинете ключ и секретный ключ, включите уведомления о звонках и позвоните на свой номер.",
        en: "Check key and secret key in the personal area, switch call notifications on, and call your number.",
    }),
    tls: StageAdvice::Do(Text {
        ru: "В «Настройки → Интеграции и API» укажите адрес для уведомлений с https://. Самоподписанный сертификат загрузить некуда: нужен сертификат от общеизвестного центра.",
        en: "Enter the address for notifications with https:// in Settings → Integrations and API. A self-signed certificate cannot be uploaded there: it must be of a well-known authority.",
    }),
    live: StageAdvice::Do(Text {
        ru: "Нажмите «Проверить шаг», затем позвоните на номер своей АТС с любого телефона.",
        en: "Press “Check stage”, then call the number of your PBX from any phone.",
    }),
    allow_list: StageAdvice::NotNeeded(Text {
        ru: "Не нужен: списка разрешённых адресов для запросов у этой АТС нет.",
        en: "Not needed: this PBX has no list of addresses that requests may come from.",
    }),
};

static ZADARMA_DESCRIPTION: Description = Description {
    name: "zadarma",
    title: Text { ru: "Zadarma", en: "Zadarma" },
    base_url: "https://api.zadarma.com",
    test_addresses: &["https://api-sandbox.zadarma.com"],
    domains: &["zadarma.com"],
    ..BOTH
};

static NOVOFON_DESCRIPTION: Description = Description {
    name: "novofon",
    title: Text { ru: "Новофон", en: "Novofon" },
    base_url: "https://api.novofon.com",
    test_addresses: &["https://api-sandbox.novofon.com"],
    domains: &["novofon.com"],
    ..BOTH
};

const BOTH: Description = Description {
    name: "",
    title: Text { ru: "", en: "" },
    interface: None,
    page: "zadarma",
    first: Text { ru: "АТС должна быть включена", en: "The PBX must be on" },
    hook: Some(Text {
        ru: "в личном кабинете, «Настройки → Интеграции и API»: адрес для уведомлений о звонках",
        en: "in the personal area, Settings → Integrations and API: address for call notifications",
    }),
    key_acts_for: Text { ru: "от имени всего аккаунта", en: "the whole account" },
    secrets: &[
        Secret {
            name: "key",
            title: Text { ru: "Ключ", en: "Key" },
            found: Text {
                ru: "в личном кабинете, «Настройки → Интеграции и API → Ключи и API»: ключ",
                en: "in the personal area, Settings → Integrations and API → API keys: key",
            },
            is_sent: true,
            given: None,
        },
        Secret {
            name: "secret",
            title: Text { ru: "Секретный ключ", en: "Secret key" },
            found: Text {
                ru: "в личном кабинете, «Настройки → Интеграции и API → Ключи и API»: секретный ключ",
                en: "in the personal area, Settings → Integrations and API → API keys: secret key",
            },
            is_sent: false,
            given: None,
        },
    ],
    zones: &[MOSCOW, UTC],
    base_url: "",
    test_addresses: &[],
    method_limits: &[],
    test_messages: super::test_message::ALL,
    stages: STAGES,
    domains: &[],
    kinds: &[],
    overrides: &["pbx_id", "caller_id", "format", "unsigned_2015"],
    delivery: Delivery::Webhook,
    capability: Capability {
        card_on_ring: CardOnRing::Live,
        abilities: ABILITIES,
        originate_prompt: true,
        // A longer span is cut to this without a word.
        history_kept: Some(Duration::from_secs(30 * 24 * 3600)),
        tells_zone: true,
        key_acts_for_all: true,
        ..Capability::NONE
    },
    outcomes: RuleOutcomes {
        shows_name: true,
        extension: Some(Target { fits: party::is_extension, words: "an extension of two to five digits, such as 101" }),
        scenario: Some(Target {
            fits: events::is_scenario,
            words: "a scenario such as 1 or 0-1, or a menu such as 0-main",
        }),
        refuses: true,
    },
    build: |config| Ok(Box::new(Zadarma::new(config)?)),
};
