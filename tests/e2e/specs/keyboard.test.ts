//! Every list and every form of the main window by the keyboard alone: arrows lead through rows and their cells, Enter acts,
//! and what opens in place of a button gives the keyboard back to it.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Album, USUAL } from '../harness/album.ts';
import type { Pages } from '../harness/pages.ts';

let album: Album;
let pages: Pages;

beforeAll(async () => {
  album = await Album.start('keyboard');
  pages = album.pages;
}, 120_000);

afterAll(() => album?.stop());

const press = (...keys: string[]) => pages.browser.keys(keys);

/** The test id of what has the keyboard, or else its role. */
function here(): Promise<string> {
  return pages.browser.execute(() => {
    const { dataset, role, tagName } = document.activeElement as HTMLElement;
    return dataset.testid ?? role ?? tagName;
  });
}

async function isAt(where: string): Promise<void> {
  await pages.browser.waitUntil(async () => (await here()) === where, {
    timeoutMsg: `the keyboard is not at ${where}`,
  });
}

/** Gives the keyboard to an element, as Tab would after a while. */
async function goTo(selector: string): Promise<void> {
  await pages.browser.$(selector).waitForExist();
  await pages.browser.execute((selector) => document.querySelector<HTMLElement>(selector)?.focus(), selector);
}

const at = (testid: string) => goTo(`[data-testid="${testid}"]`);

/** Opens what a button opens, and puts it away with the button that has the keyboard by then. */
async function thereAndBack(opener: string, opened: string): Promise<void> {
  await at(opener);
  await press('Enter');
  await isAt(opened);
  await press('Enter');
  await isAt(opener);
}

async function open(page: string): Promise<void> {
  await pages.open({ lang: 'en', theme: 'light', stage: 'office', admin: '' }, USUAL);
  await at('nav-calls');
  await press(page === 'settings' || page === 'diagnostics' || page === 'people' ? 'ArrowDown' : 'ArrowUp');
  while ((await here()) !== `nav-${page}`) await press('ArrowDown');
  await press('Enter');
}

test('the list of calls, its cells, and what they open', async () => {
  await pages.open({ lang: 'en', theme: 'light' }, USUAL);
  await pages.find('call-row');
  await goTo('[role="grid"]');
  const cell = () => pages.browser.$('[role="grid"]').getAttribute('aria-activedescendant');
  await press('ArrowDown');
  await press('ArrowRight');
  expect(await cell()).toMatch(/^call-\d+-number$/);
  await press('Enter');
  await pages.find('dial-number');
  await press('Escape');
  await isAt('grid');
  await press('ArrowRight');
  expect(await cell()).toMatch(/^call-\d+-recording$/);
  await press('Enter');
  await pages.find('player-wave');
  await goTo('[role="grid"]');
  await press('ArrowLeft');
  await press('ArrowLeft');
  await press('Enter');
  await isAt('call-panel');
  await press('Escape');
  await isAt('grid');
});

test('the one field gives the keyboard back', async () => {
  await open('people');
  await at('person-change');
  await press('Control', 'k');
  await isAt('command-input');
  await press('Escape');
  await isAt('person-change');
});

describe('people', () => {
  test('are gone through, changed and removed', async () => {
    await open('people');
    await at('person-change');
    await press('ArrowRight');
    await isAt('person-remove');
    await press('ArrowDown');
    await press('Enter');
    await isAt('person-stay');
    await press('Enter');
    await isAt('person-remove');
    await press('ArrowLeft');
    await press('Enter');
    await isAt('invite-role');
    await at('rights-cancel');
    await press('Enter');
    await isAt('person-change');
    await press('ArrowRight');
    await press('Enter');
    await isAt('person-stay');
    await at('person-remove-confirm');
    await press('Enter');
    await pages.browser.waitUntil(async () => (await pages.browser.$$('[data-testid="person-row"]').length) === 1);
    await isAt('person-remove');
  });

  test('are invited, one by one and by a table', async () => {
    await open('people');
    await at('people-invite');
    await press('Enter');
    await isAt('invite-name');
    await at('rights-cancel');
    await press('Enter');
    await isAt('people-invite');
    await at('people-import');
    await press('Enter');
    await isAt('import-choose');
    await at('import-cancel');
    await press('Enter');
    await isAt('people-import');
    await thereAndBack('invitation-reissue', 'invitation-cancel');
    await thereAndBack('invitation-revoke', 'invitation-cancel');
  });
});

describe('diagnostics', () => {
  test('calls without a card, and the same call at other desks', async () => {
    await open('diagnostics');
    await at('without-card');
    await press('ArrowDown');
    await press('Enter');
    await pages.find('path-cause');
    await at('other-desk');
    await press('Enter');
    await pages.find('card-path');
  });

  test('tabs, the journal and the state', async () => {
    await open('diagnostics');
    await at('diagnostics-why');
    await press('ArrowRight');
    await isAt('diagnostics-journal');
    await at('journal-row');
    await press('ArrowDown');
    await press('Enter');
    await pages.find('journal-bodies');
    expect(await here()).toBe('journal-row');
    await thereAndBack('journal-clear', 'journal-keep');
    await at('diagnostics-journal');
    await press('ArrowRight');
    await isAt('diagnostics-audit');
    await press('ArrowRight');
    await isAt('diagnostics-state');
    await at('test-open');
    await press('Enter');
    await isAt('test-seconds');
    await press('Enter');
    await pages.find('test-passed');
  });
});

describe('settings', () => {
  test('offices and what they are connected to', async () => {
    await open('settings');
    await at('settings-go-card');
    await press('ArrowDown');
    await isAt('settings-go-look');
    await at('gateway-change');
    await press('ArrowDown');
    await press('ArrowRight');
    await isAt('gateway-pause');
    await thereAndBack('gateway-remove', 'gateway-stay');
    await thereAndBack('office-disconnect', 'office-stay');
    await at('office-renew');
    await press('Enter');
    await isAt('office-new-token');
    await at('office-renew-cancel');
    await press('Enter');
    await isAt('office-renew');
    await at('office-add');
    await press('Enter');
    await isAt('office-address');
    await at('office-add-cancel');
    await press('Enter');
    await isAt('office-add');
    await at('gateway-add');
    await press('Enter');
    await pages.find('wizard-make-rostelecom');
    await press('Escape');
    await isAt('gateway-add');
  });

  test('lists of an office', async () => {
    await open('settings');
    await at('office-lists-open');
    await press('Enter');
    await at('lists-lines');
    await press('ArrowRight');
    await isAt('lists-groups');
    await at('lists-contacts');
    await press('Enter');
    await at('lists-add');
    await press('Enter');
    await isAt('list-number');
    await at('list-remove');
    await press('Enter');
    await isAt('list-remove');
  });
});
