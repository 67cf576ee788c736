import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFunctionHost } from './function-host.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-host-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function hostOf(source: string, options: { timeoutS?: number; lines?: string[] } = {}) {
  const bundle = join(folder, `${Math.random().toString(36).slice(2)}.mjs`);
  await writeFile(bundle, source);
  return startFunctionHost({
    name: 'example',
    bundle,
    environment: { GREETING: 'hello' },
    timeoutS: options.timeoutS ?? 10,
    onLine: (line) => options.lines?.push(line),
  });
}

describe('function host', () => {
  it('returns what the handler returns and shows it nothing but its own environment', async () => {
    const host = await hostOf(
      'export const handler = async (event) => ({ event, greeting: process.env.GREETING, home: process.env.HOME });',
    );
    expect(await host.invoke({ n: 1 })).toEqual({
      kind: 'returned',
      payload: { event: { n: 1 }, greeting: 'hello', home: undefined },
    });
    await host.stop();
  });

  it('reports a throw as a function error and keeps the worker', async () => {
    const host = await hostOf(
      'let n = 0; export const handler = async () => { n += 1; if (n === 1) throw new TypeError("no"); return n; };',
    );
    expect(await host.invoke({})).toEqual({ kind: 'functionError', error: { name: 'TypeError', message: 'no' } });
    expect(await host.invoke({})).toEqual({ kind: 'returned', payload: 2 });
    await host.stop();
  });

  it('ends a worker that outlives its timeout and starts a fresh one for the next invocation', async () => {
    const host = await hostOf(
      'let n = 0; export const handler = async (event) => { n += 1; if (event.hang) for (;;); return n; };',
      { timeoutS: 1 },
    );
    expect(await host.invoke({ hang: false })).toEqual({ kind: 'returned', payload: 1 });
    expect(await host.invoke({ hang: true })).toMatchObject({
      kind: 'functionError',
      error: { message: 'Task timed out after 1 seconds' },
    });
    expect(await host.invoke({ hang: false })).toEqual({ kind: 'returned', payload: 1 });
    await host.stop();
  });

  it('kill fails what is in flight and says so', async () => {
    const host = await hostOf('export const handler = () => new Promise(() => {});');
    const invocation = host.invoke({});
    expect(host.kill()).toBe(true);
    expect(await invocation).toMatchObject({ kind: 'functionError' });
    expect(host.kill()).toBe(false);
    await host.stop();
  });
});
