/** A row of a table of SPEC.md: `| name | what holds | sources | held by |`. */
export interface Rule {
  readonly name: string;
  readonly statement: string;
  /** Keys of the links at the end of the page, e.g. `errors-dynamodb`. */
  readonly sources: readonly string[];
  readonly heldBy: string;
}

const ROW = /^\| `([a-z0-9-]+)` \| (.+?) \| (.+?) \| (.*?) ?\|$/;

export function rulesOf(page: string): readonly Rule[] {
  return page.split('\n').flatMap((line) => {
    const [, name, statement = '', sources = '', heldBy = ''] = ROW.exec(line) ?? [];
    if (name === undefined) return [];
    return [{ name, statement, sources: [...sources.matchAll(/\[([^\]]+)\]/g)].map(([, key = '']) => key), heldBy }];
  });
}

/** The page with the last column of every rule naming the files of its tests. */
export function withTests(page: string, tests: ReadonlyMap<string, readonly string[]>): string {
  const lines = page.split('\n').map((line) => {
    const [, name = '', statement, sources] = ROW.exec(line) ?? [];
    if (name === '') return line;
    const links = (tests.get(name) ?? []).map((path) => `[${path.replace(/^.*\/|\.test\.ts$/g, '')}](${path})`);
    return `| \`${name}\` | ${statement} | ${sources} | ${links.join(', ')} |`;
  });
  return lines.join('\n');
}

/** Options that the page names for what AWS leaves open, as in "option `backoff`". */
export function optionsOf({ statement }: Rule): readonly string[] {
  return [...statement.matchAll(/option `([\w.]+)`/g)].map(([, option = '']) => option);
}
