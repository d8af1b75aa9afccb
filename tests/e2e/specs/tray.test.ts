import path from 'node:path';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Desktop } from '../harness/desktop.ts';
import { program, until } from '../harness/process.ts';
import { Trubka } from '../harness/trubka.ts';

const desktop = new Desktop('tray');
let trubka: Trubka;
/** The icon on the bus. */
let icon: { program: string; object: string };

beforeAll(async () => {
  await desktop.startScreen(1366, 768, 0);
  await desktop.startBus();
  trubka = await Trubka.start({ name: 'tray', desktop });
});

afterAll(async () => {
  await trubka?.stop();
  await desktop.stop();
});

/** What the icon says of itself. */
function property(name: string): string {
  const [of, which] = ['string:org.kde.StatusNotifierItem', `string:${name}`];
  return desktop.call(icon.program, icon.object, 'org.freedesktop.DBus.Properties.Get', of, which);
}

/** Chooses an entry of the icon's menu by its text. */
function choose(text: string): void {
  const menu = /object path "(.*)"/.exec(property('Menu'))?.[1] as string;
  const whole = ['int32:0', 'int32:-1', 'array:string:label'];
  const layout = desktop.call(icon.program, menu, 'com.canonical.dbusmenu.GetLayout', ...whole);
  const entry = new RegExp(`int32 (\\d+)\\s+array \\[\\s+dict entry\\(\\s+string "label"\\s+variant +string "${text}"`);
  const id = entry.exec(layout)?.[1];
  if (!id) throw new Error(`the menu has no ${text}: ${layout}`);
  const click = [`int32:${id}`, 'string:clicked', 'variant:int32:0', 'uint32:0'];
  desktop.call(icon.program, menu, 'com.canonical.dbusmenu.Event', ...click);
}

const mainWindows = () => desktop.windows('--name', '^Trubka$');

test('a panel that comes after the program shows its icon, and the program says no more that there is none', async () => {
  await trubka.main();
  await until('it says that there is no tray', async () => /tray/i.test(await trubka.text('notice')));
  const panel = desktop.start('panel', path.join(path.dirname(program('TRUBKA_BIN')), 'tray-host'), []);
  icon = JSON.parse(await panel.firstLine) as typeof icon;
  expect(property('Id')).toContain('trubka');
  expect(property('Status')).toContain('"Active"');
  await until('it says so no more', async () => !(await trubka.has('notice')));
});

test('with it main can be closed and opened again', async () => {
  const main = await until('main is open', async () => mainWindows()[0]);
  desktop.xdotool('windowactivate', '--sync', main, 'key', 'alt+F4');
  await until('main has gone', async () => mainWindows().length === 0);
  choose('Open Trubka');
  await until('main is open again', async () => mainWindows().length === 1);
});
