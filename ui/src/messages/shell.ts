import type { ConnectionCause } from "$generated/ConnectionCause";
import type { NoticeKind } from "$generated/NoticeKind";
import { englishCount, russianCount, texts } from "$lib/language.svelte";

interface ShellText {
  views: string;
  now: string;
  calls: string;
  settings: string;
  leaveDemo: string;
  leaveDemoHint: string;
  starting: string;
  allLive: string;
  connecting: string;
  catchingUp: string;
  draining: (events: number) => string;
  waiting: string;
  lost: (since: string) => string;
  lostPlain: string;
  refused: string;
  gap: (since: string) => string;
  skew: (seconds: number) => string;
  causes: Record<ConnectionCause, string>;
  down: (title: string, cause: string) => string;
  connections: string;
  titleLive: string;
  titleNotLive: string;
  understood: string;
  notices: Record<NoticeKind, string>;
}

/** The frame of the main window: navigation, connection state, notices. */
export const shellText = texts<ShellText>({
  ru: {
    views: "Разделы",
    now: "Сейчас",
    calls: "Звонки",
    settings: "Настройки",
    leaveDemo: "Выйти из демо",
    leaveDemoHint: "Звонки здесь ненастоящие. После выхода от демо ничего не останется.",
    starting: "Открываем ваши звонки…",
    allLive: "Все подключения в порядке",
    connecting: "Подключаемся…",
    catchingUp: "Узнаём, что было без вас…",
    draining: (events) =>
      events > 0
        ? `Получаем пропущенное: ${russianCount(events, "событие", "события", "событий")}`
        : "Получаем пропущенные события…",
    waiting: "Ждём первого звонка от АТС",
    lost: (since) => `Нет связи с офисом с ${since}. Подключимся сами`,
    lostPlain: "Нет связи с офисом. Подключимся сами",
    refused: "Доступ закрыт администратором: нужен новый токен",
    gap: (since) => `С ${since} могли пропасть события`,
    skew: (seconds) => `Часы АТС расходятся на ${russianCount(seconds, "секунду", "секунды", "секунд")}`,
    causes: {
      unauthorized: "АТС не принимает ключ",
      unreachable: "АТС недоступна, пробуем снова",
      rateLimited: "АТС ограничивает частоту запросов",
      protocol: "АТС отвечает неожиданно",
      storage: "диск переполнен или база не открывается",
      badSignatures: "приходят сообщения с неверной подписью",
    },
    down: (title, cause) => `${title}: ${cause}`,
    connections: "Подключения",
    titleLive: "на связи",
    titleNotLive: "нет связи",
    understood: "Понятно",
    notices: {
      noKeyring: "Хранилища паролей нет: ключи забудутся, когда программа закроется.",
      noTray: "На этом рабочем столе нет трея: закрыв окно, вы закроете программу.",
      noNotifications: "Уведомления системы недоступны: о звонках скажет только карточка.",
      databaseSetAside: "База звонков была повреждена. Её копия сохранена, начата новая.",
      diskFull: "Диск переполнен: новые звонки не записываются, пока нет места.",
      noCardPlacement: "Этот рабочий стол не даёт показать карточку в углу: вместо неё придут уведомления.",
    },
  },
  en: {
    views: "Views",
    now: "Now",
    calls: "Calls",
    settings: "Settings",
    leaveDemo: "Leave the demo",
    leaveDemoHint: "The calls here are not real. Nothing of the demo stays behind.",
    starting: "Opening your calls…",
    allLive: "All connections work",
    connecting: "Connecting…",
    catchingUp: "Catching up with what happened…",
    draining: (events) =>
      events > 0 ? `Fetching what was missed: ${englishCount(events, "event", "events")}` : "Fetching missed events…",
    waiting: "Waiting for the first call from the PBX",
    lost: (since) => `No connection to the office since ${since}. It comes back by itself`,
    lostPlain: "No connection to the office. It comes back by itself",
    refused: "Access was ended by the administrator: a new token is needed",
    gap: (since) => `Events may be missing since ${since}`,
    skew: (seconds) => `The PBX clock differs by ${englishCount(seconds, "second", "seconds")}`,
    causes: {
      unauthorized: "the PBX refuses the key",
      unreachable: "the PBX cannot be reached, trying again",
      rateLimited: "the PBX limits the rate of requests",
      protocol: "the PBX answers something unexpected",
      storage: "the disk is full or the database does not open",
      badSignatures: "messages arrive with a wrong signature",
    },
    down: (title, cause) => `${title}: ${cause}`,
    connections: "Connections",
    titleLive: "connected",
    titleNotLive: "not connected",
    understood: "Got it",
    notices: {
      noKeyring: "There is no keyring: keys are forgotten when the program closes.",
      noTray: "This desktop has no tray: closing the window ends the program.",
      noNotifications: "System notifications are not available: only the card tells about calls.",
      databaseSetAside: "The call database was damaged. A copy was kept and a new one was started.",
      diskFull: "The disk is full: new calls are not stored until there is room.",
      noCardPlacement: "This desktop cannot place the card in a corner: notifications stand in for it.",
    },
  },
});
