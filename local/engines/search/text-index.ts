import MiniSearch from 'minisearch';

interface Entry {
  readonly id: string;
  readonly text: string;
}

/**
 * Full text of one field: minisearch (BM25+) behind OpenSearch's `standard` analyzer.
 *
 * Texts are indexed by the first query after their change: a write costs next to nothing, and a text that changes
 * often between two queries is indexed once. The old text is removed term by term, so nothing is left to vacuum.
 */
export class TextIndex {
  readonly #entries = new MiniSearch<Entry>({
    fields: ['text'],
    tokenize,
    processTerm: (term) => term.toLowerCase(),
    autoVacuum: false,
  });
  readonly #indexed = new Map<string, string>();
  readonly #changed = new Map<string, string | undefined>();

  /** `undefined` stands for no text. */
  set(id: string, text: string | undefined): void {
    this.#changed.set(id, text);
  }

  /** Scores by id of the entries with any term of `query`, or with all of them. */
  match(query: string, combineWith: 'OR' | 'AND'): ReadonlyMap<string, number> {
    return scores(this.#current().search(query, { combineWith }));
  }

  /** Scores by id of the entries with this very term, which is not analysed. */
  term(term: string): ReadonlyMap<string, number> {
    return scores(this.#current().search(term, { tokenize: (text) => [text], processTerm: (text) => text }));
  }

  #current(): MiniSearch<Entry> {
    for (const [id, text] of this.#changed) {
      const before = this.#indexed.get(id);
      if (before === text) continue;
      if (before !== undefined) this.#entries.remove({ id, text: before });
      this.#indexed.delete(id);
      if (text === undefined) continue;
      this.#entries.add({ id, text });
      this.#indexed.set(id, text);
    }
    this.#changed.clear();
    return this.#entries;
  }
}

function scores(results: readonly { id: unknown; score: number }[]): ReadonlyMap<string, number> {
  return new Map(results.map(({ id, score }) => [String(id), score]));
}

/**
 * Words as Unicode's UAX 29 divides text, as far as letters, digits and the signs between them go: `jane.doe`,
 * `o'neil`, `3,000` and `a:b` are one word each; `foo-bar` and `a@b` are two; ideographs and hiragana stand alone.
 */
function tokenize(text: string): string[] {
  return text.match(words) ?? [];
}

const alone = String.raw`[\p{Script=Han}\p{Script=Hiragana}]`;
const inWord = String.raw`[[\p{L}\p{M}\p{N}_]--${alone}]`;
const between = String.raw`(?:(?<=[\p{L}\p{M}])[.:'’](?=\p{L})|(?<=\p{N})[.,;'](?=\p{N}))`;
const words = new RegExp(`${alone}|${inWord}+(?:${between}${inWord}+)*`, 'gv');
