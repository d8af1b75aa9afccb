import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Desktop } from '../harness/desktop.ts';
import { program, until } from '../harness/process.ts';
import { newProfile } from '../harness/trubka.ts';

const NAME = 'Рога & Копыта <опт>';
const MISSED = { at: '1s', make: 'rostelecom', call: 'missed', from: '+79001234567', name: NAME, rings: ['202'] };

/** Title and body of each notification on this bus, as they are sent. */
async function notifications(desktop: Desktop): Promise<string[][]> {
  const found: string[][] = [];
  let said = '';
  const monitor = desktop.start('monitor', 'dbus-monitor', ['--session', "member='Notify'"]);
  monitor.child.stdout!.setEncoding('utf8').on('data', (piece: string) => {
    said += piece;
    // Program, number, icon, title, body.
    const call =
      /member=Notify\n {3}string ".*"\n {3}uint32 \d+\n {3}string ".*"\n {3}string "(.*)"\n {3}string "(.*)"\n/;
    for (let match = call.exec(said); match; match = call.exec(said)) {
      found.push([match[1] as string, match[2] as string]);
      said = said.slice(match.index + match[0].length);
    }
  });
  await monitor.firstLine;
  return found;
}

test.concurrent.each([
  { markup: true, body: 'Рога &amp; Копыта &lt;опт&gt;, +7 900 123-45-67' },
  { markup: false, body: 'Рога & Копыта <опт>, +7 900 123-45-67' },
])('a name arrives whole where the service reads markup: $markup', async ({ markup, body }) => {
  const name = `notification-${markup ? 'markup' : 'plain'}`;
  const [desktop, profile] = [new Desktop(name), newProfile()];
  try {
    await desktop.startBus();
    await desktop.startNotifications(markup);
    const service = ['org.freedesktop.Notifications', '/org/freedesktop/Notifications'] as const;
    const capabilities = desktop.call(...service, 'org.freedesktop.Notifications.GetCapabilities');
    expect(capabilities.includes('body-markup')).toBe(markup);
    const sent = await notifications(desktop);
    const script = path.join(profile, 'calls.jsonl');
    writeFileSync(script, JSON.stringify({ ...MISSED, ring: '1s' }));
    // Where windows cannot be placed, notifications stand in for the card; GTK falls back to X11.
    Object.assign(desktop.env, { WAYLAND_DISPLAY: 'nobody', GDK_BACKEND: '*' });
    Object.assign(desktop.env, { TRUBKA_PROFILE: profile, TRUBKA_LANG: 'en', TRUBKA_LOG: 'info' });
    desktop.start('trubka', program('TRUBKA_BIN'), ['--hidden', '--demo-script', script]);
    await until('the ringing and the missed call were told', async () => sent.length >= 2);
    expect(sent).toEqual([
      [`${NAME}, +7 900 123-45-67`, 'Incoming call · Sales'],
      ['Missed call', body],
    ]);
  } finally {
    await desktop.stop();
    rmSync(profile, { recursive: true, force: true });
  }
});
