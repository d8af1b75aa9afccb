import { texts } from "$lib/language.svelte";

/** The first screen. */
export const welcomeText = texts({
  ru: {
    title: "Звонки вашей АТС на этом компьютере",
    lead: "Trubka показывает, кто звонит, набирает номер одним щелчком и проигрывает записи. Говорите вы, как и прежде, по телефону.",
    demoTitle: "Посмотреть, как это работает",
    demoText: "Учебный офис с придуманными звонками. Учётная запись не нужна.",
    demoAction: "Открыть демо",
    officeTitle: "Подключиться к офису",
    officeText: "Адрес и токен выдаёт администратор вашей АТС.",
    address: "Адрес",
    addressExample: "https://calls.example.org",
    token: "Токен",
    connect: "Подключиться",
    connecting: "Подключаемся…",
    numberWaits: "Чтобы позвонить, подключитесь к офису.",
  },
  en: {
    title: "Your PBX calls on this computer",
    lead: "Trubka shows who is calling, dials a number in one click and plays recordings. You talk on your phone, as before.",
    demoTitle: "See how it works",
    demoText: "A practice office with made-up calls. No account needed.",
    demoAction: "Open the demo",
    officeTitle: "Connect to your office",
    officeText: "Your PBX administrator gives you the address and the token.",
    address: "Address",
    addressExample: "https://calls.example.org",
    token: "Token",
    connect: "Connect",
    connecting: "Connecting…",
    numberWaits: "Connect to an office to call.",
  },
});
