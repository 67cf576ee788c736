import { isJsonObject, type JsonObject } from '../../../shared/services/opensearch/json.ts';
import { type FieldValues, Mapping } from '../../../shared/services/opensearch/mapping.ts';
import { MappingError } from '../../../shared/services/opensearch/mapping-nodes.ts';
import {
  VersionedDocuments,
  type VersionRule,
  type WriteOutcome,
} from '../../../shared/services/opensearch/versioned-documents.ts';
import { gcDeletesMs, type IndexSettings } from './index-settings.ts';
import { TextIndex } from './text-index.ts';

export interface IndexedDocument {
  /** As it was sent, so that it is returned digit by digit. */
  readonly sourceJson: string;
  /** What queries read; never copied. */
  readonly values: FieldValues;
}

/** An alias of one index; `filter` is a query that every search through the alias also has to match. */
export interface Alias {
  readonly filter?: JsonObject;
}

/** One index: its documents with their versions, and the full text of its text fields. Writes are visible at once. */
export class SearchIndex {
  readonly name: string;
  readonly uuid: string;
  settings: IndexSettings;
  readonly mapping: Mapping;
  readonly aliases = new Map<string, Alias>();
  readonly documents: VersionedDocuments<IndexedDocument>;
  readonly #texts = new Map<string, TextIndex>();

  constructor(options: {
    name: string;
    uuid: string;
    settings: IndexSettings;
    mappings: unknown;
    nowMs: () => number;
  }) {
    this.name = options.name;
    this.uuid = options.uuid;
    this.settings = options.settings;
    this.mapping = new Mapping(options.mappings);
    this.documents = new VersionedDocuments({ gcDeletesMs: gcDeletesMs(options.settings), nowMs: options.nowMs });
  }

  /** Whether every write is refused (`index.blocks.write`). */
  get isBlocked(): boolean {
    return this.settings['blocks.write'] === 'true';
  }

  text(field: string): TextIndex | undefined {
    return this.#texts.get(field);
  }

  /** @throws {MappingError} when the document does not fit; this comes before the version is looked at, as there. */
  write(id: string, sourceJson: string, rule: VersionRule): WriteOutcome {
    const values = this.mapping.valuesOf(id, parseSource(sourceJson));
    const before = this.documents.get(id)?.document.values;
    const outcome = this.documents.write(id, { sourceJson, values }, rule);
    if (outcome.kind !== 'conflict') this.#reindex(id, before, values);
    return outcome;
  }

  delete(id: string, rule: VersionRule): WriteOutcome {
    const before = this.documents.get(id)?.document.values;
    const outcome = this.documents.delete(id, rule);
    if (outcome.kind !== 'conflict') this.#reindex(id, before, undefined);
    return outcome;
  }

  #reindex(id: string, before: FieldValues | undefined, after: FieldValues | undefined): void {
    for (const field of new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])])) {
      if (this.mapping.typeOf(field) !== 'text') continue;
      let text = this.#texts.get(field);
      if (text === undefined) {
        text = new TextIndex();
        this.#texts.set(field, text);
      }
      text.set(id, after?.get(field)?.join('\n'));
    }
  }
}

function parseSource(json: string): JsonObject {
  let source: unknown;
  try {
    source = JSON.parse(json);
  } catch (error) {
    throw new MappingError({ reason: 'failed to parse', cause: error instanceof Error ? error.message : 'not JSON' });
  }
  if (isJsonObject(source)) return source;
  throw new MappingError({ reason: 'failed to parse', cause: 'the document is not a JSON object' });
}
