//! How a person comes to his office: with its address and a token, or with an invitation that the program was started with.

import type { Office } from './office.ts';
import { until } from './process.ts';
import type { Trubka } from './trubka.ts';

/** Connects the office with its token. */
export async function signIn(trubka: Trubka, office: Office): Promise<void> {
  await trubka.main();
  await trubka.type('office-address', office.address);
  await trubka.type('office-token', office.token);
  await trubka.click('office-connect');
  await trubka.find('nav-calls');
}

/** Says yes to the invitation. */
export async function join(trubka: Trubka): Promise<void> {
  await trubka.main();
  await until('a yes is taken', async () => (await trubka.find('invitation-join')).isEnabled());
  await trubka.click('invitation-join');
  await trubka.find('nav-calls');
}
