import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

interface SourceFile {
  /** From the root of the project, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly syntax: ts.SourceFile;
}

/** A rule of the house that no linter here knows. */
interface Rule {
  readonly name: string;
  /** Which files it is for; absent: all. */
  readonly concerns?: (path: string) => boolean;
  /** What is wrong, as `line: problem`. */
  readonly problems: (file: SourceFile) => readonly string[];
  /** Files that are let off, each with the reason. One that no longer needs it fails. */
  readonly exceptions?: Readonly<Record<string, string>>;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const skipped = /(^|\/)(node_modules|dist|coverage|\.[^/]*)$/;

const isTest = (path: string) =>
  /\.(test|itest)\.ts$/.test(path) || /^(shared\/testing|integration-tests)\//.test(path);
/** What is deployed, replayed and simulated: it gets time, chance and settings handed in. */
const isDeployed = (path: string) => /^(shared|functions)\//.test(path) && !isTest(path);

const rules: readonly Rule[] = [
  {
    name: 'a line has at most 120 characters, unless it is one address',
    problems: ({ text }) =>
      text.split('\n').flatMap((line, index) => {
        const isFine = line.length <= 120 || /^\W*(@see )?https?:\/\/\S+$/.test(line);
        return isFine ? [] : [`${index + 1}: ${line.length} characters`];
      }),
  },
  {
    name: 'a file has at most 250 lines',
    problems: ({ text }) => {
      const lines = text.split('\n').length - 1;
      return lines > 250 ? [`${lines} lines`] : [];
    },
  },
  {
    name: 'a function has at most 60 lines, of which a suite of tests is none',
    problems: ({ syntax }) =>
      nodesOf(syntax).flatMap((node) => {
        if (!ts.isFunctionLike(node) || isSuite(node)) return [];
        const lines = lineOf(syntax, node.end) - lineOf(syntax, node.getStart(syntax)) + 1;
        return lines > 60 ? [`${lineOf(syntax, node.getStart(syntax))}: a function of ${lines} lines`] : [];
      }),
  },
  {
    name: 'what is deployed reads no clock of its own',
    concerns: isDeployed,
    problems: ({ syntax }) => [
      ...membersUsed(syntax, ['Date.now', 'performance.now']),
      ...found(syntax, (node) => ts.isNewExpression(node) && node.getText(syntax) === 'new Date()'),
    ],
    exceptions: { 'shared/runtime/clock.ts': 'the clock that is handed in' },
  },
  {
    name: 'what is deployed has no randomness of its own',
    concerns: isDeployed,
    problems: ({ syntax }) => membersUsed(syntax, ['Math.random']),
    exceptions: { 'shared/runtime/lambda.ts': 'where randomness is handed in' },
  },
  {
    name: 'what is deployed writes through its log',
    concerns: isDeployed,
    problems: ({ syntax }) => membersUsed(syntax, ['console.*']),
  },
  {
    name: 'settings are read where they are checked',
    concerns: (path) => !isTest(path) && !/^(shared\/runtime|local|cli|tools|bench)\//.test(path),
    problems: ({ syntax }) => membersUsed(syntax, ['process.env']),
  },
  {
    name: 'types are not talked out of: no any, no cast through unknown, no ignored error, no asserted presence',
    problems: ({ syntax, text }) => [
      ...found(syntax, (node) => node.kind === ts.SyntaxKind.AnyKeyword),
      ...found(syntax, (node) => ts.isNonNullExpression(node)),
      ...found(syntax, (node) => ts.isAsExpression(node) && isCastToUnknown(node.expression)),
      ...linesWith(text, new RegExp(`@ts-${'(ignore|expect-error|nocheck)'}`)),
    ],
  },
  {
    name: 'no path of one machine is written down',
    problems: ({ text }) => linesWith(text, /(?<![\w.*@/-])\/(home|root|Users|work)\/\w/),
  },
  {
    name: 'a file is named for its subject, in lower-case words with hyphens',
    problems: ({ path }) => {
      const names = path.split('/');
      const odd = names.filter(
        (name) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.(test|prop\.test|itest|config))?(\.(ts|mjs))?$/.test(name),
      );
      const vague = names.filter((name) => /^(utils?|helpers?|common|misc)(\.|$)/.test(name));
      return [...odd, ...vague].map((name) => `the name ${name}`);
    },
  },
];

// More than a thousand files are read: on a busy machine that takes its time.
describe('tidiness', () => {
  const files = sourcePaths('').map((path) => parse(path, readFileSync(`${root}${path}`, 'utf8')));

  it.each(rules.map((rule) => [rule.name, rule] as const))('%s', (_name, { concerns, problems, exceptions = {} }) => {
    const concerned = files.filter(({ path }) => concerns?.(path) ?? true);
    const offenders = new Map(concerned.map((file) => [file.path, problems(file)] as const));
    const broken = [...offenders].flatMap(([path, list]) =>
      Object.hasOwn(exceptions, path) ? [] : list.map((problem) => `${path}:${problem}`),
    );
    expect(broken).toEqual([]);
    const needless = Object.keys(exceptions).filter((path) => (offenders.get(path) ?? []).length === 0);
    expect(needless).toEqual([]);
  });

  it.each([
    ['line', 'shared/a.ts', 'x'.repeat(121)],
    ['250 lines', 'shared/a.ts', '\n'.repeat(251)],
    ['60 lines', 'shared/a.ts', `function long() {${'\n'.repeat(60)}}`],
    ['clock', 'shared/a.ts', 'const nowMs = Date.now();'],
    ['clock', 'functions/a/effects.ts', 'const now = new Date();'],
    ['randomness', 'shared/a.ts', 'const random = Math.random;'],
    ['log', 'shared/a.ts', "console.warn('');"],
    ['settings', 'shared/sinks/a.ts', 'const { HOME } = process.env;'],
    ['any', 'shared/a.test.ts', 'let a: any;'],
    ['any', 'shared/a.ts', 'const a = b as unknown as string;'],
    ['any', 'shared/a.ts', 'const a = b!.c;'],
    ['any', 'shared/a.ts', `// ${'@ts'}-expect-error`],
    ['machine', 'local/a.ts', `const home = '/${'home'}/somebody';`],
    ['named', 'shared/utils.ts', ''],
    ['named', 'shared/helpers/a.ts', ''],
    ['named', 'shared/CamelCase.ts', ''],
  ])('the rule about "%s" catches %s: %j', (about, path, text) => {
    const rule = rules.find(({ name }) => name.includes(about));
    expect(rule?.concerns?.(path) ?? true).toBe(true);
    expect(rule?.problems(parse(path, text))).toHaveLength(1);
  });

  it('looks at the whole project', () => {
    const folders = new Set(files.map(({ path }) => path.split('/')[0]));
    expect([...folders]).toEqual(expect.arrayContaining(['cli', 'functions', 'local', 'shared', 'tools']));
  });
});

function sourcePaths(folder: string): string[] {
  return readdirSync(`${root}${folder}`, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}${entry.name}`;
    if (skipped.test(path)) return [];
    if (entry.isDirectory()) return sourcePaths(`${path}/`);
    return /\.(ts|mjs)$/.test(entry.name) ? [path] : [];
  });
}

function parse(path: string, text: string): SourceFile {
  return { path, text, syntax: ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true) };
}

function nodesOf(node: ts.Node): ts.Node[] {
  const nodes: ts.Node[] = [node];
  node.forEachChild((child) => void nodes.push(...nodesOf(child)));
  return nodes;
}

function found(syntax: ts.SourceFile, test: (node: ts.Node) => boolean): string[] {
  return nodesOf(syntax)
    .filter(test)
    .map((node) => {
      const [firstLine = ''] = node.parent.getText(syntax).split('\n');
      return `${lineOf(syntax, node.getStart(syntax))}: ${firstLine}`;
    });
}

/** Uses of `Date.now` and the like; `console.*` stands for every member. */
function membersUsed(syntax: ts.SourceFile, members: readonly string[]): string[] {
  return found(syntax, (node) => {
    if (!ts.isPropertyAccessExpression(node) || !ts.isIdentifier(node.expression)) return false;
    const owner = node.expression.text;
    return members.includes(`${owner}.*`) || members.includes(`${owner}.${node.name.text}`);
  });
}

/** The function given to `describe`: a list of tests, not something that runs. */
function isSuite(node: ts.Node): boolean {
  const { parent } = node;
  return ts.isCallExpression(parent) && /^describe\b/.test(parent.expression.getText());
}

function isCastToUnknown(node: ts.Expression): boolean {
  return ts.isAsExpression(node) && node.type.kind === ts.SyntaxKind.UnknownKeyword;
}

function linesWith(text: string, pattern: RegExp): string[] {
  return text.split('\n').flatMap((line, index) => (pattern.test(line) ? [`${index + 1}: ${line.trim()}`] : []));
}

function lineOf(syntax: ts.SourceFile, position: number): number {
  return syntax.getLineAndCharacterOfPosition(position).line + 1;
}
