import type { BulkOperation, SearchService } from '../services/opensearch/port.ts';

/** An empty service under contract, holding one index with the mappings of `contractMappings`. */
export interface ServiceUnderContract {
  readonly service: SearchService;
  /** The name of the prepared index. */
  readonly index: string;
  /** Makes accepted writes visible to `search`; nothing where they are visible at once. */
  refresh(): Promise<void>;
  stop(): Promise<void>;
}

type VersionType = BulkOperation['versionType'];

/** The service of the running test, with short forms of its requests. */
export class Scope {
  #under: ServiceUnderContract | undefined;

  get under(): ServiceUnderContract {
    if (this.#under === undefined) throw new Error('the service under contract has not been started');
    return this.#under;
  }

  set under(under: ServiceUnderContract) {
    this.#under = under;
  }

  get service(): SearchService {
    return this.under.service;
  }

  get index(): string {
    return this.under.index;
  }

  readonly refresh = (): Promise<void> => this.under.refresh();

  readonly put = (
    id: string,
    version: bigint,
    document: object,
    versionType: VersionType = 'external',
  ): BulkOperation => ({
    op: 'index',
    index: this.index,
    id,
    version,
    versionType,
    documentJson: JSON.stringify(document),
  });

  readonly remove = (id: string, version: bigint, versionType: VersionType = 'external'): BulkOperation => ({
    op: 'delete',
    index: this.index,
    id,
    version,
    versionType,
  });

  readonly bulk = (...operations: BulkOperation[]) => this.service.bulk(operations);

  readonly read = async (id: string) => (await this.service.get({ index: this.index, ids: [id] })).get(id);
}
