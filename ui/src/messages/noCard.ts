import type { NoCard } from "$generated/NoCard";
import { texts } from "$lib/language.svelte";

type Kind = NoCard["kind"];

interface NoCardText {
  /** In a few words, for lists. */
  short: Record<Kind, string>;
  /** In a sentence. */
  cause: (cause: NoCard) => string;
  /** What to do about it. */
  mend: Record<Kind, string>;
  /** What to ask an administrator for, where only he can mend it. */
  ask: Partial<Record<Kind, string>>;
}

/** Seconds, minutes or hours as a sentence needs them. */
function span(ms: number | undefined, russian: boolean): string {
  const seconds = Math.max(1, Math.round((ms ?? 0) / 1000));
  if (seconds < 120) return russian ? `${seconds} с` : `${seconds} s`;
  return russian ? `${Math.round(seconds / 60)} мин` : `${Math.round(seconds / 60)} min`;
}

/** Why a call had no card, and what to do about it. */
export const noCardText = texts<NoCardText>({
  ru: {
    short: {
      refused: "подлинность не подтверждена",
      late: "пришло поздно",
      onlyInMenu: "только в меню",
      rangOthers: "звонил другим",
      lineOfOtherGroups: "линия другой группы",
      noPhoneHere: "нет телефона на этой АТС",
      answeredFirst: "ответили раньше показа",
      placedOnPhone: "набран на телефоне",
      deskAway: "не было на связи",
      rangTooLong: "звонил слишком долго",
      over: "закончился раньше",
      noPlace: "не хватило места",
      notReported: "место не сообщило",
      trial: "пробный режим",
    },
    cause: (cause) => {
      switch (cause.kind) {
        case "refused":
          return "Пришло сообщение без верной подписи, поэтому оно не принято. Прислать его могла и не ваша АТС.";
        case "late":
          return cause.byMs === undefined
            ? "АТС сообщила о звонке слишком поздно: телефон уже не звонил."
            : `АТС сообщила о звонке на ${span(cause.byMs, true)} позже: телефон уже не звонил.`;
        case "onlyInMenu":
          return "Звонок был только в меню или очереди: никому не звонил.";
        case "rangOthers":
          return cause.who.length > 0 ? `Звонил другим: ${cause.who.join(", ")}.` : "Звонил другим телефонам.";
        case "lineOfOtherGroups":
          return cause.groups.length > 0
            ? `Линия «${cause.line}» звонит группе: ${cause.groups.join(", ")}. Этого человека в ней нет.`
            : `Линия «${cause.line}» не входит ни в одну группу, поэтому никому не звонит.`;
        case "noPhoneHere":
          return `У этого человека нет телефона в подключении ${cause.connection}.`;
        case "answeredFirst":
          return "Когда рабочее место узнало о звонке, на него уже ответили или трубку положили.";
        case "placedOnPhone":
          return "Звонок набран на самом телефоне. Карточка исходящего появляется, если звонить с экрана.";
        case "deskAway":
          return "Рабочее место в это время не было на связи с офисом: выключено, спало или без сети.";
        case "rangTooLong":
          return "Рабочее место вернулось на связь, когда телефон звонил уже больше двух минут.";
        case "over":
          return "Когда рабочее место узнало о звонке, он уже закончился.";
        case "noPlace":
          return "Одновременно звонили ещё четыре: карточка ждала места под ними.";
        case "notReported":
          return "Рабочее место было на связи, но не сообщило, что показало: возможно, там старая версия.";
        case "trial":
          return "Подключение было в пробном режиме: такой звонок видят только администраторы.";
      }
    },
    mend: {
      refused: "Сверьте ключи подключения с кабинетом АТС.",
      late: "Проверьте часы и часовой пояс подключения, затем связь с АТС.",
      onlyInMenu: "Так и должно быть, если звонящий не дошёл до сотрудника.",
      rangOthers: "Так и должно быть, если звонок не для этого человека.",
      lineOfOtherGroups: "Добавьте человека в группу линии или линию в его группу.",
      noPhoneHere: "Дайте человеку добавочный в этом подключении.",
      answeredFirst: "Если так бывает часто, сравните время на шагах пути.",
      placedOnPhone: "Набирайте номер в поле сверху, чтобы видеть карточку.",
      deskAway: "Включите запуск вместе с системой и проверьте сеть.",
      rangTooLong: "Проверьте, почему рабочее место теряло связь.",
      over: "Сравните время на шагах пути: видно, где задержка.",
      noPlace: "Закройте карточки, которые больше не нужны.",
      notReported: "Обновите программу на этом компьютере.",
      trial: "Закончите пробный режим, когда проверка прошла.",
    },
    ask: {
      refused: "Попросите администратора сверить ключи подключения с кабинетом АТС.",
      late: "Попросите администратора проверить часы и связь подключения с АТС.",
      lineOfOtherGroups: "Попросите администратора добавить вас в группу этой линии.",
      noPhoneHere: "Попросите администратора дать вам добавочный в этом подключении.",
      trial: "Попросите администратора закончить пробный режим этого подключения.",
    },
  },
  en: {
    short: {
      refused: "signature did not match",
      late: "came late",
      onlyInMenu: "only in the menu",
      rangOthers: "rang others",
      lineOfOtherGroups: "line of another group",
      noPhoneHere: "no phone at this PBX",
      answeredFirst: "answered before it showed",
      placedOnPhone: "dialled on the phone",
      deskAway: "was not online",
      rangTooLong: "had rung too long",
      over: "was over before",
      noPlace: "no room left",
      notReported: "desk did not say",
      trial: "trial mode",
    },
    cause: (cause) => {
      switch (cause.kind) {
        case "refused":
          return "A message came without a right signature, so it was not accepted. It may have come from somebody else than your PBX.";
        case "late":
          return cause.byMs === undefined
            ? "The PBX told of the call too late: the phone had stopped ringing."
            : `The PBX told of the call ${span(cause.byMs, false)} late: the phone had stopped ringing.`;
        case "onlyInMenu":
          return "The call was only in the menu or a queue: it rang nobody.";
        case "rangOthers":
          return cause.who.length > 0 ? `It rang others: ${cause.who.join(", ")}.` : "It rang other phones.";
        case "lineOfOtherGroups":
          return cause.groups.length > 0
            ? `“${cause.line}” rings the group ${cause.groups.join(", ")}. This person is not in it.`
            : `“${cause.line}” is in no group, so it rings nobody.`;
        case "noPhoneHere":
          return `This person has no phone at the connection ${cause.connection}.`;
        case "answeredFirst":
          return "When the desk heard of the call, it had been answered or hung up already.";
        case "placedOnPhone":
          return "The call was dialled on the phone itself. An outgoing call has a card when it is placed on the screen.";
        case "deskAway":
          return "The desk was not in touch with the office then: switched off, asleep or without a network.";
        case "rangTooLong":
          return "The desk came back when the phone had been ringing for more than two minutes.";
        case "over":
          return "When the desk heard of the call, it was over.";
        case "noPlace":
          return "Four other calls rang at the same time: the card waited for room below them.";
        case "notReported":
          return "The desk was online and did not say what it showed: it may be an old version.";
        case "trial":
          return "The connection was in trial mode: administrators alone see such a call.";
      }
    },
    mend: {
      refused: "Compare the connection’s keys with those in the PBX’s account.",
      late: "Check the connection’s clock and time zone, then the link to the PBX.",
      onlyInMenu: "That is right where the caller did not reach anybody.",
      rangOthers: "That is right where the call is not for this person.",
      lineOfOtherGroups: "Add the person to the line’s group, or the line to his.",
      noPhoneHere: "Give the person an extension at this connection.",
      answeredFirst: "If it happens often, compare the times along the way.",
      placedOnPhone: "Type the number into the field above to see a card.",
      deskAway: "Start the program with the system, and check the network.",
      rangTooLong: "Find out why the desk lost its link.",
      over: "Compare the times along the way: they show where it was delayed.",
      noPlace: "Close the cards that are no longer needed.",
      notReported: "Update the program on that computer.",
      trial: "End trial mode once the check has passed.",
    },
    ask: {
      refused: "Ask an administrator to compare the connection’s keys with those in the PBX’s account.",
      late: "Ask an administrator to check the connection’s clock and its link to the PBX.",
      lineOfOtherGroups: "Ask an administrator to add you to the group of this line.",
      noPhoneHere: "Ask an administrator for an extension at this connection.",
      trial: "Ask an administrator to end trial mode of this connection.",
    },
  },
});
