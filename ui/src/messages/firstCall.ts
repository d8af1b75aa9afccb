import { isolate } from "$lib/isolate";
import { texts } from "$lib/language.svelte";

interface FirstCallText {
  done: string;
  live: string;
  late: string;
  afterwards: string;
  connected: string;
  connecting: string;
  connectingLate: string;
  yourPhone: (phone: string) => string;
  call: string;
  waiting: string;
  came: (who: string, time: string) => string;
  tested: (phone: string) => string;
  talk: string;
  talkMissing: string;
  talkHint: string;
  talked: string;
  notTalked: string;
  card: string;
  cardMissing: string;
  cardHint: string;
  carded: string;
  noCard: (phone: string) => string;
  works: string;
  test: string;
  mobile: string;
  mobileHint: (phone: string) => string;
  show: string;
  toCalls: string;
  toLists: string;
}

/** The last page of the wizard: the first call through a new connection. */
export const firstCallText = texts<FirstCallText>({
  ru: {
    done: "Подключено",
    live: "Позвоните на номер офиса с любого телефона: карточка появится в углу экрана.",
    late: "Позвоните на номер офиса: звонок появится в списке в течение минуты. Карточка успеет не всегда.",
    afterwards:
      "Звонить можно сразу, прошедшие звонки появятся в списке через несколько минут. Карточек во время звонка не будет: АТС не может обратиться к этому компьютеру без публичного адреса.",
    connected: "АТС на связи",
    connecting: "Связь с АТС",
    connectingLate: "до трёх минут: эту АТС можно спрашивать раз в минуту. Ждать не нужно, подключение сохранено",
    yourPhone: (phone) => `ваш телефон ${isolate(phone)}`,
    call: "Звонок пришёл",
    waiting: "ждём первый звонок…",
    came: (who, time) => `${isolate(who)}, ${time}`,
    tested: (phone) => `АТС звонит на ваш телефон ${isolate(phone)}, потом на мобильный`,
    talk: "Телефоны соединились",
    talkMissing: "Не соединили",
    talkHint: "ответьте на обоих",
    talked: "слышно друг друга?",
    notTalked: "Никто не ответил, или АТС не соединила. Позвоните себе ещё раз.",
    card: "Карточка показана",
    cardMissing: "Карточка не появилась",
    cardHint: "в углу экрана, поверх окон",
    carded: "как при каждом звонке вам",
    noCard: (phone) =>
      `Этот звонок звонил не на вашем телефоне ${isolate(phone)}. Позвоните так, чтобы зазвонил он, или измените телефон в настройках.`,
    works: "Всё работает.",
    test: "Или позвоните себе",
    mobile: "Ваш мобильный",
    mobileHint: (phone) => `Сначала зазвонит ваш телефон ${isolate(phone)}, потом мобильный.`,
    show: "Позвонить себе",
    toCalls: "К звонкам",
    toLists: "Линии и группы",
  },
  en: {
    done: "Connected",
    live: "Call the office’s number from any phone: the card appears in the corner of the screen.",
    late: "Call the office’s number: the call is in the list within a minute. A card is not always in time.",
    afterwards:
      "You can place calls now, and finished calls appear in the list within minutes. There are no cards while it rings: the PBX cannot reach this computer without a public address.",
    connected: "The PBX is connected",
    connecting: "Connection to the PBX",
    connectingLate:
      "up to three minutes: this PBX may be asked once a minute. You need not wait, the connection is saved",
    yourPhone: (phone) => `your phone ${isolate(phone)}`,
    call: "The call came",
    waiting: "waiting for the first call…",
    came: (who, time) => `${isolate(who)}, ${time}`,
    tested: (phone) => `the PBX rings your phone ${isolate(phone)}, then your mobile`,
    talk: "The phones are connected",
    talkMissing: "Not connected",
    talkHint: "answer both",
    talked: "can you hear yourself?",
    notTalked: "Nobody answered, or the PBX did not connect them. Call yourself once more.",
    card: "The card was shown",
    cardMissing: "No card appeared",
    cardHint: "in the corner of the screen, above windows",
    carded: "as with every call for you",
    noCard: (phone) =>
      `This call did not ring your phone ${isolate(phone)}. Call so that it rings, or change the phone in Settings.`,
    works: "Everything works.",
    test: "Or call yourself",
    mobile: "Your mobile",
    mobileHint: (phone) => `Your phone ${isolate(phone)} rings first, then your mobile.`,
    show: "Call myself",
    toCalls: "To the calls",
    toLists: "Lines and groups",
  },
});
