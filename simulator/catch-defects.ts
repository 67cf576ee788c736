/**
 * Puts one deliberate defect after the other into a copy of the sources and simulates it: `npm run defects -- [NAME
 * ...]`. A defect that no checker finds within 50,000 records, or whose patch no longer applies, ends it with status 1.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type SourceCopy, sabotagedSources } from '../local/demo/sabotaged-sources.ts';
import { defects } from './defect-list.ts';

const recordsMax = 50_000;
const projectRoot = join(import.meta.dirname, '..');
const wanted = process.argv.slice(2);
const chosen = defects.filter(([name]) => wanted.length === 0 || wanted.includes(name));

interface Verdict {
  readonly isCaught: boolean;
  readonly evidence: string;
}

let missed = wanted.length - (wanted.length === 0 ? 0 : chosen.length);
for (const [name, removes] of chosen) {
  const { isCaught, evidence } = await simulateWith(name);
  if (!isCaught) missed += 1;
  process.stdout.write(`${isCaught ? 'caught' : 'MISSED'}  ${name.padEnd(28)} ${removes}: ${evidence}\n`);
}
process.stdout.write(missed === 0 ? `All ${chosen.length} defects were caught.\n` : `${missed} were not caught.\n`);
process.exitCode = missed === 0 ? 0 : 1;

async function simulateWith(name: string): Promise<Verdict> {
  let copy: SourceCopy;
  try {
    copy = await sabotagedSources({ projectRoot, name, folders: ['simulator', 'local'] });
  } catch (error) {
    return { isCaught: false, evidence: error instanceof Error ? error.message : String(error) };
  }
  try {
    const simulate = join(copy.root, 'simulator', 'simulate.ts');
    const given = [simulate, '--seed', '1', '--records', String(recordsMax), '--json', '--stop-at-failure'];
    return judge(await run(process.execPath, given, copy.root));
  } finally {
    await copy.remove();
  }
}

/** Caught is only what a checker found: a run that broke off, or never came to rest, proves nothing. */
function judge({ output, errors }: { output: string; errors: string }): Verdict {
  const line = output.trimEnd().split('\n').at(-1) ?? '';
  if (!line.startsWith('{')) return { isCaught: false, evidence: errors.trim().split('\n').slice(-3).join(' / ') };
  const report: {
    readonly records: number;
    readonly failed: readonly { readonly findings: readonly { consumer: string; kind: string; what: string }[] }[];
  } = JSON.parse(line);
  const findings = report.failed.flatMap((history) => history.findings).filter(({ consumer }) => consumer !== 'all');
  const [first] = findings;
  if (first === undefined) return { isCaught: false, evidence: `nothing found in ${report.records} records` };
  const { consumer, kind, what } = first;
  return { isCaught: true, evidence: `${consumer} ${kind} (${what}) within ${report.records} records` };
}

async function run(
  command: string,
  given: readonly string[],
  cwd: string,
): Promise<{ output: string; errors: string }> {
  const child = spawn(command, given, { cwd, env: { PATH: environmentPath() } });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { output, errors };
}

function environmentPath(): string {
  return process.execPath.slice(0, process.execPath.lastIndexOf('/')) + ':/usr/local/bin:/usr/bin:/bin';
}
