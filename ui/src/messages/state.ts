import type { CertificateRole } from "$generated/CertificateRole";
import type { ConnectionState } from "$generated/ConnectionState";
import type { QuotaView } from "$generated/QuotaView";
import { englishCount, russianCount, texts } from "$lib/language.svelte";

interface StateText {
  title: string;
  loading: string;
  refresh: string;
  connections: string;
  none: string;
  stale: (time: string) => string;
  states: Record<ConnectionState, string>;
  since: (time: string) => string;
  missing: (time: string) => string;
  holes: (count: number) => string;
  heard: (time: string) => string;
  notHeard: string;
  clock: (seconds: number) => string;
  clockFits: string;
  testHost: string;
  quotas: string;
  quota: (of: QuotaView) => string;
  scarce: string;
  certificates: string;
  roles: Record<CertificateRole, string>;
  until: (day: string) => string;
  endless: string;
  ended: string;
  endsToday: string;
  endsSoon: (days: number) => string;
  addresses: string;
  ours: string;
  oursHint: string;
  copy: string;
  posted: string;
  accepted: string;
  anywhere: string;
}

const methodsRu: Record<string, string> = {
  call_events: "Уведомления о звонках",
  call_back: "Позвонить",
  get_record: "Запись разговора",
  call_info: "Сведения о звонке",
  statistics: "Статистика",
};
const methodsEn: Record<string, string> = {
  call_events: "Notifications of calls",
  call_back: "Placing calls",
  get_record: "Recordings",
  call_info: "Details of calls",
  statistics: "Statistics",
};

function span(seconds: number, units: { day: string; hour: string; minute: string; second: (n: number) => string }) {
  if (seconds === 86_400) return units.day;
  if (seconds === 3600) return units.hour;
  return seconds === 60 ? units.minute : units.second(seconds);
}

/** How an office stands, for its administrators. */
export const stateText = texts<StateText>({
  ru: {
    title: "Состояние",
    loading: "Проверяем состояние…",
    refresh: "Обновить",
    connections: "Подключения",
    none: "Подключений пока нет",
    stale: (time) => `Последние известные данные: ${time}.`,
    states: {
      live: "На связи",
      waiting: "Ждёт первого сообщения",
      connecting: "Подключается",
      draining: "Получает пропущенное",
      down: "Нет связи",
    },
    since: (time) => `с ${time}`,
    missing: (time) => `События могут отсутствовать с ${time}`,
    holes: (count) => `${russianCount(count, "пропуск", "пропуска", "пропусков")} в списке звонков: восполнить нечем`,
    heard: (time) => `последнее сообщение: ${time}`,
    notHeard: "сообщений ещё не было",
    clock: (seconds) => (seconds > 0 ? `часы АТС впереди на ${seconds} с` : `часы АТС отстают на ${-seconds} с`),
    clockFits: "часы совпадают",
    testHost: "тестовый адрес: настоящие звонки оттуда не придут",
    quotas: "Запросы и лимит АТС",
    quota: ({ counted, name, seconds }) => {
      const what = counted === "everything" ? "Все запросы" : (methodsRu[name ?? ""] ?? name ?? "");
      const second = (n: number) => (n === 1 ? "за секунду" : `за ${n} с`);
      return `${what}, ${span(seconds, { day: "за 24 часа", hour: "за час", minute: "за минуту", second })}`;
    },
    scarce: "Больше 80 %: лимит может кончиться",
    certificates: "Сертификаты",
    roles: { own: "Наш", ownAuthority: "Наш центр сертификации", trusted: "АТС, доверяем" },
    until: (day) => `до ${day}`,
    endless: "без срока",
    ended: "срок истёк",
    endsToday: "истекает сегодня",
    endsSoon: (days) => `истекает через ${russianCount(days, "день", "дня", "дней")}`,
    addresses: "Адреса",
    ours: "Наш адрес для белого списка в кабинете",
    oursHint: "Сюда ведёт публичный адрес. Если сервер выходит в интернет с другого адреса, впишите в кабинет тот.",
    copy: "Скопировать адрес",
    posted: "Адрес, на который шлёт АТС",
    accepted: "Принимаем от АТС",
    anywhere: "с любого адреса: подлинность доказывает подпись",
  },
  en: {
    title: "State",
    loading: "Checking the state…",
    refresh: "Refresh",
    connections: "Connections",
    none: "No connections yet",
    stale: (time) => `Last known state: ${time}.`,
    states: {
      live: "Connected",
      waiting: "Waiting for the first message",
      connecting: "Connecting",
      draining: "Fetching what was missed",
      down: "Not connected",
    },
    since: (time) => `since ${time}`,
    missing: (time) => `Events may be missing since ${time}`,
    holes: (count) =>
      `${englishCount(count, "gap", "gaps")} in the call list: ${count === 1 ? "it" : "they"} cannot be filled`,
    heard: (time) => `last message: ${time}`,
    notHeard: "no message yet",
    clock: (seconds) =>
      seconds > 0 ? `the PBX’s clock is ${seconds} s ahead` : `the PBX’s clock is ${-seconds} s behind`,
    clockFits: "the clocks agree",
    testHost: "test address: no real call comes from there",
    quotas: "Requests and the PBX’s limit",
    quota: ({ counted, name, seconds }) => {
      const what = counted === "everything" ? "All requests" : (methodsEn[name ?? ""] ?? name ?? "");
      const second = (n: number) => (n === 1 ? "in a second" : `in ${n} s`);
      return `${what}, ${span(seconds, { day: "in 24 hours", hour: "in an hour", minute: "in a minute", second })}`;
    },
    scarce: "Over 80 %: the limit may run out",
    certificates: "Certificates",
    roles: { own: "Ours", ownAuthority: "Our certificate authority", trusted: "The PBX, trusted" },
    until: (day) => `until ${day}`,
    endless: "without an end",
    ended: "expired",
    endsToday: "expires today",
    endsSoon: (days) => `${englishCount(days, "day", "days")} left`,
    addresses: "Addresses",
    ours: "Our address for the vendor’s allow-list",
    oursHint:
      "The public address leads here. If the server goes out by another address, enter that one in the account.",
    copy: "Copy the address",
    posted: "Address that the PBX posts to",
    accepted: "Accepted from the PBX",
    anywhere: "from any address: the signature shows whose a message is",
  },
});
