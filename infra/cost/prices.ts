import { readFileSync } from 'node:fs';

export interface Price {
  readonly usd: number;
  /** How many units the price is for. */
  readonly per: number;
  readonly unit: string;
  /** The page that says so. */
  readonly source: string;
}

/** `prices.json`: an input, to be checked and replaced by whoever relies on it. */
export interface PriceList {
  readonly region: string;
  readonly currency: string;
  /** The day on which the prices were written down. */
  readonly writtenDown: string;
  readonly toBeChecked: string;
  readonly prices: Readonly<Record<string, Price>>;
}

export function readPrices(): PriceList {
  return JSON.parse(readFileSync(new URL('prices.json', import.meta.url), 'utf8')) as PriceList;
}

export function priceOf(list: PriceList, name: string): Price {
  const price = list.prices[name];
  if (price !== undefined) return price;
  throw new Error(`infra/cost/prices.json has no price "${name}": add it with its unit and the page it is from.`);
}
