/** What a soak has to say: one object for programs, tables for people. */
import { alignColumns } from '../demo/align-columns.ts';
import { failuresOf as failuresOfDemo, toTable as toTableOfDemo } from '../demo/report.ts';
import { inMb } from './judge-memory.ts';
import type { SoakReport } from './run-soak.ts';

const minuteHeading = [
  'fault',
  'minute',
  'met after s',
  'writes',
  'lag at worst',
  'lag at end',
  'MB in all',
  'runner heap',
];
const memoryHeading = ['memory in MB', 'second third', 'last third', 'most', ''];

/** What keeps the soak from being a success, in words. */
export function failuresOf(report: SoakReport): string[] {
  return [...failuresOfDemo(report), ...report.memory.flatMap(({ problem }) => problem ?? [])];
}

export function toTable(report: SoakReport): string {
  const minutes = report.minutes.map(({ minute, fault, metAfterMs, writes, lag, rssBytes, heapBytes }) => [
    fault,
    ...[minute, metAfterMs === undefined ? 'never' : (metAfterMs / 1000).toFixed(1)],
    ...[writes, lag.most, lag.atEnd, inMb(rssBytes), inMb(heapBytes)],
  ]);
  const memory = report.memory.map(({ name, betweenBytes, lastBytes, mostBytes, problem }) => {
    return [name, inMb(betweenBytes), inMb(lastBytes), inMb(mostBytes), problem === undefined ? 'level' : 'not level'];
  });
  return [
    toTableOfDemo(report),
    '',
    ...alignColumns([minuteHeading, ...minutes], 1),
    '',
    ...alignColumns([memoryHeading, ...memory], 1),
  ].join('\n');
}
