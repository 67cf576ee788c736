/** What one checker has to say about one consumer. */
export interface Finding {
  readonly consumer: string;
  /** In the consumer's own unit: counters, documents, emails or records. */
  readonly unit: string;
  readonly expected: number;
  readonly found: number;
  /** Expected effects that are absent. */
  readonly lost: number;
  /** Effects applied more than once. */
  readonly doubled: number;
  /** Copies that differ from their source. */
  readonly diverged: number;
  /** Records without the outcome they must have. */
  readonly unaccounted: number;
  /** More numbers for people, by name. */
  readonly details: Readonly<Record<string, number>>;
  /** The first few differences in words, without personal data. */
  readonly examples: readonly string[];
}

export type Problem = 'lost' | 'doubled' | 'diverged' | 'unaccounted';

const keptExamples = 10;

export interface FindingBuilder {
  /** Counts `times` problems of one kind and keeps its words as an example while there are few. */
  add(problem: Problem, example: string, times?: number): void;
  finish(rest: Pick<Finding, 'expected' | 'found'> & { details?: Readonly<Record<string, number>> }): Finding;
}

export function createFinding(consumer: string, unit: string): FindingBuilder {
  const counts = { lost: 0, doubled: 0, diverged: 0, unaccounted: 0 };
  const examples: string[] = [];
  return {
    add(problem, example, times = 1) {
      counts[problem] += times;
      if (examples.length < keptExamples) examples.push(`${problem}: ${example}`);
    },
    finish: ({ expected, found, details = {} }) => ({
      ...{ consumer, unit, expected, found },
      ...counts,
      details,
      examples,
    }),
  };
}
