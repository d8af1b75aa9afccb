import type { CardCorner } from "$generated/CardCorner";
import type { Theme } from "$generated/Theme";
import type { Section } from "$features/settings/sections";
import { isolate } from "$lib/isolate";
import { texts } from "$lib/language.svelte";

interface SettingsText {
  title: string;
  savedAtOnce: string;
  sections: Record<Section, string>;
  language: string;
  languageHint: string;
  systemLanguage: string;
  russian: string;
  english: string;
  theme: string;
  themeHint: string;
  themes: Record<Theme, string>;
  corner: string;
  cornerHint: string;
  corners: Record<CardCorner, string>;
  noOffices: string;
  addOffice: string;
  newToken: string;
  disconnect: string;
  disconnectAsk: (office: string) => string;
  lastAdmin: string;
  leaveAnyway: string;
  balance: (amount: string, currency: string | undefined) => string;
  refused: (extensions: string[]) => string;
  says: (words: string) => string;
  demoOffice: string;
  demoOfficeHint: string;
  demoOpen: string;
  demo: string;
  demoHint: string;
  demoRestart: string;
}

const list = (names: string[]) => names.map(isolate).join(", ");

/** The view Settings. */
export const settingsText = texts<SettingsText>({
  ru: {
    title: "Настройки",
    savedAtOnce: "Изменения сохраняются сразу",
    sections: { card: "Карточка", look: "Вид и язык", offices: "Офисы и подключения" },
    language: "Язык",
    languageHint: "Для всех окон.",
    systemLanguage: "Как в системе",
    russian: "Русский",
    english: "English",
    theme: "Оформление",
    themeHint: "Светлое, тёмное или то, что выбрано в системе.",
    themes: { system: "Как в системе", light: "Светлое", dark: "Тёмное" },
    corner: "Где показывать",
    cornerHint: "Угол экрана для карточки звонка.",
    corners: {
      bottomRight: "Справа внизу",
      bottomLeft: "Слева внизу",
      topRight: "Справа вверху",
      topLeft: "Слева вверху",
    },
    noOffices: "Подключений пока нет.",
    addOffice: "Подключить офис",
    newToken: "Новый токен",
    disconnect: "Отключить",
    lastAdmin:
      "Вы последний администратор этого офиса. Можно сначала пригласить другого. Если отключить сейчас, сам офис работает дальше, а нового администратора приглашают на компьютере шлюза: trubka-gateway invite --role admin --name ИМЯ.",
    leaveAnyway: "Всё равно отключить",
    disconnectAsk: (office) =>
      `Отключить офис «${isolate(office)}»? Токен и копия звонков этого офиса удалятся с компьютера.`,
    demoOffice: "Демо",
    demoOfficeHint:
      "Придуманный офис со звонками. Трубка откроется заново; ваши офисы останутся, звонки их покажутся потом.",
    demoOpen: "Открыть демо",
    demo: "АТС в демо",
    demoHint: "Демо начнётся заново с отмеченными АТС.",
    demoRestart: "Начать демо заново",
    balance: (amount, currency) => isolate(`баланс ${amount} ${currency ?? ""}`.trim()),
    refused: (extensions) =>
      extensions.length === 1
        ? `АТС не подключает номер ${list(extensions)}. Проверьте его в настройках АТС и офиса.`
        : `АТС не подключает номера ${list(extensions)}. Проверьте их в настройках АТС и офиса.`,
    says: (words) => `Ответ программы: ${isolate(words)}`,
  },
  en: {
    title: "Settings",
    savedAtOnce: "Changes are saved at once",
    sections: { card: "Card", look: "Look and language", offices: "Offices and connections" },
    language: "Language",
    languageHint: "For all windows.",
    systemLanguage: "System default",
    russian: "Русский",
    english: "English",
    theme: "Appearance",
    themeHint: "Light, dark, or what the system has chosen.",
    themes: { system: "System default", light: "Light", dark: "Dark" },
    corner: "Where to show it",
    cornerHint: "The corner of the screen for the card of a call.",
    corners: {
      bottomRight: "Bottom right",
      bottomLeft: "Bottom left",
      topRight: "Top right",
      topLeft: "Top left",
    },
    noOffices: "There are no connections yet.",
    addOffice: "Connect an office",
    newToken: "New token",
    disconnect: "Disconnect",
    lastAdmin:
      "You are the last administrator of this office. You may invite another one first. If you disconnect now, the office itself goes on, and the next administrator is invited on the gateway’s computer: trubka-gateway invite --role admin --name NAME.",
    leaveAnyway: "Disconnect all the same",
    disconnectAsk: (office) =>
      `Disconnect ${isolate(office)}? Its token and the copy of its calls go from this computer.`,
    demoOffice: "Demo",
    demoOfficeHint:
      "A made-up office with calls. Trubka opens anew; your offices stay, and their calls are shown afterwards.",
    demoOpen: "Open the demo",
    demo: "PBXs of the demo",
    demoHint: "The demo begins again with the PBXs that are ticked.",
    demoRestart: "Start the demo again",
    balance: (amount, currency) => isolate(`balance ${amount} ${currency ?? ""}`.trim()),
    refused: (extensions) =>
      extensions.length === 1
        ? `The PBX does not connect extension ${list(extensions)}. Check it in the settings of the PBX and the office.`
        : `The PBX does not connect extensions ${list(extensions)}. Check them in the settings of the PBX and the office.`,
    says: (words) => `The program says: ${isolate(words)}`,
  },
});
