import { texts } from "$lib/language.svelte";

/** The player of recordings. */
export const playerText = texts({
  ru: {
    player: "Запись разговора",
    play: "Слушать",
    pause: "Пауза",
    back: "Назад на 10 секунд",
    forward: "Вперёд на 10 секунд",
    seek: "Место в записи",
    seekValue: (at: string, of: string) => `${at} из ${of}`,
    speed: "Скорость",
    preparing: "Запись готовится, начнём сразу, как придёт…",
    loading: "Открываем запись…",
    measuring: "Запись уже звучит. Дорожки появятся, когда она придёт целиком.",
    close: "Закрыть проигрыватель",
    agent: "Сотрудник",
    customer: "Клиент",
    unreachable: "Запись не удалось получить: нет связи с офисом или АТС. Попробуйте ещё раз.",
  },
  en: {
    player: "Recording",
    play: "Play",
    pause: "Pause",
    back: "Back 10 seconds",
    forward: "Forward 10 seconds",
    seek: "Place in the recording",
    seekValue: (at, of) => `${at} of ${of}`,
    speed: "Speed",
    preparing: "The recording is being prepared, it starts as soon as it arrives…",
    loading: "Opening the recording…",
    measuring: "The recording is playing. Its lanes appear once all of it has arrived.",
    close: "Close the player",
    agent: "Agent",
    customer: "Customer",
    unreachable: "The recording did not come: the office or the PBX cannot be reached. Try again.",
  },
});
