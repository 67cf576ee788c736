import { isJsonObject, type JsonObject } from '../../shared/services/opensearch/json.ts';
import type { Inventory, LintedMapping } from './inventory.ts';

/** Whether it is what `aws lambda list-event-source-mappings` prints. */
export function isListing(document: JsonObject): boolean {
  return Array.isArray(document.EventSourceMappings);
}

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_ListEventSourceMappings.html */
export function readListing(file: string, document: JsonObject): Inventory {
  const listed = Array.isArray(document.EventSourceMappings) ? document.EventSourceMappings : [];
  return { mappings: listed.filter(isJsonObject).map((each) => readMapping(file, each)), resources: [] };
}

function readMapping(file: string, settings: JsonObject): LintedMapping {
  const arn = String(settings.EventSourceArn ?? '');
  const name = String(settings.FunctionArn ?? settings.UUID ?? 'unnamed').replace(/^arn:.*:function:/, '');
  return { where: `${file}: ${name} on ${arn}`, ...sourceOf(arn), settings };
}

/** What the ARN of a source tells. A registered consumer of a Kinesis stream has an ARN inside of the stream's. */
export function sourceOf(arn: string): Pick<LintedMapping, 'kind' | 'source' | 'enhanced'> {
  const service = /^arn:[^:]*:(dynamodb|kinesis|sqs):/.exec(arn)?.[1];
  const kind = service === 'dynamodb' || service === 'kinesis' || service === 'sqs' ? service : 'other';
  return {
    kind,
    source: arn.replace(/\/consumer\/.*$/, ''),
    enhanced: kind === 'kinesis' && arn.includes('/consumer/'),
  };
}
