import { type CostLine, quantityOf, usdPerMonth } from './cost-line.ts';
import type { Estimate, KinesisComparison } from './estimate.ts';
import { type PriceList, priceOf } from './prices.ts';

/** What an estimate says, as Markdown: the arithmetic of each position, the modes of Kinesis, and what dominates. */
export function describeEstimate(estimate: Estimate, prices: PriceList): string {
  const { workload, regions, kinesis, usd } = estimate;
  const [first, ...others] = regions;
  if (first === undefined) return '';
  const firstSorted = first.lines.toSorted((a, b) => usdPerMonth(b, prices) - usdPerMonth(a, prices));
  return [
    `## ${whole(workload.writesPerS)} writes/s, ${whole(workload.users)} users: ${money(usd)} a month`,
    '',
    ...regions.map(({ region, usd: regionUsd }) => `- ${region}: ${money(regionUsd)}`),
    `- a million writes: ${money(usd / (workload.writesPerS * 2.628))}`,
    '',
    ...dominating(firstSorted, { regionUsd: first.usd, prices }),
    ...modes(kinesis),
    `### Every position of ${first.region}`,
    '',
    '| a month | for | arithmetic |',
    '|---:|---|---|',
    ...firstSorted.map(
      (line) => `| ${money(usdPerMonth(line, prices))} | ${line.group}: ${line.what} | ${arithmetic(line, prices)} |`,
    ),
    '',
    ...others.map(({ region }) => `${region} has the same positions, but for what only ${first.region} does.`),
    '',
  ].join('\n');
}

/** One line for each size: what most of the money goes to, and the setting that moves it. */
export function describeSizes(estimates: readonly Estimate[], prices: PriceList): readonly string[] {
  const rows = estimates.map(({ workload, regions, usd }) => {
    const lines = regions.flatMap((region) => region.lines);
    const dearest = lines.toSorted((a, b) => usdPerMonth(b, prices) - usdPerMonth(a, prices))[0];
    const alike = lines.filter(({ group, what }) => group === dearest?.group && what === dearest.what);
    const share = alike.reduce((sum, line) => sum + usdPerMonth(line, prices), 0) / usd;
    const what = dearest === undefined ? '' : `${dearest.group}: ${dearest.what} (${Math.round(100 * share)} %)`;
    return `| ${whole(workload.writesPerS)} | ${money(usd)} | ${what} | ${dearest?.lever ?? ''} |`;
  });
  return ['| writes/s | a month | dominated by | moved by |', '|---:|---:|---|---|', ...rows, ''];
}

/** The product, then its price: `10 writes/s x 2,628,000 s = 26,280,000, at $0.625 a million write request units`. */
export function arithmetic(line: CostLine, prices: PriceList): string {
  const product = line.factors.map(([number, unit]) => `${amount(number)} ${unit}`).join(' x ');
  const { usd, per, unit } = priceOf(prices, line.price);
  const result = line.factors.length > 1 ? ` = ${amount(quantityOf(line))}` : '';
  return `${product}${result}, at $${usd}${per === 1 ? '' : ` for ${whole(per)}`} (${unit})`;
}

const shown = 4;

function dominating(sorted: readonly CostLine[], { regionUsd, prices }: { regionUsd: number; prices: PriceList }) {
  return [
    '### What dominates, and what moves it',
    '',
    '| share | for | moved by |',
    '|---:|---|---|',
    ...sorted.slice(0, shown).map((line) => {
      const share = Math.round((100 * usdPerMonth(line, prices)) / regionUsd);
      return `| ${share} % | ${line.group}: ${line.what} | ${line.lever} |`;
    }),
    '',
  ];
}

function modes(kinesis: readonly KinesisComparison[]): string[] {
  if (kinesis.length === 0) return [];
  return [
    '### The modes of Kinesis, where all consumers run',
    '',
    '| mode | readers | shards | a month |',
    '|---|---|---:|---:|',
    ...kinesis.map(({ mode, readers, shards, usd }) => `| ${mode} | ${readers} | ${whole(shards)} | ${money(usd)} |`),
    '',
  ];
}

function money(usd: number): string {
  const digits = usd < 100 ? 2 : 0;
  return `$${usd.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
}

function whole(number: number): string {
  return number.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** Large numbers whole, small ones with three digits that count. */
function amount(number: number): string {
  return number >= 1000 ? whole(number) : String(Number(number.toPrecision(3)));
}
