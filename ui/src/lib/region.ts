import type { Language } from "$generated/Language";
import type { RegionView } from "$generated/RegionView";
import { language, titleOf } from "./language.svelte";

const countries = new Map<Language, Intl.DisplayNames>();

/** Where a number belongs, in words: the town of a fixed line, or another country. */
export function regionWords(region: RegionView | undefined): string | undefined {
  if (!region) return undefined;
  if (region.area) return titleOf(region.area);
  return region.country === "RU" ? undefined : countryName(region.country);
}

function countryName(country: string): string | undefined {
  const { code } = language;
  const names = countries.get(code) ?? new Intl.DisplayNames([code], { type: "region" });
  countries.set(code, names);
  return names.of(country);
}
