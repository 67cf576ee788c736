import type { ReplayDifference } from '../shared/operations/compare-replays.ts';
import type { ReplayedBatch, ReplayResult } from '../shared/operations/replay.ts';
import type { DocumentEffect, Effect, WindowEffect } from '../shared/operations/replay-effects.ts';

/** The result for a person: what became of the records, then what the consumer left behind, kind by kind. */
export function describeReplay({ consumer, batches, effects }: ReplayResult): string {
  const heads = batches.map((batch, at) => `Batch ${at + 1} through ${consumer}: ${describeBatch(batch)}`);
  const sections = sectionsOf(effects).flatMap(({ title, lines }) => ['', title, ...lines.map((line) => `  ${line}`)]);
  return `${[...heads, ...(sections.length === 0 ? ['', 'No effects.'] : sections)].join('\n')}\n`;
}

function describeBatch({ records, outcomes, unresolvedFrom }: ReplayedBatch): string {
  const counts = Object.entries(outcomes).map(([outcome, count]) => `${count} ${wordsFor[outcome] ?? outcome}`);
  const rest = unresolvedFrom === undefined ? '' : `; unresolved from ${unresolvedFrom} on`;
  return `${records} ${records === 1 ? 'record' : 'records'}: ${counts.join(', ') || 'nothing to do'}${rest}`;
}

const wordsFor: Readonly<Record<string, string>> = {
  filtered: 'of no concern',
  deadLettered: 'dead-lettered',
  retried: 'unresolved',
};

function sectionsOf(effects: readonly Effect[]): { title: string; lines: readonly string[] }[] {
  const of = <K extends Effect['kind']>(kind: K) =>
    effects.filter((effect): effect is Extract<Effect, { kind: K }> => effect.kind === kind);
  const totals = of('total').map(({ total, group, count, sum }) => [total, group ?? '(unreadable)', count, sum ?? '']);
  const rows = of('row').map(({ table, item }) => `${table}  ${JSON.stringify(item)}`);
  const letters = of('deadLetter').map(({ sequenceNumber, code, message }) => `${sequenceNumber}  ${code}: ${message}`);
  const objects = of('object').map(({ key, bytes }) => `${key}  ${bytes} bytes`);
  return [
    { title: 'Totals: count and sum', lines: inColumns(totals) },
    { title: 'Rows', lines: rows },
    { title: 'Windows: changes and active users', lines: inColumns(of('window').map(describeWindow)) },
    { title: 'Documents', lines: of('document').map(describeDocument) },
    { title: 'Emails', lines: inColumns(of('email').map(({ to, subject }) => [to, subject])) },
    { title: 'Objects', lines: objects },
    { title: 'Dead letters', lines: letters },
  ].filter(({ lines }) => lines.length > 0);
}

function describeWindow({ start, changes, active }: WindowEffect): string[] {
  const counts = Object.entries(changes).map(([op, count]) => `${op} ${count}`);
  return [start, ...counts, `about ${active} active`];
}

function describeDocument({ id, version, deleted, document }: DocumentEffect): string {
  return `${id}  version ${version}  ${deleted ? 'deleted' : JSON.stringify(document)}`;
}

function inColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>((wide, row) => row.map((cell, at) => Math.max(wide[at] ?? 0, cell.length)), []);
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** One line for each: `-` was there before, `+` is there now. */
export function describeDifferences(differences: readonly ReplayDifference[]): string {
  if (differences.length === 0) return 'The same outcomes and effects.\n';
  return differences
    .map(({ side, what }) => `${side === 'only before' ? '-' : '+'} ${JSON.stringify(what)}\n`)
    .join('');
}
