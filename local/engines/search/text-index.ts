import MiniSearch from 'minisearch';

interface Entry {
  readonly id: string;
  readonly text: string;
}

/** Full text of one field: minisearch (BM25+) behind OpenSearch's `standard` analyzer. */
export class TextIndex {
  // The exact old text is at hand at every change, so entries are removed at once: nothing is left to vacuum.
  readonly #entries = new MiniSearch<Entry>({
    fields: ['text'],
    tokenize,
    processTerm: (term) => term.toLowerCase(),
    autoVacuum: false,
  });

  /** Puts `newText` in the place of `oldText`; `undefined` stands for no text. */
  replace(change: { id: string; oldText: string | undefined; newText: string | undefined }): void {
    const { id, oldText, newText } = change;
    if (oldText === newText) return;
    if (oldText !== undefined) this.#entries.remove({ id, text: oldText });
    if (newText !== undefined) this.#entries.add({ id, text: newText });
  }

  /** Scores by id of the entries with any term of `query`, or with all of them. */
  match(query: string, combineWith: 'OR' | 'AND'): ReadonlyMap<string, number> {
    return scores(this.#entries.search(query, { combineWith }));
  }

  /** Scores by id of the entries with this very term, which is not analysed. */
  term(term: string): ReadonlyMap<string, number> {
    return scores(this.#entries.search(term, { tokenize: (text) => [text], processTerm: (text) => text }));
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
