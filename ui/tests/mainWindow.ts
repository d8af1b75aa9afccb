import App from "$features/shell/App.svelte";
import { Desk } from "$features/shell/desk.svelte";
import { mainPlatform } from "$platform/browser";
import { render } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";

/** The main window over a made-up program. */
export async function show(change: (platform: ReturnType<typeof mainPlatform>) => void = () => {}) {
  const platform = mainPlatform();
  change(platform);
  const desk = new Desk(platform);
  render(App, { desk });
  await desk.start();
  return { desk, platform, user: userEvent.setup() };
}
