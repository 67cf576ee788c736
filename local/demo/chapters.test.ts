import { describe, expect, it } from 'vitest';
import { type Chapter, runChapters } from './chapters.ts';

function script() {
  const log: string[] = [];
  const chapter = (name: string, met: () => boolean): Chapter => ({
    name,
    begin: () => log.push(`${name} begins`),
    met,
    end: () => log.push(`${name} ends`),
  });
  const run = (chapters: readonly Chapter[], most = 5000) =>
    runChapters({
      chapters,
      steps: [1, 2, 3, 4, 5, 6],
      send: async (steps) => {
        log.push(`send ${steps.join(' ')}`);
      },
      leastMs: 0,
      mostMs: most,
      signal: new AbortController().signal,
      onChapter: () => undefined,
    });
  return { log, chapter, run };
}

describe('runChapters', () => {
  it('sends every step once, in order, each share under its fault and the last one under none', async () => {
    const { log, chapter, run } = script();
    await run([chapter('refuse', () => true), chapter('throttle', () => true)]);
    expect(log).toEqual([
      ...['refuse begins', 'send 1 2', 'refuse ends'],
      ...['throttle begins', 'send 3 4', 'throttle ends'],
      'send 5 6',
    ]);
  });

  it('keeps a fault on until it has met work', async () => {
    const { chapter, run } = script();
    let asked = 0;
    await run([
      chapter('refuse', () => {
        asked += 1;
        return asked >= 3;
      }),
    ]);
    expect(asked).toBeGreaterThanOrEqual(3);
  });

  it('takes a fault back that meets nothing, goes on, and names it', async () => {
    const { log, chapter, run } = script();
    expect(await run([chapter('refuse', () => false)], 1)).toEqual(['refuse']);
    expect(log.slice(-2)).toEqual(['refuse ends', 'send 4 5 6']);
  });

  it('gives more writes to a fault that has met nothing for a while', async () => {
    const { log, chapter, run } = script();
    const sends = () => log.filter((line) => line.startsWith('send')).length;
    expect(await run([chapter('refuse', () => sends() === 2), chapter('throttle', () => true)])).toEqual([]);
    expect(log).toEqual([
      ...['refuse begins', 'send 1 2', 'send 3 4', 'refuse ends'],
      ...['throttle begins', 'send 5', 'throttle ends'],
      'send 6',
    ]);
  });

  it('sends everything at once when there is no fault', async () => {
    const { log, run } = script();
    await run([]);
    expect(log).toEqual(['send 1 2 3 4 5 6']);
  });
});
