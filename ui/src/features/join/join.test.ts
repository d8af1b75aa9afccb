import { mainPlatform } from "$platform/browser";
import { LINK } from "$platform/fake/joining";
import { mainView } from "$platform/fake/views";
import App from "$features/shell/App.svelte";
import { parts } from "$features/shell/parts";
import { Desk } from "$features/shell/desk.svelte";
import { objections } from "$tests/axe";
import { render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeAll, describe, expect, it, vi } from "vitest";

beforeAll(() => Promise.all([parts.welcome.fetch(), parts.invitation.fetch(), parts.settings.fetch()]));

async function show(errand = false) {
  const platform = mainPlatform();
  const view = { ...mainView(), stage: "welcome" as const, offices: [] };
  platform.startMain = async () => ({ view: errand ? { ...view, errand: { id: 1, task: { kind: "join" } } } : view });
  const desk = new Desk(platform);
  render(App, { desk });
  await desk.start();
  const read = vi.spyOn(platform, "readInvitation");
  const join = vi.spyOn(platform, "joinOffice");
  return { desk, platform, user: userEvent.setup(), read, join };
}

/** Once the half second in which nothing may act is over. */
async function yes(user: ReturnType<typeof userEvent.setup>): Promise<void> {
  await waitFor(() => expect(screen.getByTestId<HTMLButtonElement>("invitation-join").disabled).toBe(false));
  await user.click(screen.getByTestId("invitation-join"));
}

describe("an invitation", () => {
  it("that is pasted names office and person, hides its code, and is joined by a yes alone", async () => {
    const { user, join } = await show();
    await user.click(screen.getByTestId("office-address"));
    await user.paste(LINK);
    expect((await screen.findByTestId("invitation-for")).textContent).toContain("Офис «Ладога», вы Пётр Волков, 102");
    expect(document.body.innerHTML).not.toContain("01234");
    expect(document.querySelectorAll("input")).toHaveLength(0);
    expect(await objections()).toEqual([]);
    expect(join).not.toHaveBeenCalled();
    await yes(user);
    expect(join).toHaveBeenCalledWith({ invitation: 1 });
    expect(await screen.findByTestId("nav-calls")).toBeTruthy();
  });

  it("that another program hands over is shown and asked about, and goes with a no", async () => {
    const { user, join, desk } = await show(true);
    expect((await screen.findByTestId("invitation-host")).textContent).toBe("calls.ladoga.example");
    expect(screen.getByTestId<HTMLButtonElement>("invitation-join").disabled).toBe(true);
    expect(await objections()).toEqual([]);
    await user.click(screen.getByTestId("invitation-cancel"));
    expect(desk.joining.shown).toBe(false);
    expect(await screen.findByTestId("office-address")).toBeTruthy();
    expect(join).not.toHaveBeenCalled();
  });

  it("that cannot be used says why, and is asked about again", async () => {
    const { user, read } = await show();
    await user.click(screen.getByTestId("office-address"));
    await user.paste(`${LINK}?problem=codeUsed`);
    expect((await screen.findByTestId("error")).textContent).toContain("Приглашением уже воспользовались");
    expect(screen.queryByTestId("invitation-join")).toBeNull();
    await user.click(screen.getByText("Ещё раз"));
    expect(read).toHaveBeenCalledTimes(2);
  });

  it("that comes while another is joined is shown and asked about after that", async () => {
    const { user, platform, desk } = await show(true);
    let joined = (_: object): void => undefined;
    vi.spyOn(platform, "joinOffice").mockReturnValueOnce(new Promise((done) => (joined = done)));
    await screen.findByTestId("invitation-host");
    await yes(user);
    desk.joining.open();
    joined({});
    await screen.findByTestId("invitation-join");
    expect(desk.joining.shown).toBe(true);
    expect(await screen.findByTestId("invitation-host")).toBeTruthy();
  });

  it("leaves an address and a token to those who have these", async () => {
    const { user, platform } = await show();
    const connect = vi.spyOn(platform, "connectOffice");
    expect(screen.queryByTestId("office-token")).toBeNull();
    await user.type(screen.getByTestId("office-address"), "https://calls.example.org");
    await user.type(await screen.findByTestId("office-token"), "t{Enter}");
    expect(connect).toHaveBeenCalledWith({ address: "https://calls.example.org", token: "t" });
  });
});
