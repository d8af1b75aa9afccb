import type { MakeCard } from "$generated/MakeCard";
import type { MakeRecordings } from "$generated/MakeRecordings";
import type { StepName } from "$features/wizard/wizard.svelte";
import { isolate } from "$lib/isolate";
import { texts } from "$lib/language.svelte";

interface WizardText {
  title: string;
  newConnection: string;
  change: string;
  steps: Record<StepName, string>;
  /** The page of the phone at a gateway, whose lines are in the lists of the office. */
  phoneStepAtGateway: string;
  resume: string;
  close: string;
  giveUp: string;
  giveUpChange: string;
  back: string;
  next: string;
  which: string;
  whichHint: string;
  whichHintAtGateway: string;
  cardLine: string;
  recordingsLine: string;
  controlLine: string;
  addressLine: string;
  card: Record<MakeCard, string>;
  recordings: Record<MakeRecordings, string>;
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
  zone: string;
  zoneFound: string;
  zoneHint: string;
  phone: string;
  phoneHint: string;
  phoneHintAtGateway: string;
  phoneExample: string;
  myName: string;
  lines: string;
  linesHint: string;
  lineTitle: string;
  addLine: string;
  askPhones: string;
  askingPhones: string;
  noPhones: string;
  save: string;
  saving: string;
}

/** Connecting a PBX. */
export const wizardText = texts<WizardText>({
  ru: {
    title: "Подключить АТС",
    newConnection: "Новое подключение",
    change: "Изменить подключение",
    steps: { make: "АТС", keys: "Ключи", phone: "Линии и телефон", check: "Проверка", done: "Готово" },
    phoneStepAtGateway: "Телефон",
    resume: "Можно закрыть: пройденные страницы сохранятся. Ключи после перезапуска введёте снова.",
    close: "Закрыть",
    giveUp: "Не подключать",
    giveUpChange: "Не менять",
    back: "Назад",
    next: "Дальше",
    which: "Какая у вас АТС?",
    whichHint: "Сразу видно, что будет работать с этого компьютера, без сервера.",
    whichHintAtGateway: "АТС подключится к шлюзу: её звонки увидят все, кого вы пригласили.",
    cardLine: "Карточка",
    recordingsLine: "Записи",
    controlLine: "Управление",
    addressLine: "Адрес",
    card: {
      live: "в момент звонка",
      late: "с опозданием до минуты, видно в списке",
      afterwards: "нет без адреса; звонки в списке позже",
    },
    recordings: { yes: "есть", byLinkOnce: "по одноразовой ссылке", no: "нет без адреса" },
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
    zone: "Часовой пояс АТС",
    zoneFound: "Определить по звонкам",
    zoneHint: "В нём АТС пишет время звонков. Меняйте, только если время в списке сдвинуто на целые часы.",
    phone: "Ваш телефон в АТС",
    phoneHint: "Внутренний номер, на котором вы говорите. По нему Трубка узнаёт ваши звонки и звонит с него.",
    phoneHintAtGateway: "Если вы сами говорите по телефону этой АТС. Телефоны остальных задаёте в их приглашениях.",
    phoneExample: "101",
    myName: "Ваше имя",
    lines: "Линии офиса",
    linesHint: "Не обязательно. Если перечислить, на карточке будет название линии.",
    lineTitle: "Название",
    addLine: "Добавить линию",
    askPhones: "Спросить у АТС",
    askingPhones: "Спрашиваем, до 20 с…",
    noPhones: "АТС не назвала телефонов. Впишите свой.",
    save: "Подключить",
    saving: "Подключаем…",
  },
  en: {
    title: "Connect a PBX",
    newConnection: "New connection",
    change: "Change the connection",
    steps: { make: "PBX", keys: "Keys", phone: "Lines and phone", check: "Check", done: "Done" },
    phoneStepAtGateway: "Phone",
    resume: "You can close this: the pages you went on from are kept. After a restart you enter the keys again.",
    close: "Close",
    giveUp: "Do not connect",
    giveUpChange: "Do not change",
    back: "Back",
    next: "Next",
    which: "Which PBX do you have?",
    whichHint: "What will work from this computer, without a server, is clear at once.",
    whichHintAtGateway: "The PBX is connected to the gateway: everybody whom you invited sees its calls.",
    cardLine: "Card",
    recordingsLine: "Recordings",
    controlLine: "Control",
    addressLine: "Address",
    card: {
      live: "as it rings",
      late: "up to a minute late, in the list",
      afterwards: "none without an address; calls listed later",
    },
    recordings: { yes: "yes", byLinkOnce: "by a link that works once", no: "none without an address" },
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
    zone: "Time zone of the PBX",
    zoneFound: "Find it from calls",
    zoneHint: "The PBX writes the times of calls in it. Change it only if times in the list are off by whole hours.",
    phone: "Your phone in the PBX",
    phoneHint: "The extension that you talk on. By it Trubka knows your calls, and calls from it.",
    phoneHintAtGateway:
      "If you talk on a phone of this PBX yourself. The phones of others are set in their invitations.",
    phoneExample: "101",
    myName: "Your name",
    lines: "Lines of the office",
    linesHint: "Optional. If you list them, cards show the name of the line.",
    lineTitle: "Name",
    addLine: "Add a line",
    askPhones: "Ask the PBX",
    askingPhones: "Asking, up to 20 s…",
    noPhones: "The PBX named no phones. Type yours.",
    save: "Connect",
    saving: "Connecting…",
  },
});
