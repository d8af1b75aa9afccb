import { afterEach, expect, test } from "vitest";
import { language } from "$lib/language.svelte";
import { connectionTitle } from "./makes";

afterEach(() => {
  language.code = "ru";
});

test("a make's name is written in the language of the window", () => {
  language.code = "ru";
  expect(connectionTitle("Ростелеком (rt1)")).toBe("Ростелеком (rt1)");
  language.code = "en";
  expect(connectionTitle("Ростелеком (rt1)")).toBe("Rostelecom (rt1)");
  expect(connectionTitle("MANGO OFFICE")).toBe("MANGO OFFICE");
});
