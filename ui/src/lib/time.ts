import type { Language } from "$generated/Language";
import { language } from "$lib/language.svelte";
import { uncapital } from "$lib/grammar";
import { wallClock } from "$lib/zone.svelte";
import { dayText, timeText, unitText } from "$messages/time";

const locales: Record<Language, string> = { ru: "ru-RU", en: "en-GB" };
const formats = new Map<string, Intl.DateTimeFormat>();

/** Writes what the wall clock shows. */
function written(wall: Date, options: Intl.DateTimeFormatOptions): string {
  const key = language.code + JSON.stringify(options);
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(locales[language.code], { ...options, timeZone: "UTC" });
    formats.set(key, format);
  }
  return format.format(wall);
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
  const units = unitText();
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} ${units.second}`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} ${units.minute}`;
  const hours = Math.round(seconds / 3600);
  return hours < 48 ? `${hours} ${units.hour}` : `${Math.round(hours / 24)} ${units.day}`;
}

/** Hours and minutes: `14:32`. */
export function clockTime(at: string): string {
  return written(wallClock(at), { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

/** With seconds: `14:32:04`. */
export function exactTime(at: string): string {
  return written(wallClock(at), { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
}

/** The same with its day: `20 ноября, 14:32:04`. */
export function exactDayTime(at: string, nowMs: number): string {
  return `${longDay(wallClock(at), wallClock(nowMs))}, ${exactTime(at)}`;
}

/** Days between what the wall clock shows at two moments; 0 means the same day. */
function daysBetween(earlier: Date, later: Date): number {
  const day = (wall: Date) => Math.floor(wall.getTime() / 86_400_000);
  return day(later) - day(earlier);
}

/** The hour on the wall clock. */
export function hourOf(ms: number): number {
  return wallClock(ms).getUTCHours();
}

/** A key that is equal for moments of one day. */
export function dayKey(at: string | number): string {
  return wallClock(at).toISOString().slice(0, 10);
}

/** Whether a moment is of the day that it is now. */
export function isToday(at: string, nowMs: number): boolean {
  return dayKey(at) === dayKey(nowMs);
}

/** The heading of a day in a list: `Сегодня, 20 ноября`. */
export function dayHeading(at: string, nowMs: number): string {
  const [date, now] = [wallClock(at), wallClock(nowMs)];
  const day = longDay(date, now);
  const ago = daysBetween(date, now);
  if (ago === 0) return `${dayText().today}, ${day}`;
  if (ago === 1) return `${dayText().yesterday}, ${day}`;
  const weekday = written(date, { weekday: "long" });
  return `${weekday.charAt(0).toLocaleUpperCase(locales[language.code])}${weekday.slice(1)}, ${day}`;
}

/** A moment as people say it: `14:32`, `вчера, 16:42`, `3 ноября, 16:42`. */
export function spokenTime(at: string, nowMs: number): string {
  const [date, now] = [wallClock(at), wallClock(nowMs)];
  const ago = daysBetween(date, now);
  if (ago === 0) return clockTime(at);
  if (ago === 1) return `${timeText().yesterdayAt}, ${clockTime(at)}`;
  const sameYear = date.getUTCFullYear() === now.getUTCFullYear();
  return sameYear ? `${longDay(date, now)}, ${clockTime(at)}` : longDay(date, now);
}

/** A day as people say it within a sentence: `сегодня`, `вчера`, `3 ноября`. */
export function nearDay(at: string, nowMs: number): string {
  const ago = daysBetween(wallClock(at), wallClock(nowMs));
  if (ago === 0) return uncapital(dayText().today);
  return ago === 1 ? uncapital(dayText().yesterday) : spokenDay(at, nowMs);
}

/** A day as people say it: `3 ноября`. */
export function spokenDay(at: string, nowMs: number): string {
  return longDay(wallClock(at), wallClock(nowMs));
}

/** A day in figures, where there is room for no more: `14.03.27`. */
export function shortDay(at: string): string {
  return written(wallClock(at), { day: "2-digit", month: "2-digit", year: "2-digit" });
}

function longDay(date: Date, now: Date): string {
  const sameYear = date.getUTCFullYear() === now.getUTCFullYear();
  return written(date, { day: "numeric", month: "long", ...(sameYear ? {} : { year: "numeric" }) });
}
