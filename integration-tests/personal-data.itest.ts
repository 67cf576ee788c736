import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { table } from '../functions/table.ts';
import { createLaptopAlarms } from '../local/alarms/start-alarms.ts';
import { faultNames } from '../local/demo/faults.ts';
import { failuresOf } from '../local/demo/report.ts';
import { runDemo } from '../local/demo/run-demo.ts';
import type { Pipeline } from '../local/pipeline/start-pipeline.ts';
import { commandLines, commandNames, runTributary } from './personal-data/commands.ts';
import { type MarkedAttribute, markedAttributes, marksIn, withMarks } from './personal-data/marks.ts';
import { readPages, startPages } from './personal-data/pages.ts';
import { allowed } from './personal-data/policy.ts';
import { everythingKept } from './personal-data/stores.ts';
import { chooseSubjects } from './personal-data/subjects.ts';

const cleanup = new AsyncDisposableStack();
const alarms = createLaptopAlarms(() => Date.now());
/** What functions write: logs and metrics. */
const lines: string[] = [];
/** Marks by the place where they were met, with where there for whoever has to look into it. */
const met = new Map<string, Map<MarkedAttribute, string>>();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'personal-data-itest-'));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  for (const each of ['temporary', 'made']) await mkdir(join(folder, each));
  // Read by what is imported from here on, and by every process that is started.
  process.env.TMPDIR = join(folder, 'temporary');
  process.env.TRIBUTARY_FOLDER = join(folder, 'note');
});

afterAll(() => cleanup.disposeAsync());

function note(place: string, content: string | Uint8Array, where = ''): void {
  const found = met.get(place) ?? new Map<MarkedAttribute, string>();
  met.set(place, found);
  for (const attribute of marksIn(content)) if (!found.has(attribute)) found.set(attribute, where);
}

async function noteStores({ regions }: Pipeline): Promise<void> {
  for (const { name: region, endpoints } of regions) {
    for (const { place, id, content } of await everythingKept({ region, endpoints })) note(place, content, id);
  }
}

async function noteFiles(place: string, path: string): Promise<void> {
  for (const name of await readdir(path, { recursive: true, withFileTypes: true })) {
    const file = join(name.parentPath, name.name);
    const isKinesis = file.includes('/tributary-kinesis-');
    if (name.isFile()) note(isKinesis ? 'files of the embedded Kinesis' : place, await readFile(file), file);
  }
}

async function notePages(at: Awaited<ReturnType<typeof startPages>>): Promise<void> {
  for await (const { place, content } of readPages(at)) note(place, content);
}

/** Answers the lines that made no sense to the command. */
async function noteCommands(pipeline: Pipeline): Promise<readonly string[]> {
  const made = join(folder, 'made');
  const misused: string[] = [];
  const known = await commandNames();
  const left = new Set(known);
  for (const line of commandLines(await chooseSubjects(pipeline.regions[0], made))) {
    const name = known.find((each) => `${line.join(' ')} `.startsWith(`${each} `)) ?? line.join(' ');
    left.delete(name);
    const place = `tributary ${name}${line.includes('--show-pii') ? ' --show-pii' : ''}`;
    const once = name === 'env' || line.includes('--json');
    for (const args of once ? [line] : [line, [...line, '--json']]) {
      const { code, text } = await runTributary(args);
      note(place, text, args.join(' '));
      if (code === 2) misused.push(`${args.join(' ')}: ${text}`);
      if (name === 'replay' && args.length === 5 && args.at(-1) === '--json')
        await writeFile(join(made, 'result.json'), text);
    }
  }
  for (const kind of ['masked', 'whole']) {
    await noteFiles(`files of tributary capture${kind === 'whole' ? ' --show-pii' : ''}`, join(made, kind));
  }
  return [...misused, ...[...left].map((name) => `${name} is called by no line of the test`)];
}

describe('personal data', { timeout: 600_000 }, () => {
  it('has a mark for every attribute that the table calls personal', () => {
    const personal = table.entities.flatMap(({ attributes }) =>
      Object.entries(attributes).flatMap(([name, { personal: policy }]) => (policy === undefined ? [] : [name])),
    );
    expect(markedAttributes).toEqual(expect.arrayContaining(personal));
  });

  it('goes through the demo with all faults and every command, and is only where the policy allows', async () => {
    let misused: readonly string[] = ['nothing was called'];
    const report = await runDemo({
      projectRoot: join(import.meta.dirname, '..'),
      options: { users: 40, seed: 11, faults: faultNames, engines: 'embedded', json: false },
      signal: new AbortController().signal,
      say: (line) => note('what the demo says', line, line),
      adapt: withMarks,
      onLine: (place, line) => {
        alarms.read(place, line);
        lines.push(line);
      },
      look: async (pipeline) => {
        const at = await startPages(pipeline, alarms, cleanup);
        await noteStores(pipeline);
        await notePages(at);
        misused = await noteCommands(pipeline);
        await notePages(at);
        await noteStores(pipeline);
        await noteFiles('temporary files', join(folder, 'temporary'));
        await noteFiles('notes', join(folder, 'note'));
      },
    });
    for (const line of lines) note('logs and metrics', line, line);
    note('what the demo says', JSON.stringify(report));
    expect(misused).toEqual([]);
    // Whether each part of each fault met something is what the demo itself is run for.
    expect(failuresOf(report).filter((failure) => !failure.startsWith('a part of the fault'))).toEqual([]);
    const leaks = [...met].flatMap(([place, found]) => {
      const may = allowed[place] ?? [];
      return [...found].flatMap(([attribute, where]) =>
        may.includes(attribute) ? [] : [`${place}: ${attribute}, ${where}`],
      );
    });
    expect(leaks).toEqual([]);
    // Otherwise nobody has looked there, or the marks have not come so far.
    const unseen = Object.keys(allowed).filter((place) => (met.get(place)?.size ?? 0) === 0);
    expect(unseen).toEqual([]);
    expect(met.get('logs and metrics')?.size).toBe(0);
    expect(lines.length).toBeGreaterThan(100);
  });
});
