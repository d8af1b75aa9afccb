//! What everybody else knows of this make.

use calls::{Abilities, Ability, Cannot};

use super::Rostelecom;
use crate::{
    capability::{Capability, CardOnRing, ON_THE_PHONE},
    delivery::Delivery,
    make::{Description, Make, MethodLimit, Secret, TEST_ADDRESS, Text},
    party,
    routing::{RuleOutcomes, Target},
    stages::{StageAdvice, Stages},
    zone::{MOSCOW, UTC},
};

/// Rostelecom's Integration API: signed webhooks.
pub const MAKE: Make = Make::of(&DESCRIPTION);

/// What can be asked of a connection.
const ABILITIES: Abilities = Abilities::NONE
    .with(&[Ability::Originate, Ability::Recordings, Ability::History, Ability::Directory])
    .without(ON_THE_PHONE, Cannot::OnPhone);

/// Appendix В of the vendor's guide.
const STAGES: Stages = Stages {
    plain: StageAdvice::Do(Text {
        ru: "В личном кабинете домена, «Интеграционный API»: на вкладке «Настройка параметров» укажите внешний адрес, белый список оставьте пустым; на вкладке «Отладка взаимодействия» выключите шифрование (SSL) и сохраните. Там же отправьте тестовое уведомление: новый вызов, начало разговора, завершение.",
        en: "In the domain’s account, Integration API: enter the external address on the tab of parameters and leave the allow-list empty; on the debugging tab switch encryption (SSL) off and save. Send a test notification there: new call, answered, end of the call.",
    }),
    signature: StageAdvice::Do(Text {
        ru: "Сравните с кабинетом уникальный код идентификации и ключ подписи, затем отправьте тестовое уведомление ещё раз с вкладки «Отладка взаимодействия».",
        en: "Compare the identification code and the signing key with the account, then send a test notification again from the debugging tab.",
    }),
    tls: StageAdvice::Do(Text {
        ru: "Загрузите сертификат шлюза в доверенные (можно самоподписанный), на вкладке «Отладка взаимодействия» включите шифрование (SSL), сохраните и снова отправьте тестовое уведомление.",
        en: "Upload the gateway’s certificate as a trusted one (it may be self-signed), switch encryption (SSL) on on the debugging tab, save, and send a test notification again.",
    }),
    live: StageAdvice::Do(Text {
        ru: "Активируйте услугу «Интеграционный API». Нажмите «Проверить шаг», затем позвоните на свой номер с любого телефона.",
        en: "Activate the service Integration API. Press “Check stage”, then call your number from any phone.",
    }),
    allow_list: StageAdvice::Do(Text {
        ru: "Впишите наш адрес в белый список IP на вкладке «Настройка параметров» и сохраните. Нажмите «Проверить шаг» и позвоните ещё раз.",
        en: "Enter our address into the list of allowed IP addresses on the tab of parameters and save. Press “Check stage” and call once more.",
    }),
};

static DESCRIPTION: Description = Description {
    name: "rostelecom",
    title: Text { ru: "Ростелеком", en: "Rostelecom" },
    interface: Some(Text { ru: "Integration API", en: "Integration API" }),
    page: "rostelecom",
    first: Text {
        ru: "Integration API включается для домена в его личном кабинете, это платная услуга; там же указывается адрес внешней системы",
        en: "the Integration API is switched on for the domain in its account, as a paid option; the external system's address is entered there",
    },
    hook: Some(Text {
        ru: "на странице Integration API в личном кабинете домена: внешний адрес; без него услугу не включить",
        en: "on the page of the Integration API in the domain's account: external address; the option cannot be switched on without it",
    }),
    key_acts_for: Text { ru: "от имени всего домена", en: "the whole domain" },
    secrets: &[
        Secret {
            name: "client_id",
            title: Text { ru: "Идентификационный код", en: "Identification code" },
            found: Text {
                ru: "на странице Integration API в личном кабинете домена: идентификационный код",
                en: "on the page of the Integration API in the domain's account: identification code",
            },
            is_sent: true,
            given: None,
        },
        Secret {
            name: "key",
            title: Text { ru: "Ключ подписи", en: "Signing key" },
            found: Text {
                ru: "на странице Integration API в личном кабинете домена: ключ подписи",
                en: "on the page of the Integration API in the domain's account: signing key",
            },
            is_sent: false,
            given: None,
        },
    ],
    zones: &[UTC, MOSCOW],
    base_url: "https://api.cloudpbx.rt.ru",
    test_addresses: &["https://api-test.cloudpbx.rt.ru"],
    method_limits: &[
        MethodLimit { method: "call_events", requests: 1000 },
        MethodLimit { method: "call_back", requests: 1000 },
        MethodLimit { method: "get_record", requests: 1000 },
    ],
    test_messages: super::test_message::ALL,
    stages: STAGES,
    // A recording is fetched from the host that gave its link.
    domains: &[],
    kinds: &[],
    overrides: &["domain", "connected", "get_record", "disconnect_reason.<value>", TEST_ADDRESS],
    delivery: Delivery::Webhook,
    capability: Capability {
        card_on_ring: CardOnRing::Live,
        abilities: ABILITIES,
        originate_prompt: true,
        recording_link_once: true,
        key_acts_for_all: true,
        ..Capability::NONE
    },
    // `get_number_info` has a field for each, and none for the rest.
    outcomes: RuleOutcomes {
        shows_name: true,
        extension: Some(Target { fits: party::is_digits, words: "a pin of digits, such as 201" }),
        ..RuleOutcomes::NONE
    },
    build: |config| Ok(Box::new(Rostelecom::new(config)?)),
};
