import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../cli/program.ts';
import { alarms, usersAffected } from '../../shared/runtime/alarm-catalogue.ts';
import { runbookIndex } from './runbook-index.ts';

const runbook = readFileSync(new URL('../../docs/operate.md', import.meta.url), 'utf8');
const [introduction = '', ofAlarms = '', procedures = ''] = runbook.split(/^## .*$/m);
const names = [usersAffected.name, ...alarms.map(([name]) => name)];

/** Text by heading. */
function sectionsOf(text: string): ReadonlyMap<string, string> {
  const parts = text.split(/^### (.+)$/m).slice(1);
  return new Map(parts.flatMap((part, index) => (index % 2 === 0 ? [[part, parts[index + 1] ?? '']] : [])));
}

/** As GitHub makes it of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
}

describe('the runbook', () => {
  const sections = sectionsOf(ofAlarms);

  it('has a section for every alarm, and an alarm for every section', () => {
    expect([...sections.keys()].toSorted()).toEqual(names.toSorted());
  });

  it.each(names)('says of %s what it means, what users notice, where to look and what to run', (name) => {
    const labels = [...(sections.get(name) ?? '').matchAll(/^- \*\*(.+?)\*\*: \S/gm)].map(([, label]) => label);
    expect(labels).toEqual(['Means', 'Users notice', 'Look', 'Run']);
  });

  it.each(names)('has for %s a block that runs on a laptop and on a stage as it is', (name) => {
    expect(sections.get(name)).toMatch(/^```sh\nnpx tributary /m);
  });

  it.each([
    'Pause',
    'Resume',
    'Roll back',
    'Deploy with batches in flight',
    'Fail over to the other region',
    'A first deployment that failed',
    'Tear down and import again',
    'The SES sandbox',
    'Limits of a new account',
  ])('has the procedure "%s"', (heading) => {
    expect(sectionsOf(procedures).get(heading)?.trim().length).toBeGreaterThan(100);
  });

  it('has only links that lead somewhere', () => {
    const anchors = new Set([...sections.keys(), ...sectionsOf(procedures).keys()].map(anchorOf));
    const links = [...runbook.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor);
    expect(links.filter((anchor) => !anchors.has(anchor))).toEqual([]);
    expect(links.length).toBeGreaterThan(20);
  });

  it('quotes no command of ours that does not exist', () => {
    const commands = [...runbook.matchAll(/npx tributary ([a-z-]+)/g)].map(([, command]) => command);
    const known = createProgram().commands.map((command) => command.name());
    expect(commands.filter((command = '') => !known.includes(command))).toEqual([]);
    expect(commands.length).toBeGreaterThan(5);
  });

  it('says before anything else how its commands know the stage', () => {
    expect(introduction).toContain('export TRIBUTARY_STAGE=');
  });
});

describe('the index of the runbook', () => {
  it('is what the catalogue says', async () => {
    await expect(runbookIndex()).toMatchFileSnapshot('../../docs/alarms.md');
  });
});
