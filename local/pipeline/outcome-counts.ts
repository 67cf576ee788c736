/**
 * What functions report about records, from their embedded metrics: CloudWatch would read the same lines.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export interface OutcomeCounts {
  /** Reads one line that a function wrote; other lines are passed over. */
  read(line: string): void;
  /** Sum of each metric so far, by its name. */
  sums(): Readonly<Record<string, number>>;
}

export function createOutcomeCounts(): OutcomeCounts {
  const sums = new Map<string, number>();
  return {
    read: (line) => {
      for (const [name, value] of metricsIn(line)) sums.set(name, (sums.get(name) ?? 0) + value);
    },
    sums: () => Object.fromEntries(sums),
  };
}

/** Name and sum of each metric that a line of a function holds; empty for any other line. */
export function metricsIn(line: string): readonly (readonly [string, number])[] {
  if (!line.includes('"_aws"')) return [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return [];
  }
  const document = parsed as { _aws?: { CloudWatchMetrics?: { Metrics?: { Name: string }[] }[] } } & Record<
    string,
    unknown
  >;
  const names = (document._aws?.CloudWatchMetrics ?? []).flatMap(({ Metrics }) =>
    (Metrics ?? []).map(({ Name }) => Name),
  );
  return names.map((name) => [name, total(document[name])] as const);
}

/** A metric that was added several times in one invocation is an array. */
function total(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, each) => sum + total(each), 0);
  return typeof value === 'number' ? value : 0;
}
