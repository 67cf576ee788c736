/**
 * Goal G7: what a cold start pays for a function's code. Loads each bundle in fresh processes, in turn, and compares
 * the medians of one run: the heaviest function against a bare DynamoDB client, and against what such a function is
 * often made of (Powertools logger, metrics and tracer, Middy, zod, the document client).
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { registry } from '../functions/registry.ts';
import { bundleFunctions } from '../local/bundle.ts';
import { describeCommand, readArguments } from '../local/command-line.ts';
import { median, verdict } from './figures.ts';

const rounds = 15;
const goals = { ofAllIn: 0.6, ofBareClient: 1.15, kilobytes: 400 };
const project = fileURLToPath(new URL('..', import.meta.url));

const peers = {
  'bare client-dynamodb': `
    import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
    const client = new DynamoDBClient({});
    export const handler = async () => client;`,
  'all-in': `
    import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
    import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
    import { Logger } from '@aws-lambda-powertools/logger';
    import { Metrics } from '@aws-lambda-powertools/metrics';
    import { Tracer } from '@aws-lambda-powertools/tracer';
    import middy from '@middy/core';
    import { z } from 'zod';
    const parts = [DynamoDBDocumentClient.from(new DynamoDBClient({})), new Logger(), new Metrics(), new Tracer()];
    export const handler = middy(async (event) => [z.object({}).parse(event), parts]);`,
} as const;

interface Candidate {
  readonly name: string;
  readonly entry: string;
  readonly bytes: number;
  readonly timesMs: number[];
}

readArguments(
  describeCommand({
    name: 'npm run bench:bundles --',
    description: "Measures what a cold start pays for a function's code, against a bare client and an all-in handler.",
    examples: ['npm run bench:bundles'],
  }),
);
const folder = await mkdtemp(join(tmpdir(), 'tributary-bench-'));
try {
  const functions = await bundleFunctions({ names: registry.map(({ name }) => name), outdir: folder });
  const candidates: Candidate[] = [
    ...functions.map(({ name, entry, loadedBytes }) => ({ name, entry, bytes: loadedBytes, timesMs: [] })),
    ...(await Promise.all(Object.entries(peers).map(([name, source]) => bundlePeer(name, source)))),
  ];
  for (let round = 0; round <= rounds; round += 1) {
    for (const candidate of candidates) {
      const timeMs = loadTimeMs(candidate.entry);
      // The first round only warms the file cache.
      if (round > 0) candidate.timesMs.push(timeMs);
    }
  }
  report(candidates);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function bundlePeer(name: string, source: string): Promise<Candidate> {
  const entry = join(folder, `${name.replaceAll(' ', '-')}.mjs`);
  const input = `${entry}.source.mjs`;
  await writeFile(input, source);
  const { outputFiles } = await build({
    entryPoints: [input],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    mainFields: ['module', 'main'],
    nodePaths: [join(project, 'node_modules')],
    banner: {
      js: [
        "import { createRequire as __createRequire } from 'node:module';",
        'const require = __createRequire(import.meta.url);',
      ].join(''),
    },
    write: false,
    legalComments: 'none',
  });
  const code = outputFiles[0]?.contents ?? new Uint8Array();
  await writeFile(entry, code);
  return { name, entry, bytes: code.length, timesMs: [] };
}

/** From the start of the import to a handler that can be called, in a process of its own. */
function loadTimeMs(entry: string): number {
  const script = `
    const started = performance.now();
    await import(${JSON.stringify(pathToFileURL(entry).href)});
    process.stdout.write(String(performance.now() - started));
    process.exit(0);`;
  const child = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, AWS_REGION: 'eu-west-1', POWERTOOLS_TRACE_ENABLED: 'false' },
  });
  if (child.status !== 0) throw new Error(`${entry} does not load: ${child.stderr}`);
  return Number(child.stdout);
}

function report(candidates: readonly Candidate[]): void {
  const rows = candidates.map(({ name, bytes, timesMs }) => ({ name, kilobytes: bytes / 1000, ms: median(timesMs) }));
  const find = (name: string) => rows.find((row) => row.name === name)?.ms ?? Number.NaN;
  const own = rows.filter(({ name }) => !(name in peers));
  const heaviest = own.reduce((worst, row) => (row.ms > worst.ms ? row : worst));
  const largest = own.reduce((worst, row) => (row.kilobytes > worst.kilobytes ? row : worst));
  console.log(`Load time of each bundle, median of ${rounds} fresh processes on Node ${process.versions.node}:`);
  for (const { name, kilobytes, ms } of rows) {
    console.log(`  ${name.padEnd(22)}${ms.toFixed(1).padStart(7)} ms${kilobytes.toFixed(0).padStart(7)} kB`);
  }
  console.log('Goal G7, the heaviest function:');
  verdict(`${heaviest.name}: load time / all-in`, heaviest.ms / find('all-in'), { most: goals.ofAllIn });
  const ofBareClient = heaviest.ms / find('bare client-dynamodb');
  verdict(`${heaviest.name}: load time / bare client-dynamodb`, ofBareClient, { most: goals.ofBareClient });
  verdict(`${largest.name}: kB minified`, largest.kilobytes, { most: goals.kilobytes });
}
