import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filePositions, UnreadablePositionsError } from './file-positions.ts';
import type { Positions } from './position-store.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'positions-'));
});
afterEach(() => rm(folder, { recursive: true }));

const positions: Positions = {
  eventSourceArn: 'arn',
  shards: {
    a: { kind: 'start', at: 'LATEST' },
    b: { kind: 'start', at: { timestampMs: 5 } },
    c: { kind: 'after', sequenceNumber: '123456789012345678901', window: { startMs: 0, endMs: 1, state: { n: 1 } } },
    d: { kind: 'finished' },
  },
};

describe('filePositions', () => {
  it('has none before the first save', async () => {
    expect(await filePositions({ path: join(folder, 'none.json') }).load()).toBeUndefined();
  });

  it('returns what was saved last, in a folder it makes itself', async () => {
    const path = join(folder, 'deep', 'positions.json');
    await filePositions({ path }).save({ ...positions, shards: {} });
    await filePositions({ path }).save(positions);
    expect(await filePositions({ path }).load()).toEqual(positions);
    expect(await readdir(join(folder, 'deep'))).toEqual(['positions.json']);
  });

  it.each([
    ['half a file', '{"version":1,"eventSour'],
    ['another version', '{"version":2}'],
    ['no shards', '{"version":1,"eventSourceArn":"arn"}'],
    ['a position without number', '{"version":1,"eventSourceArn":"arn","shards":{"s":{"kind":"after"}}}'],
    ['an unknown start', '{"version":1,"eventSourceArn":"arn","shards":{"s":{"kind":"start","at":"NOW"}}}'],
  ])('refuses %s instead of starting over', async (_, text) => {
    const path = join(folder, 'positions.json');
    await writeFile(path, text);
    await expect(filePositions({ path }).load()).rejects.toThrow(UnreadablePositionsError);
  });

  it('[position-survives-kill] has the old or the new positions after kill -9 at any moment', async () => {
    const path = join(folder, 'positions.json');
    const program = `
      import { filePositions } from ${JSON.stringify(new URL('./file-positions.ts', import.meta.url).href)};
      const store = filePositions({ path: ${JSON.stringify(path)} });
      for (let n = 0; ; n += 1) {
        await store.save({ eventSourceArn: 'arn', shards: { s: { kind: 'after', sequenceNumber: String(n) } } });
        process.stdout.write(n + ' ');
      }`;
    const writer = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let written = '';
    writer.stdout.setEncoding('utf8');
    for await (const chunk of writer.stdout) {
      written += chunk;
      if (written.split(' ').length > 200) break;
    }
    writer.kill('SIGKILL');
    if (writer.exitCode === null && writer.signalCode === null) await once(writer, 'exit');
    const position = (await filePositions({ path }).load())?.shards.s;
    const acknowledged = Number(written.split(' ').at(-2));
    expect(position?.kind === 'after' && Number(position.sequenceNumber)).toBeGreaterThanOrEqual(acknowledged);
  });
});
