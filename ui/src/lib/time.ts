import type { Language } from "$generated/Language";
import { language } from "$lib/language.svelte";
import { timeText } from "$messages/time";

const locales: Record<Language, string> = { ru: "ru-RU", en: "en-GB" };
const formats = new Map<string, Intl.DateTimeFormat>();

function written(date: Date, options: Intl.DateTimeFormatOptions): string {
  const key = language.code + JSON.stringify(options);
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(locales[language.code], options);
    formats.set(key, format);
  }
  return format.format(date);
}

/** A length of time as a clock shows it: `0:04`, `12:05`, `1:02:03`. */
export function duration(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes, seconds] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  const tail = String(seconds).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}

/** A length of time in its greatest unit: `45 с`, `3 ч`. */
export function roughly(ms: number): string {
  const { units } = timeText();
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} ${units.second}`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} ${units.minute}`;
  const hours = Math.round(seconds / 3600);
  return hours < 48 ? `${hours} ${units.hour}` : `${Math.round(hours / 24)} ${units.day}`;
}

/** Hours and minutes: `14:32`. */
export function clockTime(at: string): string {
  return written(new Date(at), { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

/** With seconds: `14:32:04`. */
export function exactTime(at: string): string {
  return written(new Date(at), { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
}

/** The same with its day: `20 ноября, 14:32:04`. */
export function exactDayTime(at: string, nowMs: number): string {
  return `${longDay(new Date(at), new Date(nowMs))}, ${exactTime(at)}`;
}

/** Days between two moments by the calendar of this computer; 0 means the same day. */
export function daysBetween(earlier: Date, later: Date): number {
  const midnight = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((midnight(later) - midnight(earlier)) / 86_400_000);
}

/** A key that is equal for moments of one day. */
export function dayKey(at: string): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

/** The heading of a day in a list: `Сегодня, 20 ноября`. */
export function dayHeading(at: string, nowMs: number): string {
  const [date, now] = [new Date(at), new Date(nowMs)];
  const day = longDay(date, now);
  const ago = daysBetween(date, now);
  if (ago === 0) return `${timeText().today}, ${day}`;
  if (ago === 1) return `${timeText().yesterday}, ${day}`;
  const weekday = written(date, { weekday: "long" });
  return `${weekday.charAt(0).toLocaleUpperCase(locales[language.code])}${weekday.slice(1)}, ${day}`;
}

/** A moment as people say it: `14:32`, `вчера, 16:42`, `3 ноября, 16:42`. */
export function saidTime(at: string, nowMs: number): string {
  const [date, now] = [new Date(at), new Date(nowMs)];
  const ago = daysBetween(date, now);
  if (ago === 0) return clockTime(at);
  if (ago === 1) return `${timeText().yesterdayAt}, ${clockTime(at)}`;
  const sameYear = date.getFullYear() === now.getFullYear();
  return sameYear ? `${longDay(date, now)}, ${clockTime(at)}` : longDay(date, now);
}

function longDay(date: Date, now: Date): string {
  const sameYear = date.getFullYear() === now.getFullYear();
  return written(date, { day: "numeric", month: "long", ...(sameYear ? {} : { year: "numeric" }) });
}
