import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const index = new URL('../index.ts', import.meta.url).href;
const scenario = new URL('../testing/scenario.ts', import.meta.url).href;
const count = 1500;

/** A mapping of its own process: writes down every batch it is handed, says when all are through, or dies before. */
function programOf(folder: string, saves: number): string {
  return `
    import { appendFileSync } from 'node:fs';
    import { filePositions, memorySource, realClock, startMapping } from ${JSON.stringify(index)};
    import { inserts, STREAM_ARN } from ${JSON.stringify(scenario)};
    const source = memorySource({ kind: 'dynamodb', arn: STREAM_ARN, pageSize: 50 });
    source.open('shard');
    source.append('shard', inserts(1, ${count}, { arrivalMs: Date.now() }));
    source.close('shard');
    const file = filePositions({ path: ${JSON.stringify(join(folder, 'positions.json'))} });
    let saved = 0;
    const save = async (positions) => {
      await file.save(positions);
      saved += 1;
      if (saved === ${saves}) process.kill(process.pid, 'SIGKILL');
    };
    appendFileSync(${JSON.stringify(join(folder, 'batches'))}, 'run\\n');
    const UUID = '00000000-0000-4000-8000-000000000001';
    const mapping = await startMapping({
      mapping: {
        ...{ UUID, EventSourceArn: STREAM_ARN, FunctionName: 'f', StartingPosition: 'TRIM_HORIZON' },
        ...{ BatchSize: 10, ParallelizationFactor: 3 },
      },
      ...{ source, clock: realClock(), random: Math.random, deliver: async () => {} },
      positions: { load: () => file.load(), save },
      invoke: async ({ Records }) => {
        const batch = Records.map(({ dynamodb }) => dynamodb.SequenceNumber).join(' ');
        appendFileSync(${JSON.stringify(join(folder, 'batches'))}, batch + '\\n');
        return { kind: 'returned', payload: null };
      },
      observer: ({ kind }) => {
        if (kind === 'shardFinished') process.stdout.write('end');
      },
    });
    await mapping.ended;`;
}

/** Runs it until it has saved its positions so often, at which it dies, or comes to its end, at which it is stopped. */
async function runAndKill(folder: string, saves: number): Promise<boolean> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', programOf(folder, saves)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let told = '';
  child.stdout.setEncoding('utf8');
  for await (const chunk of child.stdout) {
    told += chunk;
    if (told.includes('end')) break;
  }
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return told.includes('end');
}

function numbersIn(batches: string): number[] {
  return (batches.match(/\d+/g) ?? []).map(Number);
}

it('[position-survives-kill] [no-record-skipped] a mapping killed again and again skips no record', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'killed-'));
  try {
    let ended = false;
    for (const saves of [5, 1, 9, 3, 7]) ended ||= await runAndKill(folder, saves);
    while (!ended) ended = await runAndKill(folder, Number.POSITIVE_INFINITY);
    const runs = (await readFile(join(folder, 'batches'), 'utf8')).split('run\n').map(numbersIn);
    const numbers = new Set(runs.flat());
    expect([...numbers].toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, at) => at + 1));
    // Had every run begun at the horizon, the last one would have been sent all again.
    expect(runs.at(-1)?.length).toBeLessThan(count);
  } finally {
    await rm(folder, { recursive: true });
  }
}, 60_000);
