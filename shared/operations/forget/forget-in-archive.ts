import { gunzipSync, gzipSync } from 'node:zlib';
import { forEachBounded } from '../../batch/bounded.ts';
import { keyText } from '../../change/key-text.ts';
import { isObject } from '../../change/raw-json.ts';
import { isTombstone } from '../../change/tombstone.ts';
import { archiveBucket } from '../../sinks/archive/resources.ts';
import { archivedChanges } from '../explain/archived-changes.ts';
import { changeIn } from '../explain/failures-of.ts';
import { userOfKind } from '../resource-users.ts';
import type { TargetRegion } from '../target.ts';
import type { ForgetIn } from './forget-in.ts';

const readsAtOnce = 8;

/** Takes the item's records out of every file of the archive; one that held nothing else goes. */
export async function forgetInArchive({ region, keys, change, progress }: ForgetIn): Promise<void> {
  const objects = archiveIn(region);
  if (objects === undefined) return;
  const wanted = keyText(keys);
  let done = 0;
  await forEachBounded(await objects.list('archive/'), readsAtOnce, async (key) => {
    const body = await objects.getBytes(key);
    progress('reading the archive', ++done);
    if (body === undefined) return;
    const [header = '', ...lines] = gunzipSync(body).toString('utf8').trimEnd().split('\n');
    const kept = lines.filter((line) => !isOf(line, { wanted, region: region.name }));
    if (kept.length === lines.length) return;
    const detail = `${lines.length - kept.length} of ${lines.length} records`;
    if (!change({ service: 's3', action: 'erase', target: 'archive', key, detail })) return;
    if (kept.length === 0) return objects.delete(key);
    const text = `${[header, ...kept].join('\n')}\n`;
    await objects.put({ key, body: gzipSync(text), contentType: 'application/gzip' });
  });
}

/** Whether the archive holds a deletion of the item that is not older. */
export async function hasArchivedDeletion({ region, keys, clock, table }: ForgetIn, sinceMs: number): Promise<boolean> {
  if (archiveIn(region) === undefined) return true;
  const archiveMs = clock.nowMs() - sinceMs + slackMs;
  const changes = await archivedChanges(region, { keys, clock, archiveMs, shown: (image) => image });
  return changes.some(({ at, newImage }) => {
    return (newImage === undefined || isTombstone(newImage, table)) && Date.parse(at) >= sinceMs - slackMs;
  });
}

/** Changes are dated by other clocks. */
const slackMs = 60_000;

function archiveIn(region: TargetRegion) {
  const user = userOfKind(region, 'bucket');
  return user === undefined || user.use.name !== archiveBucket.name ? undefined : user.connections.objects;
}

function isOf(line: string, { wanted, region }: { readonly wanted: string; readonly region: string }): boolean {
  const parsed: unknown = JSON.parse(line);
  const change = isObject(parsed) ? changeIn(parsed.record, region) : undefined;
  return change !== undefined && keyText(change.keys) === wanted;
}
