import type { HopState } from "$generated/HopState";
import type { ProofName } from "$generated/ProofName";
import type { StageCause } from "$generated/StageCause";
import type { StageName } from "$generated/StageName";
import type { StageState } from "$generated/StageState";
import { texts } from "$lib/language.svelte";
import type { Mend } from "../features/diagnostics/mend";

interface StagedText {
  title: string;
  back: string;
  of: (connection: string) => string;
  loading: string;
  stale: (time: string) => string;
  since: (time: string) => string;
  stages: Record<StageName, string>;
  states: Record<StageState, string>;
  heading: (number: number, stage: string) => string;
  cabinet: string;
  run: (number: number) => string;
  running: string;
  nothingToRun: string;
  waiting: (time: string) => string;
  hook: string;
  hookPlain: string;
  hookTls: string;
  copyHook: string;
  certificate: string;
  copyCertificate: string;
  keepCertificate: string;
  proxyCertificate: string;
  testHost: string;
  host: string;
  done: string;
  proofs: Record<ProofName, string>;
  proofStates: Record<HopState, string>;
  causes: Record<StageCause, string>;
  reason: (why: string) => string;
  mends: Record<Mend, string>;
}

/** The staged check of a connection. */
export const stagedText = texts<StagedText>({
  ru: {
    title: "Поэтапная проверка",
    back: "Состояние",
    of: (connection) => `Поэтапная проверка: ${connection}`,
    loading: "Смотрим, что уже доказано…",
    stale: (time) => `Последние известные данные: ${time}.`,
    since: (time) =>
      `Учитываются записи журнала запросов за последние 7 дней, с ${time}. Номера при проверке не набираются, в кабинете ничего не меняется.`,
    stages: {
      plain: "Без TLS",
      signature: "Подпись",
      tls: "TLS",
      live: "Рабочий режим",
      allowList: "Белый список",
    },
    states: { passed: "пройден", current: "текущий", later: "позже", notNeeded: "не нужен" },
    heading: (number, stage) => `Шаг ${number}. ${stage}`,
    cabinet: "Что сделать в кабинете АТС",
    run: (number) => `Проверить шаг ${number}`,
    running: "Проверяем…",
    nothingToRun: "От шлюза на этом шаге ничего не требуется: ждём уведомление от АТС.",
    waiting: (time) => `Проверка начата: ${time}`,
    hook: "Адрес для кабинета",
    hookPlain: "Для этого шага он начинается с http://",
    hookTls: "Для этого шага он начинается с https://",
    copyHook: "Скопировать адрес",
    certificate: "Сертификат шлюза с цепочкой, в формате PEM: вставьте его в кабинет или загрузите туда файл.",
    copyCertificate: "Скопировать сертификат",
    keepCertificate: "Сохранить файл",
    proxyCertificate: "Шифрует не шлюз, а прокси перед ним: в кабинет загружается сертификат прокси.",
    testHost: "Тестовый адрес АТС",
    host: "Рабочий адрес подключения",
    done: "Шаг пройден.",
    proofs: {
      plainNotification: "Уведомление АТС без шифрования",
      plainRequest: "Наш запрос к тестовому адресу без шифрования",
      signature: "Подпись последнего уведомления АТС",
      testRequest: "Тестовый адрес принял нашу подпись",
      trialOff: "Пробный режим выключен",
      ownTest: "Наше тестовое уведомление через публичный адрес",
      tlsNotification: "Уведомление АТС с шифрованием",
      tlsRequest: "Наш запрос к тестовому адресу с шифрованием",
      liveAddress: "Подключение на рабочем адресе",
      request: "Наш запрос к рабочему адресу",
      realCall: "Настоящий звонок",
      notification: "Уведомление АТС",
    },
    proofStates: { passed: "в порядке", stopped: "сбой", notReached: "пока нет" },
    causes: {
      trialIsOff: "Пробный режим выключен: уведомления без шифрования не принимаются.",
      trialIsOn: "Пробный режим ещё включён: уведомления без шифрования принимаются.",
      noNotification: "Ждём уведомление: отправьте тестовое из кабинета АТС или позвоните на свой номер.",
      notificationRefused: "Последнее уведомление не принято.",
      notAsked: "Запроса ещё не было: нажмите «Проверить шаг».",
      requestFailed: "Запрос не удался.",
      notTested: "Тестовое уведомление ещё не доходило: нажмите «Проверить шаг».",
      noPublicAddress:
        "Шлюз не знает своего публичного адреса: укажите public_url в gateway.toml и перезапустите шлюз.",
      plainPublicAddress:
        "Публичный адрес без шифрования: укажите в public_url адрес с https:// и настройте сертификат.",
      atTestHost: "Подключение ещё на тестовом адресе АТС: настоящих звонков оттуда не будет.",
      notBegun: "Нажмите «Проверить шаг»: считается то, что придёт после этого.",
      noCall: "Ждём настоящий звонок: позвоните на свой номер с любого телефона.",
    },
    reason: (why) => `Причина: ${why}.`,
    mends: {
      trialOn: "Включить пробный режим…",
      trialOff: "Выключить пробный режим",
      keys: "Исправить ключи",
      address: "Изменить адрес",
      run: "Проверить ещё раз",
    },
  },
  en: {
    title: "Staged check",
    back: "State",
    of: (connection) => `Staged check: ${connection}`,
    loading: "Checking what is already proved…",
    stale: (time) => `Last known state: ${time}.`,
    since: (time) =>
      `Entries of the request journal of the last 7 days count, since ${time}. No number is called, and nothing is changed in the account.`,
    stages: { plain: "Without TLS", signature: "Signature", tls: "TLS", live: "Live", allowList: "Allow-list" },
    states: { passed: "passed", current: "current", later: "later", notNeeded: "not needed" },
    heading: (number, stage) => `Stage ${number}. ${stage}`,
    cabinet: "What to do in the PBX’s account",
    run: (number) => `Check stage ${number}`,
    running: "Checking…",
    nothingToRun: "Nothing is asked of the gateway at this stage: waiting for a notification of the PBX.",
    waiting: (time) => `Check begun: ${time}`,
    hook: "Address for the account",
    hookPlain: "At this stage it begins with http://",
    hookTls: "At this stage it begins with https://",
    copyHook: "Copy the address",
    certificate:
      "The gateway’s certificate with its chain, as PEM: paste it into the account, or upload the file there.",
    copyCertificate: "Copy the certificate",
    keepCertificate: "Save the file",
    proxyCertificate:
      "Not the gateway but the proxy in front of it speaks TLS: the proxy’s certificate goes into the account.",
    testHost: "Test address of the PBX",
    host: "Address of the connection",
    done: "This stage is passed.",
    proofs: {
      plainNotification: "Notification of the PBX without encryption",
      plainRequest: "Our request to the test address without encryption",
      signature: "Signature of the PBX’s last notification",
      testRequest: "The test address accepted our signature",
      trialOff: "Trial mode is off",
      ownTest: "Our test notification over the public address",
      tlsNotification: "Encrypted notification of the PBX",
      tlsRequest: "Our encrypted request to the test address",
      liveAddress: "The connection is at the live address",
      request: "Our request to the live address",
      realCall: "A real call",
      notification: "Notification of the PBX",
    },
    proofStates: { passed: "OK", stopped: "failed", notReached: "not yet" },
    causes: {
      trialIsOff: "Trial mode is off: notifications without encryption are not taken.",
      trialIsOn: "Trial mode is still on: notifications without encryption are taken.",
      noNotification: "Waiting for a notification: send a test one from the PBX’s account, or call your number.",
      notificationRefused: "The last notification was refused.",
      notAsked: "Nothing was asked yet: press “Check stage”.",
      requestFailed: "The request failed.",
      notTested: "No test notification came in yet: press “Check stage”.",
      noPublicAddress: "The gateway does not know its public address: set public_url in gateway.toml and restart it.",
      plainPublicAddress:
        "The public address is not encrypted: put one with https:// into public_url and set a certificate up.",
      atTestHost: "The connection is still at the PBX’s test address: no real call comes from there.",
      notBegun: "Press “Check stage”: what comes after that counts.",
      noCall: "Waiting for a real call: call your number from any phone.",
    },
    reason: (why) => `Reason: ${why}.`,
    mends: {
      trialOn: "Turn on trial mode…",
      trialOff: "Turn off trial mode",
      keys: "Correct the keys",
      address: "Change the address",
      run: "Check again",
    },
  },
});
