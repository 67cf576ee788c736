import type { Clock } from '../../batch/clock.ts';
import type { AttributeMap } from '../../change/attribute-value.ts';
import type { Change } from '../../change/change.ts';
import type { TableDefinition } from '../../change/table-definition.ts';
import type { DynamoDb } from '../../services/dynamodb/port.ts';
import type { IndexAdmin } from '../../services/opensearch/index-admin.ts';
import type { SearchService } from '../../services/opensearch/port.ts';
import type { DocumentFields } from '../../sinks/search-index/document.ts';
import type { DocumentWrite } from '../../sinks/search-index/sink.ts';

/** What a reindex of one region works on. */
export interface ReindexOptions {
  readonly region: string;
  readonly search: SearchService;
  readonly admin: IndexAdmin;
  /** The index that the deployment made. */
  readonly first: string;
  readonly source: {
    readonly dynamodb: DynamoDb;
    /** Physical name. */
    readonly tableName: string;
    readonly definition: TableDefinition;
  };
  readonly effects: (change: Change) => DocumentWrite | undefined;
  readonly fieldsOf: (image: AttributeMap) => DocumentFields | undefined;
  readonly clock: Clock;
  /**
   * Resolves when every invocation that began before the call has ended and the clocks that date changes have passed
   * the moment of the call by twice the margin.
   */
  readonly settle: () => Promise<void>;
  /** How far the clocks that date changes may be from ours. */
  readonly clockMarginMs: number;
  /** How many changes became dead letters since then because the index refused them. */
  readonly refusedSince: (timeMs: number) => Promise<number>;
  readonly report: (progress: ReindexProgress) => void;
  /** Documents and items a second at most; absent: as fast as it goes. */
  readonly itemsPerS?: number;
}

export interface ReindexProgress {
  readonly region: string;
  readonly step: 'settling' | 'copying' | 'scanning' | 'switching' | 'leaving';
  /** Documents or items so far, in this step and by this process. */
  readonly done: number;
  /** How many there are, about; absent where that is not known. */
  readonly total?: number;
}
