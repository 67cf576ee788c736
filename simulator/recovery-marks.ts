import { readdirSync, readFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Branches of the product that only trouble leads to bear a comment, `// recovery: name`, as the first thing in the
 * branch or behind its only statement. A simulation counts how often it came to each: V8 counts blocks by their
 * offsets, and Node runs the sources with every offset in place, so the product has nothing but the comment.
 */
export interface RecoveryMark {
  readonly name: string;
  /** Of the file, as modules are known by. */
  readonly url: string;
  /** A character of the branch. */
  readonly offset: number;
}

/** By the name of the mark: how often its branch was entered. */
export type Reached = Map<string, number>;

const folders = ['shared', 'functions'];
const markSyntax = /\/\/ recovery: ([a-z0-9-]+)$/gm;

export function findMarks(projectRoot: string): readonly RecoveryMark[] {
  const marks = folders.flatMap((folder) =>
    readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
      .map((path) => join(projectRoot, folder, path))
      .flatMap((file) => marksIn(readFileSync(file, 'utf8'), pathToFileURL(file).href)),
  );
  const twice = marks.find(({ name }, index) => marks.findIndex((other) => other.name === name) !== index);
  if (twice !== undefined) throw new Error(`two branches are marked "recovery: ${twice.name}": give each its own name`);
  return marks;
}

/** Marks of one source. Behind a statement, the mark is of that one; otherwise of what comes next. */
export function marksIn(source: string, url: string): readonly RecoveryMark[] {
  return [...source.matchAll(markSyntax)].map((match) => {
    const { index, 1: name = '' } = match;
    const before = source.slice(source.lastIndexOf('\n', index) + 1, index).trimEnd();
    const isBehind = before.endsWith(';');
    const offset = isBehind ? source.lastIndexOf(';', index) : nextCode(source, index);
    return { name, url, offset };
  });
}

function nextCode(source: string, from: number): number {
  const code = /^(?:\s|\/\/.*$)*/m;
  return from + (code.exec(source.slice(from))?.[0].length ?? 0);
}

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

/** Counts from now on; what is loaded before is counted as well. */
export function watchMarks(marks: readonly RecoveryMark[]): { take(): Reached } {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  return {
    take: () => {
      const reached: Reached = new Map(marks.map(({ name }) => [name, 0]));
      // A session of one's own thread answers before it returns.
      session.post('Profiler.takePreciseCoverage', (error, { result }) => {
        if (error !== null) throw error;
        const scripts = new Map(result.map((script) => [script.url, script]));
        for (const { name, url, offset } of marks) {
          const ranges = scripts.get(url)?.functions.flatMap((each) => each.ranges) ?? [];
          reached.set(name, countAt(ranges, offset));
        }
      });
      return reached;
    },
  };
}

/** Ranges lie within one another; the smallest around the place tells how often it was come to. */
function countAt(ranges: readonly Range[], offset: number): number {
  const around = ranges.filter(({ startOffset, endOffset }) => startOffset <= offset && offset < endOffset);
  const [first, ...others] = around;
  if (first === undefined) return 0;
  const size = ({ startOffset, endOffset }: Range) => endOffset - startOffset;
  return others.reduce((best, next) => (size(next) <= size(best) ? next : best), first).count;
}

export function addReached(sum: Reached, more: Reached): void {
  for (const [name, count] of more) sum.set(name, (sum.get(name) ?? 0) + count);
}
