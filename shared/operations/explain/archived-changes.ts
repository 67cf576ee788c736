import { forEachBounded } from '../../batch/bounded.ts';
import type { Clock } from '../../batch/clock.ts';
import type { AttributeMap } from '../../change/attribute-value.ts';
import type { Change } from '../../change/change.ts';
import { keyText } from '../../change/key-text.ts';
import { changeIdentity } from '../../change/version.ts';
import { archiveBucket } from '../../sinks/archive/resources.ts';
import { readBatches } from '../batch-file.ts';
import { userOfKind } from '../resource-users.ts';
import type { TargetRegion } from '../target.ts';
import type { ChangeExplanation } from './explanation.ts';
import { changeIn } from './failures-of.ts';

const readsAtOnce = 8;

/** The item's changes that the archive was given in the last `archiveMs`, each once, oldest first. */
export async function archivedChanges(
  region: TargetRegion,
  options: {
    readonly keys: AttributeMap;
    readonly clock: Clock;
    readonly archiveMs: number;
    readonly shown: (image: AttributeMap) => AttributeMap;
  },
): Promise<readonly ChangeExplanation[]> {
  const user = userOfKind(region, 'bucket');
  if (user === undefined || user.use.name !== archiveBucket.name) return [];
  const { objects } = user.connections;
  const fromMs = options.clock.nowMs() - options.archiveMs;
  const keys = (await objects.list('archive/')).filter((key) => hourEndMs(key) > fromMs);
  const wanted = keyText(options.keys);
  const found = new Map<string, Change>();
  await forEachBounded(keys, readsAtOnce, async (key) => {
    const body = await objects.getBytes(key);
    for (const { record } of body === undefined ? [] : readBatches(body).flatMap(({ records }) => records)) {
      const change = changeIn(record, region.name);
      if (change !== undefined && keyText(change.keys) === wanted) found.set(changeIdentity(change), change);
    }
  });
  const inOrder = [...found.values()].toSorted((a, b) => Number(a.createdAt.microseconds - b.createdAt.microseconds));
  return inOrder.map(({ op, createdAt, newImage }) => ({
    op,
    at: new Date(Number(createdAt.microseconds / 1000n)).toISOString(),
    ...(newImage === undefined ? {} : { newImage: options.shown(newImage) }),
  }));
}

/** `archive/<stream>/<yyyy>/<mm>/<dd>/<hh>/...`: when the hour is over. */
function hourEndMs(key: string): number {
  const [, year, month, day, hour] = /\/(\d{4})\/(\d\d)\/(\d\d)\/(\d\d)\//.exec(key) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:00:00Z`) + 3_600_000;
}
