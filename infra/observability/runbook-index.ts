import { alarms, usersAffected } from '../../shared/runtime/alarm-catalogue.ts';
import type { AlarmDefinition } from '../../shared/runtime/alarms/alarm-definition.ts';

const severities: Readonly<Record<AlarmDefinition['severity'], string>> = {
  page: 'now',
  ticket: 'in working hours',
};

/** The list of all alarms, each with a link to its section of the runbook, as the page `docs/alarms.md`. */
export function runbookIndex(): string {
  const rows = [[usersAffected.name, { ...usersAffected, per: 'region', severity: 'page' }] as const, ...alarms].map(
    ([name, { per, severity, meaning, action }]) => {
      const cells = [`[${name}](operate.md#${name})`, words(per), severities[severity], meaning, action];
      return `| ${cells.join(' | ')} |`;
    },
  );
  return [
    '# Alarms',
    '',
    'Made from the catalogue in `shared/runtime/alarm-catalogue.ts`: `npx vitest run infra/observability -u` makes it.',
    '',
    '| alarm | for each | act | it means | what to do |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

/** `searchDomain` as people write it. */
function words(name: string): string {
  return name.replace(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`);
}
