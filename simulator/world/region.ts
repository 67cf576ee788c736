import { registry } from '../../functions/registry.ts';
import { table } from '../../functions/table.ts';
import {
  type DynamoDbTwin,
  dynamoDbTwin,
  type TableChange,
} from '../../shared/services/dynamodb/twin/dynamodb-twin.ts';
import { createSearchTwin, type SearchTwin } from '../../shared/services/opensearch/twin.ts';
import type { ObjectStore } from '../../shared/services/s3/port.ts';
import { objectStoreTwin } from '../../shared/services/s3/twin.ts';
import type { PublishedSesEvent } from '../../shared/services/ses/simulated-events.ts';
import { createSesTwin, type SesTwin } from '../../shared/services/ses/twin.ts';
import { type QueueTwin, queueTwin } from '../../shared/services/sqs/twin.ts';
import { indexMappings, indexName } from '../functions/config.ts';
import type { Surroundings } from './place.ts';

/** What stands in one region besides streams and functions: services in memory. */
export interface RegionServices {
  readonly name: string;
  /** The region that alone is written to where the other is a copy. */
  readonly isFirst: boolean;
  readonly skewMs: number;
  readonly twin: DynamoDbTwin;
  readonly search: SearchTwin;
  readonly email: SesTwin;
  readonly archive: ObjectStore;
  readonly deadLetters: ObjectStore;
  readonly notices: QueueTwin;
  /** Versions that functions of this region wrote, or tried to, into the other one. */
  readonly sent: { readonly id: string; readonly stamp: string }[];
}

export function createRegionServices(options: {
  readonly name: string;
  readonly isFirst: boolean;
  readonly skewMs: number;
  readonly world: Surroundings;
  readonly onChange: (change: TableChange) => void;
  readonly onEmailEvent: (event: PublishedSesEvent) => void;
  /** Told the notice of every dead letter. */
  readonly onNotice: (notice: string) => void;
}): RegionServices {
  const { name, isFirst, skewMs, world, onChange, onEmailEvent, onNotice } = options;
  const notices = queueTwin();
  const { clock, profile } = world;
  const used = registry.flatMap(({ uses }) => uses.filter((use) => use.kind === 'table'));
  const tables = new Map(used.map((resource) => [resource.name, resource]));
  const nowMs = () => clock.nowMs();
  let mails = 0;
  return {
    name,
    isFirst,
    skewMs,
    twin: dynamoDbTwin({
      tables: [table, ...tables.values()],
      nowMs,
      region: name,
      onChange: (change) => {
        if (change.tableName === table.name) onChange(change);
      },
    }),
    search: createSearchTwin({ mappings: { [indexName]: indexMappings }, nowMs }),
    email: createSesTwin({
      clock,
      newMessageId: () => `${name}-mail-${++mails}`,
      maxPerSecond: profile.mailsPerSecond,
      defaultConfigurationSet: 'all-events',
      onEvent: onEmailEvent,
    }),
    archive: objectStoreTwin(),
    deadLetters: objectStoreTwin(),
    notices: {
      ...notices,
      send: async (notice) => {
        await notices.send(notice);
        onNotice(notice);
      },
    },
    sent: [],
  };
}
