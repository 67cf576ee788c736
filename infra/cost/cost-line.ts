import { type PriceList, priceOf } from './prices.ts';

/** One number of a product, and what it counts. */
export type Factor = readonly [number, string];

/** One position of the bill: what is multiplied is what is shown. */
export interface CostLine {
  readonly group: CostGroup;
  readonly what: string;
  readonly factors: readonly Factor[];
  /** Name in the price list. */
  readonly price: string;
  /** The setting that moves it, and which way. */
  readonly lever: string;
}

export type CostGroup =
  | 'source table'
  | 'Kinesis'
  | 'functions'
  | 'aggregates'
  | 'search'
  | 'email'
  | 'usage windows'
  | 'archive'
  | 'other region'
  | 'other tables'
  | 'audits'
  | 'watching';

export const secondsPerMonth = 2_628_000;
export const hoursPerMonth = 730;
export const bytesPerGb = 1024 ** 3;

export function quantityOf({ factors }: CostLine): number {
  return factors.reduce((product, [number]) => product * number, 1);
}

export function usdPerMonth(line: CostLine, prices: PriceList): number {
  const { usd, per } = priceOf(prices, line.price);
  return (quantityOf(line) / per) * usd;
}

export function totalUsd(lines: readonly CostLine[], prices: PriceList): number {
  return lines.reduce((sum, line) => sum + usdPerMonth(line, prices), 0);
}
