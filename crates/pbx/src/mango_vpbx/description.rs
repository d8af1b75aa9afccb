//! What everybody else knows of this make.

use calls::{Abilities, Ability, Cannot};

use super::MangoVpbx;
use crate::{
    capability::{Capability, CardOnRing, ON_THE_PHONE},
    delivery::Delivery,
    make::{Description, Make, Secret, Text},
    mango,
    routing::RuleOutcomes,
    stages::{StageAdvice, Stages},
    zone::{MOSCOW, UTC},
};

/// MANGO OFFICE's VPBX API: signed webhooks of the whole account.
pub const MAKE: Make = Make::of(&DESCRIPTION);

/// What can be asked of a connection.
const ABILITIES: Abilities = Abilities::NONE.without(ON_THE_PHONE, Cannot::OnPhone).with(&[
    Ability::Originate,
    Ability::GroupCallback,
    Ability::Hangup,
    Ability::Hold,
    Ability::TransferBlind,
    Ability::TransferAttended,
    Ability::Pickup,
    Ability::RecordOn,
    Ability::Route,
    Ability::Recordings,
    Ability::History,
    Ability::Balance,
    Ability::Directory,
]);

/// The vendor's manual asks for a public HTTPS address (§1.2) and lets its owner name the addresses of requests (§2.1.1).
const STAGES: Stages = Stages {
    plain: StageAdvice::NotNeeded(Text {
        ru: "Не нужен: уведомления MANGO OFFICE приходят только на адрес с шифрованием.",
        en: "Not needed: MANGO OFFICE posts its notifications to an encrypted address only.",
    }),
    signature: StageAdvice::Do(Text {
        ru: "Сравните с кабинетом («Интеграции → API коннектор») уникальный код АТС и ключ для подписи, затем позвоните на свой номер.",
        en: "Compare the PBX’s unique code and the key for the signature with the account (Integrations → API connector), then call your number.",
    }),
    tls: StageAdvice::Do(Text {
        ru: "В «Интеграции → API коннектор» укажите адрес внешней системы с https://. Нужен TLS 1.2 и сертификат от общеизвестного центра.",
        en: "Enter the external system’s address with https:// in Integrations → API connector. TLS 1.2 and a certificate of a well-known authority are needed.",
    }),
    live: StageAdvice::Do(Text {
        ru: "Нажмите «Проверить шаг», затем позвоните на свой номер с любого телефона.",
        en: "Press “Check stage”, then call your number from any phone.",
    }),
    allow_list: StageAdvice::Do(Text {
        ru: "Если в «Интеграции → API коннектор» ограничены адреса запросов, впишите туда наш адрес и сохраните. Нажмите «Проверить шаг» и позвоните ещё раз.",
        en: "Where the addresses of requests are limited in Integrations → API connector, enter our address there and save. Press “Check stage” and call once more.",
    }),
};

static DESCRIPTION: Description = Description {
    name: "mango-vpbx",
    // Beside the other interface of this vendor, also where only the title is shown.
    title: Text { ru: "MANGO OFFICE (VPBX)", en: "MANGO OFFICE (VPBX)" },
    interface: None,
    page: "mango-vpbx",
    first: Text {
        ru: "в личном кабинете, «Интеграции → API коннектор», включается API Виртуальной АТС; там же указывается адрес внешней системы",
        en: "the VPBX API is switched on in the personal account, Integrations → API connector; the external system's address is entered there",
    },
    hook: Some(Text {
        ru: "в личном кабинете, «Интеграции → API коннектор»: адрес внешней системы",
        en: "in the personal account, Integrations → API connector: address of the external system",
    }),
    key_acts_for: Text { ru: "от имени всего аккаунта", en: "the whole account" },
    secrets: &[
        Secret {
            name: "api_key",
            title: Text { ru: "Уникальный код вашей АТС", en: "Unique code of your PBX" },
            found: Text {
                ru: "в личном кабинете, «Интеграции → API коннектор»: уникальный код вашей АТС",
                en: "in the personal account, Integrations → API connector: unique code of your PBX",
            },
            is_sent: false,
            given: None,
        },
        Secret {
            name: "api_salt",
            title: Text { ru: "Ключ для создания подписи", en: "Key for the signature" },
            found: Text {
                ru: "в личном кабинете, «Интеграции → API коннектор»: ключ для создания подписи",
                en: "in the personal account, Integrations → API connector: key for the signature",
            },
            is_sent: false,
            given: None,
        },
    ],
    zones: &[MOSCOW, UTC],
    base_url: "https://app.mango-office.ru/vpbx",
    test_addresses: &[],
    method_limits: &[],
    test_messages: super::test_message::ALL,
    stages: STAGES,
    domains: &["mango-office.ru"],
    kinds: &[],
    overrides: &["recording", "statistics"],
    delivery: Delivery::Webhook,
    capability: Capability {
        card_on_ring: CardOnRing::Live,
        names_agent_on_ring: true,
        abilities: ABILITIES,
        recording_link_once: true,
        history_without_zone: true,
        key_acts_for_all: true,
        ..Capability::NONE
    },
    outcomes: RuleOutcomes {
        extension: Some(mango::SHORT_NUMBER),
        scenario: Some(mango::SHORT_NUMBER),
        refuses: true,
        ..RuleOutcomes::NONE
    },
    build: |config| Ok(Box::new(MangoVpbx::new(config)?)),
};
