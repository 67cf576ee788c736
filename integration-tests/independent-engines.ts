import { describe, it } from 'vitest';
import type { Engine } from '../local/engines/engine.ts';
import { findMoto } from './moto.ts';

export const region = 'eu-west-1';
export const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/**
 * The same tests on the embedded engine and on one that others wrote. Where that cannot be had, one skipped test says
 * what is missing.
 */
export async function onEmbeddedAndMoto(
  service: { readonly name: string; readonly startEmbedded: () => Promise<Engine> },
  tests: (backing: { readonly name: string; readonly start: () => Promise<Engine> }) => void,
): Promise<void> {
  tests({ name: `embedded ${service.name}`, start: service.startEmbedded });
  const moto = await findMoto();
  if ('start' in moto) tests({ name: 'moto', start: moto.start });
  else describe('moto', () => it('is here', ({ skip }) => skip(moto.missing)));
}
