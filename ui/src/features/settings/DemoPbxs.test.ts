import type { DemoPbx } from "$generated/DemoPbx";
import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import DemoPbxs from "./DemoPbxs.svelte";

const pbx = (make: string, runs: boolean): DemoPbx => ({ make, title: { ru: make, en: make }, runs });
const PBXS = [pbx("rostelecom", true), pbx("era", false)];

it("starts the demo again with the PBXs that were chosen", async () => {
  const start = vi.fn(async () => {});
  render(DemoPbxs, { load: async () => PBXS, start });
  const restart = await screen.findByTestId<HTMLButtonElement>("demo-restart");
  expect(restart.disabled).toBe(true);
  await userEvent.click(screen.getByLabelText("era"));
  await userEvent.click(screen.getByLabelText("rostelecom"));
  await userEvent.click(restart);
  expect(start).toHaveBeenCalledExactlyOnceWith(["era"]);
});

it("starts no demo without a PBX", async () => {
  render(DemoPbxs, { load: async () => PBXS, start: async () => {} });
  const restart = await screen.findByTestId<HTMLButtonElement>("demo-restart");
  await userEvent.click(screen.getByLabelText("rostelecom"));
  expect(restart.disabled).toBe(true);
});
