import { writeFile } from 'node:fs/promises';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { names } from '../../local/pipeline/names.ts';
import type { Region } from '../../local/pipeline/region.ts';
import { readString } from '../../shared/change/read-attribute.ts';
import { readBatches } from '../../shared/operations/batch-file.ts';
import { changeIn } from '../../shared/operations/explain/failures-of.ts';
import { getDeadLetter } from '../../shared/runtime/dead-letters.ts';
import { s3ObjectStore } from '../../shared/services/s3/client.ts';
import type { ObjectStore } from '../../shared/services/s3/port.ts';
import { archiveBucket } from '../../shared/sinks/archive/resources.ts';
import { ledgerTable, suppressionTable } from '../../shared/sinks/email-ledger/resources.ts';
import type { Subjects } from './commands.ts';

/** Whom and what the commands are called about. */
export async function chooseSubjects(region: Region, folder: string): Promise<Subjects> {
  const { dynamodb, s3 } = region.clients;
  const failures = s3ObjectStore(s3, names.bucket);
  const [letter = ''] = await failures.list('dead-letters/search-index/');
  const record = (await getDeadLetter(failures, letter))?.record;
  const scan = async (TableName: string) => (await dynamodb.send(new ScanCommand({ TableName }))).Items ?? [];
  const suppressed = (await scan(suppressionTable.name)).map(({ address }) => address?.S);
  const bounced = (await scan(ledgerTable.name)).filter(({ to }) => suppressed.includes(to?.S?.toLowerCase()));
  const file = `${folder}/archived.jsonl.gz`;
  const bytes = await firstArchived(s3ObjectStore(s3, archiveBucket.name));
  await writeFile(file, bytes);
  const subjects = {
    id: readString(changeIn(record, region.name)?.keys ?? {}, 'id', 'keys') ?? '',
    forgotten: bounced[0]?.id?.S ?? '',
    suppressed: bounced[1]?.to?.S ?? '',
    ...{ letter, file, folder, failure: await leaveFailure(failures, { bytes, region: region.name }) },
  };
  const missing = Object.entries(subjects).flatMap(([name, value]) => (value === '' ? [name] : []));
  if (missing.length > 0) throw new Error(`The demo has left behind nothing for: ${missing.join(', ')}.`);
  return subjects;
}

async function firstArchived(archive: ObjectStore): Promise<Uint8Array> {
  const [key = ''] = await archive.list('archive/');
  const bytes = await archive.getBytes(key);
  if (bytes !== undefined) return bytes;
  throw new Error('Nothing was archived.');
}

/** No mapping gives up on a batch within a minute: one is left behind as Lambda does, of delivered records. */
export async function leaveFailure(
  failures: ObjectStore,
  { bytes, region }: { readonly bytes: Uint8Array; readonly region: string },
): Promise<string> {
  const [batch] = readBatches(bytes);
  const functionArn = `arn:aws:lambda:${region}:000000000000:function:search-index`;
  const document = {
    requestContext: { requestId: 'given-up', functionArn, condition: 'EventAgeExceeded', approximateInvokeCount: 9 },
    version: '1.0',
    timestamp: new Date().toISOString(),
    KinesisBatchInfo: { shardId: batch?.header.shardId, streamArn: batch?.header.streamArn },
    payload: JSON.stringify({ Records: batch?.records.map(({ record }) => record) }),
  };
  const key = `aws/lambda/search-index/${batch?.header.shardId}/given-up`;
  await failures.put({ key, body: JSON.stringify(document), contentType: 'application/json' });
  return key;
}
