import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** An item as DynamoDB wrote it. */
type Image = Record<string, { readonly S?: string; readonly N?: string } | undefined>;

export interface Content {
  readonly eventID: string;
  readonly eventName: string;
  readonly dynamodb: {
    readonly Keys: Image;
    readonly OldImage?: Image;
    readonly NewImage?: Image;
    readonly ApproximateCreationDateTime: number;
  };
}

/** The changes of a fixture as DynamoDB told them, and the Lambda records around them. */
export async function readFixture(name: string): Promise<{ contents: Content[]; records: unknown[] }> {
  const [, ...lines] = (await readFile(join(import.meta.dirname, '..', 'fixtures', name), 'utf8')).trim().split('\n');
  const records = lines.map((line) => (JSON.parse(line) as { record: unknown }).record);
  const contents = records.map((record) => {
    const { kinesis } = record as { kinesis?: { data: string } };
    const text = kinesis === undefined ? JSON.stringify(record) : Buffer.from(kinesis.data, 'base64').toString('utf8');
    return JSON.parse(text) as Content;
  });
  return { contents, records };
}

/** `users-by-country DE: '2, 3.5'`: what the batch adds to each total, without a line of what is tested. */
export function expectedTotals(contents: readonly Content[]): Record<string, string> {
  const groupings: Record<string, { of: (image: Image) => string | undefined; summed: boolean }> = {
    'users-by-country': { of: ({ country }) => country?.S, summed: true },
    'users-by-plan': { of: ({ plan }) => plan?.S, summed: true },
    'users-by-day': { of: ({ createdAt }) => createdAt?.S?.slice(0, 10), summed: true },
    'users-by-minute': { of: ({ createdAt }) => createdAt?.S?.slice(0, 16), summed: true },
    'active-users-by-country': {
      of: ({ status, country }) => (status?.S === 'active' ? country?.S : undefined),
      summed: false,
    },
  };
  return Object.fromEntries(
    Object.entries(groupings).flatMap(([total, { of, summed }]) =>
      [...recount(contents, of)].map(([group, { count, sum }]) => [
        `${total} ${group}`,
        summed ? `${count}, ${decimal(sum)}` : String(count),
      ]),
    ),
  );
}

/** New images add, old images take away; sums in units of 10^-8. */
function recount(contents: readonly Content[], groupOf: (image: Image) => string | undefined) {
  const groups = new Map<string, { count: number; sum: bigint }>();
  const add = (image: Image | undefined, times: 1 | -1) => {
    const group = image === undefined ? undefined : groupOf(image);
    if (image === undefined || group === undefined) return;
    const { count, sum } = groups.get(group) ?? { count: 0, sum: 0n };
    groups.set(group, { count: count + times, sum: sum + BigInt(times) * scaled(image.balance?.N ?? '0') });
  };
  for (const { dynamodb } of contents) {
    add(dynamodb.OldImage, -1);
    add(dynamodb.NewImage, 1);
  }
  return new Map([...groups].filter(([, { count, sum }]) => count !== 0 || sum !== 0n));
}

function scaled(text: string): bigint {
  const [whole = '0', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(8, '0'));
}

function decimal(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().padStart(9, '0');
  const fraction = digits.slice(-8).replace(/0+$/, '');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -8)}${fraction === '' ? '' : `.${fraction}`}`;
}
