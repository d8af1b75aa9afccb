import type { Ability } from "$generated/Ability";
import type { CheckFinding } from "$generated/CheckFinding";
import type { CheckStep } from "$generated/CheckStep";
import type { MakeCard } from "$generated/MakeCard";
import type { MakeRecordings } from "$generated/MakeRecordings";
import type { OwnProblem } from "$generated/OwnProblem";
import type { StepName } from "$features/wizard/wizard.svelte";
import { isolate } from "$lib/isolate";
import { texts } from "$lib/language.svelte";

interface WizardText {
  title: string;
  newConnection: string;
  change: string;
  steps: Record<StepName, string>;
  resume: string;
  close: string;
  giveUp: string;
  giveUpChange: string;
  back: string;
  next: string;
  which: string;
  whichHint: string;
  cardLine: string;
  recordingsLine: string;
  controlLine: string;
  addressLine: string;
  card: Record<MakeCard, string>;
  recordings: Record<MakeRecordings, string>;
  abilities: Partial<Record<Ability, string>>;
  onlyCall: string;
  addressNeeded: string;
  addressFree: string;
  has: string;
  partly: string;
  hasNot: string;
  keys: string;
  first: (words: string) => string;
  found: (words: string) => string;
  known: string;
  actsForAll: (words: string) => string;
  kind: string;
  address: string;
  addressOwn: (address: string) => string;
  addressOfYours: string;
  phone: string;
  phoneHint: string;
  phoneExample: string;
  myName: string;
  lines: string;
  linesHint: string;
  lineTitle: string;
  addLine: string;
  askPhones: string;
  askingPhones: string;
  noPhones: string;
  check: string;
  checkHint: string;
  checkSteps: Record<CheckStep, string>;
  checkHints: Record<CheckStep, string>;
  findings: Record<CheckFinding, string>;
  ms: (count: number) => string;
  upTo: (seconds: number) => string;
  again: string;
  checking: string;
  notNow: string;
  without: Record<CheckStep, string>;
  skip: string;
  save: string;
  saving: string;
  done: string;
  doneLive: string;
  doneLate: string;
  doneAfterwards: string;
  doneNone: string;
  cardCame: (who: string) => string;
  waitingForCall: string;
  toCalls: string;
}

/** Connecting a PBX. */
export const wizardText = texts<WizardText>({
  ru: {
    title: "Подключить АТС",
    newConnection: "Новое подключение",
    change: "Изменить подключение",
    steps: { make: "АТС", keys: "Ключи", phone: "Линии и телефон", check: "Проверка", done: "Готово" },
    resume: "Можно закрыть: пройденные страницы сохранятся. Ключи после перезапуска введёте снова.",
    close: "Закрыть",
    giveUp: "Не подключать",
    giveUpChange: "Не менять",
    back: "Назад",
    next: "Дальше",
    which: "Какая у вас АТС?",
    whichHint: "Сразу видно, что будет работать с этого компьютера, без сервера.",
    cardLine: "Карточка",
    recordingsLine: "Записи",
    controlLine: "Управление",
    addressLine: "Адрес",
    card: {
      live: "в момент звонка",
      late: "с опозданием до минуты, видно в списке",
      afterwards: "нет без адреса; звонки в списке позже",
      none: "нет без адреса",
    },
    recordings: { yes: "есть", byLinkOnce: "по одноразовой ссылке", no: "нет без адреса" },
    abilities: {
      answer: "ответить",
      hangup: "завершить",
      hold: "удержать",
      transferBlind: "перевести",
      pickup: "перехватить",
      conference: "конференция",
    },
    onlyCall: "только позвонить",
    addressNeeded: "нужен для карточек: сервер, видимый из интернета",
    addressFree: "не нужен",
    has: "есть",
    partly: "частично",
    hasNot: "нет",
    keys: "Ключи",
    first: (words) => `Сначала: ${isolate(words)}.`,
    found: (words) => `Где взять: ${isolate(words)}.`,
    known: "Введён. Чтобы заменить, введите новый.",
    actsForAll: (words) =>
      `Этот ключ действует ${isolate(words)}. На своём компьютере он уместен, если офис — это вы; для нескольких человек ключу место на шлюзе.`,
    kind: "Чей это токен",
    address: "Адрес АТС",
    addressOwn: (address) => `Обычный: ${isolate(address)}. Меняйте, только если вам дали другой.`,
    addressOfYours: "Адрес вашей установки, с https://",
    phone: "Ваш телефон в АТС",
    phoneHint: "Внутренний номер, на котором вы говорите. По нему Трубка узнаёт ваши звонки и звонит с него.",
    phoneExample: "101",
    myName: "Ваше имя",
    lines: "Линии офиса",
    linesHint: "Не обязательно. Если перечислить, на карточке будет название линии.",
    lineTitle: "Название",
    addLine: "Добавить линию",
    askPhones: "Спросить у АТС",
    askingPhones: "Спрашиваем, до 20 с…",
    noPhones: "АТС не назвала телефонов. Впишите свой.",
    check: "Проверка",
    checkHint: "Идём тем же путём, что и настоящий звонок.",
    checkSteps: {
      address: "АТС отвечает",
      key: "Ключ принят",
      clock: "Часы сходятся",
      live: "Звонки приходят сразу",
      history: "Прошедшие звонки читаются",
    },
    checkHints: {
      address: "адрес, сертификат",
      key: "ключ и его права",
      clock: "время этого компьютера и АТС",
      live: "открываем и закрываем канал событий",
      history: "список за последний час",
    },
    findings: {
      works: "Всё в порядке.",
      wrongKey: "АТС не приняла ключ. Проверьте, что он скопирован целиком и от этого аккаунта.",
      notAdmitted: "АТС узнала ключ, но не пускает: не хватает прав или услуга не включена.",
      unreachable: "По этому адресу никто не отвечает. Проверьте адрес и сеть.",
      timedOut: "АТС не ответила вовремя. Проверьте адрес и попробуйте ещё раз.",
      notTrusted: "Отвечает сервер с чужим сертификатом. Проверьте адрес.",
      busy: "АТС просит подождать. Попробуйте через минуту.",
      notThisPbx: "Здесь отвечает что-то другое, не эта АТС. Проверьте адрес.",
      pbxFailed: "У АТС внутренняя ошибка. Попробуйте позже.",
      noSuchPhone: "АТС не знает такого телефона. Проверьте внутренний номер.",
      clockOff: "Часы этого компьютера сбиты. Включите установку времени по сети и проверьте ещё раз.",
      noTimeTold: "АТС не сообщает своё время, сравнить часы не с чем. Проверьте, что время ставится по сети.",
      takesLong: "Работает, но АТС долго готовит список. Звонки появятся позже.",
    },
    ms: (count) => `${count} мс`,
    upTo: (seconds) => `до ${seconds} с`,
    again: "Проверить ещё раз",
    checking: "Проверяем…",
    notNow: "Не сейчас?",
    without: {
      address: "Без связи с АТС не будет ничего.",
      key: "Без ключа не будет ничего.",
      clock: "Звонки будут работать, но время в списке может расходиться.",
      live: "Позвонить получится, карточек пока не будет.",
      history: "Позвонить получится, прошедших звонков в списке не будет.",
    },
    skip: "Продолжить без этого",
    save: "Подключить",
    saving: "Подключаем…",
    done: "Подключено",
    doneLive: "Позвоните на номер офиса с мобильного: карточка появится в углу экрана.",
    doneLate: "Позвоните на номер офиса: звонок появится в списке в течение минуты.",
    doneAfterwards:
      "Прошедшие звонки появятся в списке через несколько минут. Карточек во время звонка не будет: АТС не может обратиться к этому компьютеру без публичного адреса.",
    doneNone:
      "Звонить можно сразу. Карточек и записей не будет: АТС не может обратиться к этому компьютеру без публичного адреса.",
    cardCame: (who) => `Звонок пришёл: ${isolate(who)}`,
    waitingForCall: "Ждём первый звонок…",
    toCalls: "К звонкам",
  },
  en: {
    title: "Connect a PBX",
    newConnection: "New connection",
    change: "Change the connection",
    steps: { make: "PBX", keys: "Keys", phone: "Lines and phone", check: "Check", done: "Done" },
    resume: "You can close this: the pages you went on from are kept. After a restart you enter the keys again.",
    close: "Close",
    giveUp: "Do not connect",
    giveUpChange: "Do not change",
    back: "Back",
    next: "Next",
    which: "Which PBX do you have?",
    whichHint: "What will work from this computer, without a server, is clear at once.",
    cardLine: "Card",
    recordingsLine: "Recordings",
    controlLine: "Control",
    addressLine: "Address",
    card: {
      live: "as it rings",
      late: "up to a minute late, in the list",
      afterwards: "none without an address; calls listed later",
      none: "none without an address",
    },
    recordings: { yes: "yes", byLinkOnce: "by a link that works once", no: "none without an address" },
    abilities: {
      answer: "answer",
      hangup: "hang up",
      hold: "hold",
      transferBlind: "transfer",
      pickup: "pick up",
      conference: "conference",
    },
    onlyCall: "place calls only",
    addressNeeded: "needed for cards: a server that the internet sees",
    addressFree: "not needed",
    has: "yes",
    partly: "partly",
    hasNot: "no",
    keys: "Keys",
    first: (words) => `First: ${isolate(words)}.`,
    found: (words) => `Where it stands: ${isolate(words)}.`,
    known: "Entered. Type a new one to replace it.",
    actsForAll: (words) =>
      `This key acts for ${isolate(words)}. On your own computer that is fine if the office is you; for several people it belongs on a gateway.`,
    kind: "Whose token it is",
    address: "Address of the PBX",
    addressOwn: (address) => `Usually ${isolate(address)}. Change it only if you were given another.`,
    addressOfYours: "The address of your installation, with https://",
    phone: "Your phone in the PBX",
    phoneHint: "The extension that you talk on. By it Trubka knows your calls, and calls from it.",
    phoneExample: "101",
    myName: "Your name",
    lines: "Lines of the office",
    linesHint: "Optional. If you list them, cards show the name of the line.",
    lineTitle: "Name",
    addLine: "Add a line",
    askPhones: "Ask the PBX",
    askingPhones: "Asking, up to 20 s…",
    noPhones: "The PBX named no phones. Type yours.",
    check: "Check",
    checkHint: "The same way that a real call takes.",
    checkSteps: {
      address: "The PBX answers",
      key: "The key is accepted",
      clock: "The clocks agree",
      live: "Calls come as they ring",
      history: "Finished calls can be read",
    },
    checkHints: {
      address: "address, certificate",
      key: "the key and its rights",
      clock: "this computer’s time and the PBX’s",
      live: "the channel of events is opened and closed",
      history: "the list of the last hour",
    },
    findings: {
      works: "All is well.",
      wrongKey: "The PBX did not accept the key. Check that it is whole and of this account.",
      notAdmitted: "The PBX knows the key but does not let it in: a right is missing or the service is off.",
      unreachable: "Nobody answers at this address. Check the address and the network.",
      timedOut: "The PBX did not answer in time. Check the address and try again.",
      notTrusted: "A server with somebody else’s certificate answers. Check the address.",
      busy: "The PBX asks to wait. Try again in a minute.",
      notThisPbx: "Something else answers here, not this PBX. Check the address.",
      pbxFailed: "The PBX failed inside. Try later.",
      noSuchPhone: "The PBX has no such phone. Check the extension.",
      clockOff: "This computer’s clock is wrong. Switch on network time and check again.",
      noTimeTold: "The PBX tells no time to compare with. Check that this computer’s time is set by the network.",
      takesLong: "It works, but the PBX takes its time with the list. Calls come later.",
    },
    ms: (count) => `${count} ms`,
    upTo: (seconds) => `up to ${seconds} s`,
    again: "Check again",
    checking: "Checking…",
    notNow: "Not now?",
    without: {
      address: "Without the PBX nothing works.",
      key: "Without the key nothing works.",
      clock: "Calls will work, but times in the list may be off.",
      live: "You can place calls; there are no cards for now.",
      history: "You can place calls; finished calls are not listed.",
    },
    skip: "Go on without it",
    save: "Connect",
    saving: "Connecting…",
    done: "Connected",
    doneLive: "Call the office’s number from a mobile: the card appears in the corner of the screen.",
    doneLate: "Call the office’s number: the call is in the list within a minute.",
    doneAfterwards:
      "Finished calls appear in the list within minutes. There are no cards while it rings: the PBX cannot reach this computer without a public address.",
    doneNone:
      "You can place calls now. There are no cards and no recordings: the PBX cannot reach this computer without a public address.",
    cardCame: (who) => `A call came: ${isolate(who)}`,
    waitingForCall: "Waiting for the first call…",
    toCalls: "To the calls",
  },
});

interface OwnText {
  title: string;
  none: string;
  add: string;
  goOn: string;
  change: string;
  enterKey: string;
  pause: string;
  unpause: string;
  paused: string;
  remove: string;
  removeAsk: string;
  phone: (phone: string) => string;
  problems: Record<OwnProblem, string>;
}

/** The connections of the office in this program. */
export const ownText = texts<OwnText>({
  ru: {
    title: "Своя АТС на этом компьютере",
    none: "Подключите АТС по ключу из её кабинета, без сервера.",
    add: "Подключить АТС",
    goOn: "Продолжить подключение",
    change: "Изменить",
    enterKey: "Ввести ключ",
    pause: "Приостановить",
    unpause: "Возобновить",
    paused: "Приостановлено",
    remove: "Удалить",
    removeAsk: "Удалить подключение? Ключ удалится с компьютера, звонки останутся.",
    phone: (phone) => `телефон ${isolate(phone)}`,
    problems: {
      keyMissing: "Ключа нет в хранилище паролей, звонки не приходят.",
      settings: "Настройки не подходят этой версии, звонки не приходят.",
    },
  },
  en: {
    title: "Your own PBX on this computer",
    none: "Connect a PBX with a key from its account, without a server.",
    add: "Connect a PBX",
    goOn: "Go on connecting",
    change: "Change",
    enterKey: "Enter the key",
    pause: "Pause",
    unpause: "Resume",
    paused: "Paused",
    remove: "Remove",
    removeAsk: "Remove the connection? Its key leaves this computer, its calls stay.",
    phone: (phone) => `phone ${isolate(phone)}`,
    problems: {
      keyMissing: "Its key is not in the keyring: no calls come.",
      settings: "The settings do not fit this version: no calls come.",
    },
  },
});
