import type { ConnectionWarning } from "$generated/ConnectionWarning";
import type { DownCause } from "$generated/DownCause";
import type { LinkCause } from "$generated/LinkCause";
import type { NoticeKind } from "$generated/NoticeKind";
import { englishCount, russianCount, texts } from "$lib/language.svelte";

interface ShellText {
  views: string;
  now: string;
  calls: string;
  people: string;
  diagnostics: string;
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
  gap: (since: string) => string;
  skew: (length: string) => string;
  trial: (time: string) => string;
  warnings: Record<ConnectionWarning, string>;
  causes: Record<DownCause, string>;
  officeCauses: Record<LinkCause, string>;
  worksMeanwhile: string;
  othersWork: string;
  checkNow: string;
  live: string;
  notLive: string;
  understood: string;
  notices: Record<NoticeKind, string>;
}

/** The frame of the main window: navigation, connection state, notices. */
export const shellText = texts<ShellText>({
  ru: {
    views: "Разделы",
    now: "Сейчас",
    calls: "Звонки",
    people: "Рабочие места",
    diagnostics: "Диагностика",
    settings: "Настройки",
    leaveDemo: "Выйти из демо",
    leaveDemoHint: "Звонки здесь ненастоящие. После выхода от демо ничего не останется.",
    starting: "Открываем ваши звонки…",
    allLive: "Всё на связи",
    connecting: "подключаемся…",
    catchingUp: "узнаём, что было без вас…",
    draining: (events) =>
      events > 0
        ? `получаем пропущенное: ${russianCount(events, "событие", "события", "событий")}`
        : "получаем пропущенные события…",
    waiting: "ждём первого звонка от АТС",
    lost: (since) => `нет связи с офисом с ${since}. Переподключаемся…`,
    gap: (since) => `с ${since} могли пропасть события`,
    trial: (time) => `пробный режим до ${time}`,
    skew: (length) => `часы АТС расходятся с нашими на ${length}`,
    warnings: {
      wrongZone: "время в событиях АТС сдвинуто на целые часы: проверьте часовой пояс подключения",
      unreadCalls: "часть звонков показана без новых событий: эта версия не может прочитать их записи",
      unlistedLine: "звонят на линию, которой нет в настройках: она звонит у всех",
    },
    causes: {
      unauthorized: "АТС не принимает ключ",
      unreachable: "АТС недоступна, пробуем снова",
      rateLimited: "АТС ограничивает частоту запросов",
      protocol: "АТС отвечает неожиданно",
      storage: "диск переполнен или база не открывается",
      badSignatures: "приходят сообщения с неверной подписью",
    },
    officeCauses: {
      unreachable: "нет связи с офисом. Переподключаемся…",
      tokenRefused: "офис не принимает токен. Введите новый в настройках",
      forbidden: "с этого компьютера к офису не пускают. Попросите доступ у администратора",
      tokenMissing: "токена нет в хранилище паролей. Введите его в настройках",
      keyringLocked: "хранилище паролей закрыто или не отвечает. Подключимся, как только оно откроется",
      notAGateway: "по этому адресу отвечает не шлюз Трубки. Спросите адрес у администратора",
      badAddress: "адрес не годится. Отключите офис в настройках и подключите заново",
      storage: "звонки не записываются на этот компьютер. Проверьте место на диске",
    },
    worksMeanwhile:
      "Карточки не появятся, звонить отсюда нельзя: звоните с телефона. Заметки сохраним и отправим, когда связь вернётся.",
    othersWork: "Звонков этого офиса пока не видно, остальное работает.",
    checkNow: "Проверить сейчас",
    live: "на связи",
    notLive: "нет связи",
    understood: "Понятно",
    notices: {
      noKeyring: "Хранилища паролей нет: ключи забудутся, когда программа закроется.",
      keyStays:
        "Хранилище паролей закрыто: удалённый ключ пока в нём. Программа уберёт его сама при следующем запуске.",
      noTray: "На этом рабочем столе нет трея: закрыв окно, вы закроете программу.",
      noNotifications: "Уведомления системы недоступны: о звонках скажет только карточка.",
      databaseSetAside: "База звонков была повреждена. Её копия сохранена, начата новая.",
      diskFull: "Диск переполнен: новые звонки не записываются, пока нет места.",
      noCardPlacement: "Этот рабочий стол не даёт показать карточку в углу: вместо неё придут уведомления.",
      noteRefused: "Офис не принял заметку или итог: они остались только на этом компьютере.",
    },
  },
  en: {
    views: "Views",
    now: "Now",
    calls: "Calls",
    people: "Desks",
    diagnostics: "Diagnostics",
    settings: "Settings",
    leaveDemo: "Leave the demo",
    leaveDemoHint: "The calls here are not real. Nothing of the demo stays behind.",
    starting: "Opening your calls…",
    allLive: "All connected",
    connecting: "connecting…",
    catchingUp: "catching up with what happened…",
    draining: (events) =>
      events > 0 ? `fetching what was missed: ${englishCount(events, "event", "events")}` : "fetching missed events…",
    waiting: "waiting for the first call from the PBX",
    lost: (since) => `no connection to the office since ${since}. Reconnecting…`,
    gap: (since) => `events may be missing since ${since}`,
    trial: (time) => `trial mode until ${time}`,
    skew: (length) => `the PBX clock differs from ours by ${length}`,
    warnings: {
      wrongZone: "the times of the PBX are off by whole hours: check the connection’s time zone",
      unreadCalls: "some calls are shown without what happened since: this version cannot read their entries",
      unlistedLine: "calls come on a line that the settings do not list: it rings for everybody",
    },
    causes: {
      unauthorized: "the PBX refuses the key",
      unreachable: "the PBX cannot be reached, trying again",
      rateLimited: "the PBX limits the rate of requests",
      protocol: "the PBX answers something unexpected",
      storage: "the disk is full or the database does not open",
      badSignatures: "messages arrive with a wrong signature",
    },
    officeCauses: {
      unreachable: "no connection to the office. Reconnecting…",
      tokenRefused: "the office refuses the token. Enter a new one in Settings",
      forbidden: "something before the office lets nobody through from here. Ask your administrator for access",
      tokenMissing: "the token is not in the keyring. Enter it in Settings",
      keyringLocked: "the keyring is locked or does not answer. Connecting as soon as it does",
      notAGateway: "what answers there is no Trubka gateway. Ask your administrator for the address",
      badAddress: "the address cannot be used. Disconnect the office in Settings and connect it again",
      storage: "its calls cannot be stored on this computer. Check that the disk has room",
    },
    worksMeanwhile:
      "No cards appear and no calls can be placed here: use your phone. Notes are kept and sent once the office is back.",
    othersWork: "Calls of this office are not seen for now; everything else works.",
    checkNow: "Check now",
    live: "connected",
    notLive: "not connected",
    understood: "Got it",
    notices: {
      noKeyring: "There is no keyring: keys are forgotten when the program closes.",
      keyStays:
        "The keyring is locked: a key that you removed is still in it. The program takes it out at its next start.",
      noTray: "This desktop has no tray: closing the window ends the program.",
      noNotifications: "System notifications are not available: only the card tells about calls.",
      databaseSetAside: "The call database was damaged. A copy was kept and a new one was started.",
      diskFull: "The disk is full: new calls are not stored until there is room.",
      noCardPlacement: "This desktop cannot place the card in a corner: notifications stand in for it.",
      noteRefused: "The office did not take a note or an outcome: it stays on this computer only.",
    },
  },
});
