import { checkAccounting } from './accounting.ts';
import { checkAggregates } from './aggregates.ts';
import { checkArchive } from './archive.ts';
import { checkEmail } from './email.ts';
import { checkLosers } from './losers.ts';
import type { Finding, Observed } from './observed.ts';
import { checkRegions } from './regions.ts';
import { checkSearch } from './search.ts';
import { checkWindows } from './windows.ts';

/** Everything that is not as it has to be after a run. */
export function checkEverything(observed: Observed): Finding[] {
  return [
    ...observed.regions.flatMap((region) => [
      ...checkAggregates(region),
      ...checkSearch(region),
      ...checkArchive(region),
      ...checkWindows(region),
      ...checkAccounting(region),
    ]),
    ...checkRegions(observed),
    ...checkLosers(observed),
    ...checkEmail(observed),
  ];
}
