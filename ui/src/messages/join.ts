import type { JoinProblem } from "$generated/JoinProblem";
import { isolate } from "$lib/isolate";
import { texts } from "$lib/language.svelte";

interface JoinText {
  title: string;
  hint: string;
  reading: string;
  isFor: (office: string, person: string, extensions: string[]) => string;
  gateway: string;
  certificate: string;
  ownCertificate: string;
  validUntil: string;
  demoEnds: string;
  join: string;
  joining: string;
  again: string;
  problems: Record<JoinProblem, string>;
}

const list = (words: string[]) => words.map(isolate).join(", ");

/** An invitation. */
export const joinText = texts<JoinText>({
  ru: {
    title: "Вас пригласили в офис",
    hint: "Ссылку передала другая программа. Войдите, только если ждали приглашение от администратора.",
    reading: "Спрашиваем у офиса, для кого приглашение…",
    isFor: (office, person, extensions) => `Офис «${isolate(office)}», вы ${list([person, ...extensions])}`,
    gateway: "Шлюз",
    certificate: "Сертификат",
    ownCertificate: "собственный, совпал с приглашением",
    validUntil: "Действует до",
    demoEnds: "Демо закроется, и Трубка спросит ещё раз.",
    join: "Войти в офис",
    joining: "Входим…",
    again: "Ещё раз",
    problems: {
      notALink: "Это не приглашение, или ссылка скопирована не целиком. Скопируйте её из письма ещё раз.",
      codeUnknown: "Офис не знает этого приглашения. Проверьте ссылку или попросите у администратора новую.",
      codeUsed: "Приглашением уже воспользовались. Попросите у администратора новое.",
      codeExpired: "Срок приглашения вышел. Попросите у администратора новое.",
      codeRevoked: "Администратор отозвал это приглашение. Попросите у него новое.",
      tooOften: "Слишком много попыток. Подождите минуту и попробуйте ещё раз.",
      nameNotFound: "Адрес офиса не находится. Проверьте ссылку и подключение к сети.",
      noNameServer: "Адрес офиса сейчас не узнать: нет сети или не отвечает DNS. Проверьте подключение.",
      forbidden: "К офису с этого компьютера не пускают. Попросите доступ у администратора.",
      noAnswer:
        "По адресу офиса никто не отвечает: шлюз выключен или порт закрыт. Попробуйте позже или скажите администратору.",
      untrusted: "Сертификату шлюза этот компьютер не доверяет. Код не отправлен. Скажите администратору.",
      otherCertificate:
        "У шлюза не тот сертификат, что назван в приглашении. Код не отправлен. Скажите администратору.",
      tooOld: "Этот шлюз старой версии и приглашений не знает. Попросите администратора обновить его.",
      notAGateway: "По адресу из приглашения отвечает не шлюз Трубки. Скажите администратору.",
      notNow: "Шлюз сейчас не справился. Попробуйте ещё раз.",
      replaced: "Открыто уже другое приглашение. Прочитайте его и ответьте на него.",
      notKept: "База на диске не отвечает, офис не сохранён. Освободите место и попробуйте ещё раз.",
    },
  },
  en: {
    title: "You are invited to an office",
    hint: "Another program handed this link over. Join only if you expect an invitation from your administrator.",
    reading: "Asking the office whom the invitation is for…",
    isFor: (office, person, extensions) => `Office “${isolate(office)}”, you are ${list([person, ...extensions])}`,
    gateway: "Gateway",
    certificate: "Certificate",
    ownCertificate: "its own, as the invitation says",
    validUntil: "Valid until",
    demoEnds: "The demo closes, and Trubka asks once more.",
    join: "Join the office",
    joining: "Joining…",
    again: "Try again",
    problems: {
      notALink: "This is no invitation, or not the whole link. Copy it from the message again.",
      codeUnknown: "The office does not know this invitation. Check the link or ask your administrator for a new one.",
      codeUsed: "This invitation has been used already. Ask your administrator for a new one.",
      codeExpired: "This invitation has expired. Ask your administrator for a new one.",
      codeRevoked: "The administrator took this invitation back. Ask for a new one.",
      tooOften: "Too many attempts. Wait a minute and try again.",
      nameNotFound: "The office’s address is not found. Check the link and your network.",
      noNameServer:
        "The office’s address cannot be looked up now: no network, or no DNS server answers. Check your network.",
      forbidden:
        "Something before the office lets nobody through from this computer. Ask your administrator for access.",
      noAnswer:
        "Nobody answers at the office’s address: the gateway is off or the port is closed. Try later or tell your administrator.",
      untrusted:
        "This computer does not trust the gateway’s certificate. The code was not sent. Tell your administrator.",
      otherCertificate:
        "The gateway has another certificate than the invitation names. The code was not sent. Tell your administrator.",
      tooOld: "This gateway is an old version without invitations. Ask your administrator to update it.",
      notAGateway: "What answers at this address is no Trubka gateway. Tell your administrator.",
      notNow: "The gateway could not do it just now. Try again.",
      replaced: "Another invitation is open by now. Read that one and answer it.",
      notKept: "The database on the disk does not answer; the office was not kept. Make room and try again.",
    },
  },
});
