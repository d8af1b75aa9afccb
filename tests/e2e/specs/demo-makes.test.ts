//! The demo on the PBX of each make: its calls come the way that this make tells of them, and it can be chosen in the demo.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ended, output, until } from '../harness/process.ts';
import { newProfile, plain, Trubka } from '../harness/trubka.ts';

/** How each is called on screens, and whether it tells of a call while it rings. */
const MAKES = [
  { make: 'rostelecom', title: 'Rostelecom, Integration API', rings: true },
  { make: 'mango-client', title: 'MANGO OFFICE, server-client API', rings: true },
  { make: 'mango-vpbx', title: 'MANGO OFFICE (VPBX)', rings: true },
  { make: 'zadarma', title: 'Zadarma', rings: true },
  { make: 'novofon', title: 'Novofon', rings: true },
  { make: 'era', title: 'Era platform', rings: true },
  { make: 'ringcloud', title: 'RingCloud', rings: false },
];

const folder = path.join(output, 'makes');
mkdirSync(folder, { recursive: true });

test.each(MAKES)('$make plays the demo', async ({ make, title, rings }) => {
  const trubka = await Trubka.start({ name: `demo-${make}`, args: ['--demo', '--make', make] });
  try {
    if (rings) {
      await trubka.card();
      await trubka.find('call-card');
      expect(await trubka.text('call-card-name')).toBe('Mary Smith');
      expect(await trubka.text('call-card-number')).toContain('+7 900 123-45-67');
      await trubka.picture(path.join(folder, `${make}-card.png`));
    }
    await trubka.main();
    await trubka.click('nav-calls');
    const row = await trubka.find('call-row', 60_000);
    expect(plain(await row.getProperty('textContent'))).toContain(rings ? 'Mary Smith' : '+7');
    if (!rings) expect(cards()).toEqual([]);
    await trubka.picture(path.join(folder, `${make}-calls.png`));
    await trubka.click('nav-settings');
    const pbxs = await trubka.find('demo-pbxs');
    const offered = await pbxs.$$('label').map(async (label) => ({
      title: plain(await label.getProperty('textContent')),
      runs: await label.$('input').isSelected(),
    }));
    expect(offered.map((pbx) => pbx.title).sort()).toEqual(MAKES.map((one) => one.title).sort());
    expect(offered.filter((pbx) => pbx.runs).map((pbx) => pbx.title)).toEqual([title]);
    expect(await trubka.text('connection-row')).toContain(title.split(/[,(]/)[0]?.trim());
    await trubka.click('connection-abilities');
    await trubka.picture(path.join(folder, `${make}-settings.png`));
  } finally {
    await trubka.stop();
  }
});

/** The arguments with which the program of this profile was started, once it is another than this one. */
async function restartedWith(profile: string, before: number): Promise<string[]> {
  let pid = before;
  await until('the program has started again', async () => {
    pid = (JSON.parse(readFileSync(path.join(profile, 'instance.json'), 'utf8')) as { pid: number }).pid;
    return pid !== before;
  });
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(1, -1);
}

test('the switch in the demo starts it again on the chosen PBX', async () => {
  const profile = newProfile();
  const trubka = await Trubka.start({ name: 'demo-switch', args: ['--demo', '--make', 'ringcloud'], profile });
  try {
    await trubka.main();
    await trubka.click('nav-settings');
    const box = (make: string) => trubka.browser.$(`[data-testid="demo-pbxs"] input[value="${make}"]`);
    await trubka.find('demo-pbxs');
    const restart = await trubka.find('demo-restart');
    expect(await restart.isEnabled()).toBe(false);
    await box('ringcloud').click();
    expect(await restart.isEnabled()).toBe(false);
    await box('zadarma').click();
    const before = trubka.pid();
    // The program may be gone before it has answered.
    await restart.click().catch(() => undefined);
    await ended(before);
    expect(await restartedWith(profile, before)).toEqual(['--restarted', '--demo', '--make', 'zadarma']);
    // RingCloud shows no card: this one is Zadarma's.
    await until('a card comes', async () => cards().length > 0, 30_000);
  } finally {
    await trubka.stop();
    rmSync(profile, { recursive: true, force: true });
  }
});

/** The windows of cards that are shown. */
function cards(): string[] {
  try {
    const search = ['search', '--onlyvisible', '--name', '^Trubka card$'];
    return execFileSync('xdotool', search, { encoding: 'utf8', stdio: 'pipe' }).split('\n').filter(Boolean);
  } catch {
    // It fails where there is none.
    return [];
  }
}
