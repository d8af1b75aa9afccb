//! Pictures of every page that each person has, in both languages and themes, over made-up data at one moment. Those of
//! administrators are in `pictures-office.test.ts`.

import { afterAll, beforeAll, describe, test, vi } from 'vitest';
import { Album, CARD, LAPTOP, LARGE_TEXT, looks, SMALL, USUAL } from '../harness/album.ts';
import type { Pages, Size } from '../harness/pages.ts';

/** Phases of a card, and what their pictures are called. */
const PHASES = {
  ringing: 'ringing',
  talking: 'talking',
  onHold: 'on-hold',
  pickUpYourPhone: 'pick-up',
  calling: 'calling',
  answeredBy: 'answered-by',
  missed: 'missed',
  ended: 'ended',
};

// Each picture is looked at for several seconds.
vi.setConfig({ testTimeout: 300_000 });

let album: Album;
let pages: Pages;

beforeAll(async () => {
  album = await Album.start('pictures');
  pages = album.pages;
}, 120_000);

afterAll(() => album?.stop());

describe.each(looks)('$lang $theme', (look) => {
  const { lang, theme } = look;
  const picture = (name: string, width: number, selector?: string) => album.take(look, name, width, selector);
  const open = (asked: Record<string, string>, size: Size) => pages.open({ lang, theme, ...asked }, size);

  test('the first screen', async () => {
    await open({ stage: 'welcome' }, USUAL);
    await pages.find('start-demo');
    await picture('welcome', USUAL.width);
    await pages.resize(SMALL);
    await picture('welcome-small', SMALL.width);
  });

  test('an invitation, and signing in with a token', async () => {
    const asked = async () => (await pages.find('invitation-join')).waitForEnabled();
    await open({ stage: 'welcome', invited: '' }, USUAL);
    await asked();
    await picture('invitation', USUAL.width);
    await open({ stage: 'office', invited: 'ca', names: 'long' }, SMALL);
    await asked();
    await picture('invitation-small', SMALL.width);
    await open({ stage: 'welcome', invited: 'problem=codeUsed' }, USUAL);
    await pages.find('error');
    await picture('invitation-used', USUAL.width);
    await open({ stage: 'welcome' }, USUAL);
    await pages.type('office-address', 'trubka://join/calls.ladoga.example/01234-56789-ABCDE-FGHJK');
    await pages.click('office-connect');
    await asked();
    await picture('welcome-invited', USUAL.width);
    await open({ stage: 'welcome' }, USUAL);
    await pages.type('office-address', 'http://calls.ladoga.example');
    await pages.type('office-token', 'wrong');
    await pages.click('office-connect');
    await pages.find('error');
    await picture('welcome-token', USUAL.width);
  });

  test('connecting a PBX, with a step that fails', async () => {
    await open({ stage: 'welcome' }, USUAL);
    await pages.click('connect-own');
    await pages.find('wizard-make-mango-client');
    await picture('wizard-makes', USUAL.width);
    await pages.click('wizard-make-mango-client');
    await pages.type('wizard-key-token', 'wrong');
    await picture('wizard-keys', USUAL.width);
    await pages.click('wizard-next');
    await pages.type('wizard-phone', '202');
    await picture('wizard-phone', USUAL.width);
    await pages.click('wizard-next');
    await pages.browser.$('[data-testid="wizard-check-key"][data-state="failed"]').waitForExist();
    await picture('wizard-check', USUAL.width);
    await pages.resize(SMALL);
    await picture('wizard-check-small', SMALL.width);
    await pages.resize(USUAL);
    await pages.type('wizard-key-token', 'right');
    await pages.click('wizard-again');
    await pages.browser.$('[data-testid="wizard-check-live"][data-state="passed"]').waitForExist();
    await pages.click('wizard-save');
    await pages.find('wizard-call');
    await picture('wizard-done', USUAL.width);
  });

  test('calls, with a recording that is listened to', async () => {
    await open({}, USUAL);
    await pages.browser.$('[data-testid="call-row"]').click();
    await pages.find('call-outcome');
    await pages.click('recording-play');
    await pages.find('player-wave');
    // It plays as fast as it likes: here it stands still where the arrows lead.
    await pages.click('player-toggle');
    await (await pages.find('player-seek')).click();
    await pages.browser.keys(['Home', 'PageUp', 'PageUp', 'ArrowRight', 'ArrowRight']);
    await pages.click('call-panel');
    await picture('calls', USUAL.width);
    await open({ names: 'long' }, SMALL);
    await pages.find('call-row');
    await picture('calls-small', SMALL.width);
    await pages.click('call-row');
    await pages.find('call-outcome');
    await picture('calls-panel-small', SMALL.width);
    await open({}, LAPTOP);
    await pages.find('call-row');
    await picture('calls-laptop', LAPTOP.width);
    await open({ fail: 'storage' }, USUAL);
    await pages.find('error');
    await picture('error', USUAL.width);
  });

  test('what goes on, also without the office', async () => {
    await open({}, USUAL);
    await pages.click('nav-now');
    await pages.find('open-call');
    await picture('now', USUAL.width);
    await open({ names: 'long' }, SMALL);
    await pages.click('nav-now');
    await pages.find('open-call');
    await picture('now-small', SMALL.width);
    await open({ link: 'lost' }, USUAL);
    await pages.click('nav-now');
    await pages.find('connection-bar');
    await picture('now-lost', USUAL.width);
    await open({ link: 'lost', names: 'long' }, SMALL);
    await pages.click('nav-now');
    await pages.find('connection-bar');
    await picture('now-lost-small', SMALL.width);
  });

  test('a call that goes on, with what can be done with it', async () => {
    await open({}, USUAL);
    await pages.click('nav-now');
    await pages.click('open-call');
    await pages.click('call-transfer');
    await pages.type('transfer-number', '201');
    await pages.find('transfer-preview');
    await picture('call-transfer', USUAL.width);
    await pages.click('call-keypad');
    await picture('call-keypad', USUAL.width);
  });

  test('the field: commands, people, a number, a warning, nothing', async () => {
    await open({}, USUAL);
    await pages.click('command-input');
    await pages.find('command-result');
    await picture('field-commands', USUAL.width);
    await pages.type('command-input', lang === 'ru' ? 'моро' : 'morr');
    await pages.browser.$('[data-kind="person"]').waitForExist();
    await picture('field-letters', USUAL.width);
    await open({}, USUAL);
    await pages.type('command-input', '8 900 123-45-67');
    await pages.browser.$('[data-kind="call"]').waitForExist();
    await picture('field-number', USUAL.width);
    // Another way can ring a group of the office.
    await pages.browser.$('[data-testid="dial-way"]').selectByIndex(1);
    await pages.browser.$('[data-testid="dial-group"]').selectByIndex(1);
    await pages.find('dial-first');
    await picture('field-group', USUAL.width);
    await open({}, USUAL);
    await pages.type('command-input', '+49 30 123456');
    await pages.find('dial-number');
    await picture('field-warning', USUAL.width);
    await open({}, USUAL);
    await pages.type('command-input', 'zzzz');
    await pages.find('empty');
    await picture('field-nothing', USUAL.width);
  });

  test('why a call had no card', async () => {
    await open({}, USUAL);
    await pages.click('nav-diagnostics');
    await pages.find('without-card');
    await pages.browser.$('[data-cause="deskAway"]').click();
    await pages.find('path-cause');
    await picture('diagnostics', USUAL.width);
    await open({}, SMALL);
    await pages.click('nav-diagnostics');
    await pages.browser.$('[data-cause="lineOfOtherGroups"]').click();
    await pages.find('path-cause');
    await picture('diagnostics-small', SMALL.width);
  });

  test('settings', async () => {
    await open({}, USUAL);
    await pages.click('nav-settings');
    await pages.find('demo-pbxs');
    await picture('settings', USUAL.width);
    await pages.click('settings-go-offices');
    await picture('settings-offices', USUAL.width);
    await open({}, SMALL);
    await pages.click('nav-settings');
    await pages.find('demo-pbxs');
    await picture('settings-small', SMALL.width);
  });

  test('larger text: half as much again, as the system asks for it', async () => {
    for (const view of ['calls', 'now', 'settings'] as const) {
      await open({ names: 'long' }, LARGE_TEXT);
      await pages.click(`nav-${view}`);
      await pages.find(view === 'calls' ? 'call-row' : view === 'now' ? 'open-call' : 'settings-corner');
      await picture(`${view}-text-150`, LARGE_TEXT.width);
    }
  });

  test('a card with the longest names', async () => {
    await pages.openCards({ lang, theme, names: 'long', phases: 'ringing' }, CARD);
    await pages.find('call-card');
    await picture('card-long-names', CARD, 'main');
  });

  test.each(Object.entries(PHASES))('the card %s', async (phase, name) => {
    await pages.openCards({ lang, theme, phases: phase }, CARD);
    await pages.find('call-card');
    await picture(`card-${name}`, CARD, 'main');
  });
});
