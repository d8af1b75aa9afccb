// The makes as the program describes them for a computer without a public address.
import type { Ability } from "$generated/Ability";
import type { MakeView } from "$generated/MakeView";
import type { Titles } from "$generated/Titles";

const both = (ru: string, en: string) => ({ ru, en });
const account = both("от имени всего аккаунта", "the whole account");
const key = (name: string, title: Titles, ru: string, en: string) => ({ name, title, found: both(ru, en) });

const usual = {
  recordings: "yes" as const,
  keyActsForAll: true,
  kinds: [],
  zones: ["Europe/Moscow", "UTC"],
  listsPhones: true,
  control: ["originate"] as Ability[],
};

/** In the order in which the program shows them. */
export const MAKES: MakeView[] = [
  {
    ...usual,
    make: "rostelecom",
    title: both("Ростелеком", "Rostelecom"),
    interface: both("Integration API", "Integration API"),
    card: "afterwards",
    recordings: "byLinkOnce",
    needsAddress: true,
    first: both(
      "Integration API включается для домена в его личном кабинете, это платная услуга",
      "the Integration API is switched on for a domain in its account; it is a paid service",
    ),
    keyActsFor: both("от имени всего домена", "the whole domain"),
    keys: [
      key(
        "client_id",
        both("Идентификационный код", "Identification code"),
        "на странице Integration API: идентификационный код",
        "on the page of the Integration API: code",
      ),
      key(
        "key",
        both("Ключ подписи", "Signing key"),
        "на странице Integration API: ключ подписи",
        "on the page of the Integration API: signing key",
      ),
    ],
    address: "https://api.cloudpbx.rt.ru",
  },
  {
    ...usual,
    make: "mango-client",
    title: both("MANGO OFFICE", "MANGO OFFICE"),
    interface: both("клиент-серверный API", "server-client API"),
    card: "live",
    control: ["originate", "transferBlind"],
    needsAddress: false,
    first: both(
      "в личном кабинете должен быть подключён «API-коннектор»",
      "the “API connector” must be connected in the personal account",
    ),
    keyActsFor: both("от имени каждого пользователя интеграции", "every user of the integration"),
    keys: [
      {
        ...key(
          "token",
          both("Ключ интеграции", "Integration key"),
          "ключ интеграции, один на внешнюю систему: он есть у того, кто её создал",
          "the key of the integration, one per external system: whoever made it has it",
        ),
        given: both("интеграцию", "an integration"),
      },
    ],
    address: "https://api-client.mango-office.ru/api",
    listsPhones: false,
  },
  {
    ...usual,
    make: "mango-vpbx",
    title: both("MANGO OFFICE (VPBX)", "MANGO OFFICE (VPBX)"),
    card: "afterwards",
    recordings: "byLinkOnce",
    needsAddress: true,
    first: both(
      "в личном кабинете, «Интеграции → API коннектор», включается API Виртуальной АТС",
      "the VPBX API is switched on in the personal account, Integrations → API connector",
    ),
    keyActsFor: account,
    keys: [
      key(
        "api_key",
        both("Уникальный код вашей АТС", "Unique code of your PBX"),
        "«Интеграции → API коннектор»: код вашей АТС",
        "Integrations → API connector: code of your PBX",
      ),
      key(
        "api_salt",
        both("Ключ для создания подписи", "Key for the signature"),
        "«Интеграции → API коннектор»: ключ подписи",
        "Integrations → API connector: key for signatures",
      ),
    ],
    address: "https://app.mango-office.ru/vpbx",
  },
  {
    ...usual,
    make: "zadarma",
    zones: [],
    title: both("Zadarma", "Zadarma"),
    card: "afterwards",
    needsAddress: true,
    first: both("АТС должна быть включена", "The PBX must be on"),
    keyActsFor: account,
    keys: [
      key("key", both("Ключ", "Key"), "«Интеграции и API → Ключи и API»: ключ", "Integrations and API → API keys: key"),
      key(
        "secret",
        both("Секретный ключ", "Secret key"),
        "«Интеграции и API → Ключи и API»: секретный ключ",
        "Integrations and API → API keys: secret key",
      ),
    ],
    address: "https://api.zadarma.com",
  },
  {
    ...usual,
    make: "ringcloud",
    title: both("RingCloud", "RingCloud"),
    card: "late",
    needsAddress: false,
    first: both(
      "у ключа должны быть права на звонки и сотрудников",
      "the key must have rights to calls and to employees",
    ),
    keyActsFor: account,
    keys: [
      key(
        "api_key",
        both("Ключ", "Key"),
        "в личном кабинете, в настройках API: ключ",
        "in the settings of the API: the key",
      ),
      key(
        "password",
        both("Пароль ключа", "Key password"),
        "рядом с ключом: пароль ключа",
        "beside the key: the key’s password",
      ),
    ],
    address: "https://api.ringcloud.ru",
  },
  {
    ...usual,
    make: "era",
    zones: [],
    title: both("Платформа Эра", "Era platform"),
    card: "live",
    control: ["originate", "answer", "hangup", "hold", "transferBlind", "transferAttended"],
    needsAddress: false,
    first: both(
      "в приложении «Настройки» должен быть канал интеграции типа Subscriber",
      "an integration channel of the type Subscriber must stand in the Settings application",
    ),
    keyActsFor: both("от имени каждого пользователя домена", "every user of the domain"),
    keys: [
      key(
        "token",
        both("Токен", "Token"),
        "«Каналы интеграции»: поле token_local",
        "Integration channels: the field token_local",
      ),
    ],
    kinds: [
      {
        kind: "user",
        title: both("токен пользователя (User API)", "a user’s token (User API)"),
        actsForAll: false,
      },
      { kind: "token", title: both("токен домена (Token API)", "the domain’s token (Token API)"), actsForAll: true },
    ],
  },
];
