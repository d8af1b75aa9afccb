//! Pictures of what an administrator of an office behind a gateway has beside the pages of everybody else.

import { afterAll, beforeAll, describe, test, vi } from 'vitest';
import { Album, LARGE_TEXT, looks, SMALL, USUAL } from '../harness/album.ts';
import type { Pages, Size } from '../harness/pages.ts';

// Each picture is looked at for several seconds.
vi.setConfig({ testTimeout: 300_000 });

let album: Album;
let pages: Pages;

beforeAll(async () => {
  album = await Album.start('pictures-office');
  pages = album.pages;
}, 120_000);

afterAll(() => album?.stop());

describe.each(looks)('$lang $theme', (look) => {
  const { lang, theme } = look;
  const picture = (name: string, { width }: Size = USUAL) => album.take(look, name, width);
  const open = (asked: Record<string, string> = {}, size = USUAL) =>
    pages.open({ lang, theme, stage: 'office', admin: '', ...asked }, size);
  const show = async (page: string, testid: string) => {
    await pages.click(`nav-${page}`);
    await pages.find(testid);
  };
  const name = lang === 'ru' ? 'Олег Смирнов' : 'Oliver Smith';

  test('people and desks, and how somebody is invited', async () => {
    await open();
    await show('people', 'person-row');
    await picture('people');
    await pages.click('people-invite');
    await pages.type('invite-name', name);
    await picture('people-invite');
    await pages.click('rights-save');
    await pages.find('invited-link');
    await picture('people-link');
    await pages.click('invited-done');
    await pages.click('person-change');
    await pages.find('rights-form');
    await picture('people-person');
  });

  test('people of a table', async () => {
    await open();
    await show('people', 'person-row');
    await pages.click('people-import');
    const other = lang === 'ru' ? 'Вера Назарова' : 'Vera Green';
    const two = async (role: string) => {
      await pages.type('import-text', `${name};agent;rt1:104;sales`);
      await pages.browser.keys(['Enter']);
      await (await pages.find('import-text')).addValue(`${other};${role};rt1:105;`);
    };
    await two('boss');
    await pages.click('import-look');
    await pages.find('import-problem');
    await picture('people-import-problem');
    await two('manager');
    await pages.click('import-look');
    await pages.find('import-row');
    await picture('people-import');
    await pages.click('import-invite');
    await pages.click('imported-keep');
    await pages.find('imported-file');
    await picture('people-links');
  });

  test('people with the longest names', async () => {
    for (const [suffix, size] of [
      ['small', SMALL],
      ['text-150', LARGE_TEXT],
    ] as const) {
      await open({ names: 'long' }, size);
      await show('people', 'person-row');
      await picture(`people-${suffix}`, size);
    }
    await pages.resize(SMALL);
    await pages.click('person-remove');
    await picture('people-remove-small', SMALL);
  });

  test('the state of an office, with a test of its address', async () => {
    await open();
    await show('diagnostics', 'diagnostics-state');
    await pages.click('diagnostics-state');
    await pages.find('connection-word');
    await picture('state');
    await pages.click('test-open');
    await pages.click('test-send');
    await pages.find('test-passed');
    await picture('state-test');
    await (await pages.find('test-message')).selectByAttribute('value', 'end');
    await pages.click('test-send');
    await pages.find('test-cause');
    await picture('state-test-stopped');
    for (const [suffix, size] of [
      ['small', SMALL],
      ['text-150', LARGE_TEXT],
    ] as const) {
      await open({ names: 'long' }, size);
      await show('diagnostics', 'diagnostics-state');
      await pages.click('diagnostics-state');
      await pages.find('connection-word');
      await picture(`state-${suffix}`, size);
    }
  });

  test('trial mode, and the stages of a connection', async () => {
    const state = async (size = USUAL) => {
      await open({}, size);
      await show('diagnostics', 'diagnostics-state');
      await pages.click('diagnostics-state');
      await pages.find('connection-word');
    };
    await state();
    await pages.click('trial-open');
    await pages.find('trial-question');
    await picture('state-trial-ask');
    await pages.click('trial-confirm');
    await pages.find('trial-until');
    await picture('state-trial');
    for (const [name, size] of [
      ['staged', USUAL],
      ['staged-small', SMALL],
    ] as const) {
      await state(size);
      await pages.click('staged-open');
      await pages.find('stage-shown');
      await picture(name, size);
    }
  });

  test('the request journal', async () => {
    await open();
    await show('diagnostics', 'diagnostics-journal');
    await pages.click('diagnostics-journal');
    await pages.find('journal-row');
    await picture('journal');
    await pages.browser.$('[data-testid="journal-row"][data-method="new"]').click();
    await pages.click('journal-signature');
    await pages.browser.$('[data-testid="journal-signature-says"][data-kind="right"]').waitForExist();
    await picture('journal-open');
    await pages.browser.$('[data-testid="journal-row"][data-method="call_events"]').click();
    await pages.find('journal-outcome');
    await picture('journal-refused');
    for (const [suffix, size] of [
      ['small', SMALL],
      ['text-150', LARGE_TEXT],
    ] as const) {
      await open({}, size);
      await show('diagnostics', 'diagnostics-journal');
      await pages.click('diagnostics-journal');
      await pages.browser.$('[data-testid="journal-row"][data-method="new"]').click();
      await pages.find('journal-bodies');
      await picture(`journal-${suffix}`, size);
    }
  });

  test('what administrators changed', async () => {
    await open();
    await show('diagnostics', 'diagnostics-audit');
    await pages.click('diagnostics-audit');
    await pages.click('audit-row');
    await pages.find('audit-whole');
    await picture('audit');
  });

  test('what the office is connected to, and its lists', async () => {
    await open();
    await show('settings', 'gateway-connection');
    await pages.click('settings-go-offices');
    await picture('office-connections');
    await pages.click('office-disconnect');
    await picture('office-disconnect');
    for (const list of ['lines', 'groups', 'people', 'contacts']) {
      await open();
      await show('settings', 'gateway-connection');
      await pages.click('office-lists-open');
      await pages.click(`lists-${list}`);
      await pages.click('lists-add');
      await (await pages.find('lists-save')).scrollIntoView({ block: 'center' });
      await picture(`office-${list}`);
    }
    await open({ names: 'long' }, SMALL);
    await show('settings', 'gateway-connection');
    await (await pages.find('gateway-add')).scrollIntoView({ block: 'end' });
    await picture('office-connections-small', SMALL);
    await pages.click('office-lists-open');
    await pages.click('lists-contacts');
    await (await pages.find('lists-save')).scrollIntoView({ block: 'center' });
    await picture('office-contacts-small', SMALL);
  });

  test('connecting a PBX to the gateway', async () => {
    await open();
    await show('settings', 'gateway-connection');
    await pages.click('gateway-add');
    await pages.find('wizard-make-rostelecom');
    await picture('wizard-gateway-makes');
    await pages.click('wizard-make-rostelecom');
    await pages.find('hook-url');
    await picture('wizard-gateway-keys');
    await pages.type('wizard-key-client_id', 'right');
    await pages.type('wizard-key-key', 'right');
    await pages.click('wizard-next');
    await pages.click('wizard-next');
    await pages.browser.$('[data-testid="wizard-check-live"][data-state="passed"]').waitForExist();
    await picture('wizard-gateway-check');
    await pages.click('wizard-save');
    await pages.find('wizard-connected');
    await picture('wizard-gateway-done');
  });

  test.each(['mango-client', 'mango-vpbx', 'era', 'zadarma'])('the keys of %s', async (make) => {
    await open({}, make === 'zadarma' ? SMALL : USUAL);
    await show('settings', 'gateway-connection');
    await pages.click('gateway-add');
    await pages.click(`wizard-make-${make}`);
    await pages.find('wizard-address');
    await picture(`wizard-gateway-${make}`, make === 'zadarma' ? SMALL : USUAL);
  });
});
