/**
 * Runs the demo for each sabotage and says which were caught. A defect that the demo does not notice, or whose patch no
 * longer applies, ends it with status 1.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describeCommand, nameAmong, readArguments } from '../local/command-line.ts';
import { sabotages } from '../local/demo/sabotages.ts';

/** Seeds of the demo, one after the other until a defect shows: whether two processes meet in a defect is chance. */
const seeds = [1, 2, 3] as const;

const demo = join(import.meta.dirname, '..', 'local', 'demo.ts');
const known = sabotages.map(({ name }) => name);
const command = describeCommand({
  name: 'npm run sabotages --',
  description: 'Takes one mechanism after the other out of a copy of the sources; the demo has to notice each.',
  examples: ['npm run sabotages', 'npm run sabotages -- ledger tombstone'],
}).argument('[names...]', 'only these', nameAmong(known));
const { args: wanted } = readArguments(command);

let missed = 0;
for (const { name, removes } of sabotages.filter((each) => wanted.length === 0 || wanted.includes(each.name))) {
  const caught = seeds.some((seed) => shows({ name, removes, seed }));
  if (!caught) missed += 1;
}
console.log(missed === 0 ? 'Every sabotage was caught.' : `${missed} were not caught.`);
process.exitCode = missed === 0 ? 0 : 1;

function shows({ name, removes, seed }: { name: string; removes: string; seed: number }): boolean {
  const args = [demo, '--sabotage', name, '--seed', `${seed}`, '--json'];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const { caught, evidence } = judge(stdout, stderr);
  const place = seed === seeds[0] ? '' : ` with --seed ${seed}`;
  console.log(`${caught ? 'caught' : 'MISSED'}  ${name.padEnd(28)} ${removes}: ${evidence}${place}`);
  return caught;
}

/** Caught is only what the checkers found: a run that broke off proves nothing, neither does an idle fault. */
function judge(stdout: string, stderr: string): { caught: boolean; evidence: string } {
  const lastLine = stdout.trimEnd().split('\n').at(-1) ?? '';
  if (!lastLine.startsWith('{')) return { caught: false, evidence: stderr.trimEnd().split('\n').slice(-3).join(' / ') };
  const { lost, doubled, diverged, unaccounted, seconds } = JSON.parse(lastLine) as Record<string, number>;
  const found = Object.entries({ lost, doubled, diverged, unaccounted }).filter(([, count]) => (count ?? 0) > 0);
  const words = found.map(([problem, count]) => `${count} ${problem}`).join(', ');
  return { caught: found.length > 0, evidence: `${words || 'nothing found'} in ${seconds} s` };
}
