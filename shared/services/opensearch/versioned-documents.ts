/**
 * Documents by id with OpenSearch's rules of versions and sequence numbers, for whatever stands in for an index.
 *
 * A deleted document's version is remembered for `gcDeletesMs` and then forgotten, as OpenSearch does: from then on an
 * older write is accepted. (That is why the pipeline deletes by tombstone documents.)
 *
 * See the OpenSearch documentation, pages "Index document" (`version`, `version_type`) and "Index settings"
 * (`index.gc_deletes`); the texts of the conflicts are those of OpenSearch 2.19.
 */
export class VersionedDocuments<Document> {
  readonly #live = new Map<string, VersionedDocument<Document>>();
  /** In order of deletion, so that the oldest are dropped from the front. */
  readonly #deleted = new Map<string, { version: number; deletedAtMs: number }>();
  readonly #gcDeletesMs: number;
  readonly #nowMs: () => number;
  #nextSeqNo = 0;

  constructor(options: { gcDeletesMs: number; nowMs: () => number }) {
    this.#gcDeletesMs = options.gcDeletesMs;
    this.#nowMs = options.nowMs;
  }

  get size(): number {
    return this.#live.size;
  }

  get(id: string): VersionedDocument<Document> | undefined {
    return this.#live.get(id);
  }

  /** In order of creation. Sound to iterate while documents are written. */
  values(): IterableIterator<VersionedDocument<Document>> {
    return this.#live.values();
  }

  write(id: string, document: Document, rule: VersionRule): WriteOutcome {
    const current = this.#live.get(id);
    if (rule.type === 'absent' && current !== undefined) {
      return conflict(`[${id}]: version conflict, document already exists (current version [${current.version}])`);
    }
    const decision = this.#decide(id, rule);
    if (decision.kind === 'conflict') return decision;
    const accepted = { version: decision.version, seqNo: this.#nextSeqNo++ };
    this.#live.set(id, { id, document, ...accepted });
    this.#deleted.delete(id);
    return { kind: current === undefined ? 'created' : 'updated', ...accepted };
  }

  /** `not_found` is an applied deletion too: its version counts from now on. */
  delete(id: string, rule: VersionRule): WriteOutcome {
    const decision = this.#decide(id, rule);
    if (decision.kind === 'conflict') return decision;
    const found = this.#live.delete(id);
    this.#deleted.delete(id);
    this.#deleted.set(id, { version: decision.version, deletedAtMs: this.#nowMs() });
    return { kind: found ? 'deleted' : 'not_found', version: decision.version, seqNo: this.#nextSeqNo++ };
  }

  #decide(id: string, rule: VersionRule): { kind: 'accepted'; version: number } | VersionConflict {
    const current = this.#currentVersion(id);
    if (!('version' in rule)) return { kind: 'accepted', version: (current ?? 0) + 1 };
    const refusesEqual = rule.type === 'external';
    if (current !== undefined && (current > rule.version || (refusesEqual && current === rule.version))) {
      const relation = refusesEqual ? 'higher or equal to' : 'higher than';
      return conflict(
        `[${id}]: version conflict, current version [${current}] is ${relation} the one provided [${rule.version}]`,
      );
    }
    return { kind: 'accepted', version: rule.version };
  }

  #currentVersion(id: string): number | undefined {
    this.#forgetOldDeletes();
    return (this.#live.get(id) ?? this.#deleted.get(id))?.version;
  }

  #forgetOldDeletes(): void {
    const horizonMs = this.#nowMs() - this.#gcDeletesMs;
    for (const [id, { deletedAtMs }] of this.#deleted) {
      if (deletedAtMs >= horizonMs) return;
      this.#deleted.delete(id);
    }
  }
}

interface VersionedDocument<Document> {
  readonly id: string;
  readonly version: number;
  readonly seqNo: number;
  readonly document: Document;
}

/** `internal` counts up from the current version; `absent` does too, where no document is (OpenSearch's `create`). */
export type VersionRule =
  | { readonly type: 'internal' | 'absent' }
  | { readonly type: 'external' | 'external_gte'; readonly version: number };

export type WriteOutcome =
  | { readonly kind: 'created' | 'updated' | 'deleted' | 'not_found'; readonly version: number; readonly seqNo: number }
  | VersionConflict;

interface VersionConflict {
  readonly kind: 'conflict';
  readonly reason: string;
}

function conflict(reason: string): VersionConflict {
  return { kind: 'conflict', reason };
}
