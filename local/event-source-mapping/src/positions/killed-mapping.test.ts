import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const index = new URL('../index.ts', import.meta.url).href;
const scenario = new URL('../testing/scenario.ts', import.meta.url).href;
const count = 1500;

/** A mapping of its own process: writes down every batch it is handed, and `end` when all are through. */
function programOf(folder: string): string {
  return `
    import { appendFileSync } from 'node:fs';
    import { filePositions, memorySource, realClock, startMapping } from ${JSON.stringify(index)};
    import { inserts, STREAM_ARN } from ${JSON.stringify(scenario)};
    const source = memorySource({ kind: 'dynamodb', arn: STREAM_ARN, pageSize: 50 });
    source.open('shard');
    source.append('shard', inserts(1, ${count}, { arrivalMs: Date.now() }));
    source.close('shard');
    const UUID = '00000000-0000-4000-8000-000000000001';
    const mapping = await startMapping({
      mapping: {
        ...{ UUID, EventSourceArn: STREAM_ARN, FunctionName: 'f', StartingPosition: 'TRIM_HORIZON' },
        ...{ BatchSize: 10, ParallelizationFactor: 3 },
      },
      ...{ source, clock: realClock(), random: Math.random, deliver: async () => {} },
      positions: filePositions({ path: ${JSON.stringify(join(folder, 'positions.json'))} }),
      invoke: async ({ Records }) => {
        const batch = Records.map(({ dynamodb }) => dynamodb.SequenceNumber).join(' ');
        appendFileSync(${JSON.stringify(join(folder, 'batches'))}, batch + '\\n');
        process.stdout.write('.');
        return { kind: 'returned', payload: null };
      },
      observer: ({ kind }) => {
        if (kind === 'shardFinished') process.stdout.write('end');
      },
    });
    await mapping.ended;`;
}

/** Runs it until it has sent so many batches or comes to its end, and kills it there. */
async function runAndKill(folder: string, batches: number): Promise<boolean> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', programOf(folder)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let told = '';
  child.stdout.setEncoding('utf8');
  for await (const chunk of child.stdout) {
    told += chunk;
    if (told.length >= batches || told.includes('end')) break;
  }
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return told.includes('end');
}

it('[position-survives-kill] [no-record-skipped] a mapping killed again and again skips no record', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'killed-'));
  try {
    let ended = false;
    for (const batches of [20, 1, 45, 7, 30]) ended ||= await runAndKill(folder, batches);
    while (!ended) ended = await runAndKill(folder, Number.POSITIVE_INFINITY);
    const lines = (await readFile(join(folder, 'batches'), 'utf8')).trim().split('\n');
    const numbers = lines.flatMap((line) => line.split(' ').map(Number));
    expect([...new Set(numbers)].toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, at) => at + 1));
    // What was sent again is what was under way, or ahead of the slowest lane, when the mapping was killed.
    expect(numbers.length).toBeLessThan(count * 2);
  } finally {
    await rm(folder, { recursive: true });
  }
}, 60_000);
