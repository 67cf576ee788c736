import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeCommand, readArguments } from '../../local/command-line.ts';
import { type LintedFile, lint, rules, UnreadableFileError } from './lint.ts';

const command = describeCommand({
  name: 'npm run lint:pipeline --',
  description: 'Finds settings of event source mappings, and of what is around them, that lose or delay records.',
  examples: [
    'npm run synth && npm run lint:pipeline',
    'aws lambda list-event-source-mappings --output json > mappings.json && npm run lint:pipeline -- mappings.json',
  ],
})
  .argument('[files...]', 'templates or listings of mappings, as JSON; by default what npm run synth wrote')
  .option('--rules', 'print every rule with the page it follows from');
readArguments(command);

const say = (line: string) => process.stdout.write(`${line}\n`);

if (command.opts<{ rules?: true }>().rules) {
  say(rules.map(({ name, meaning, source }) => `${name}\n  ${meaning}\n  ${source}`).join('\n'));
} else {
  try {
    run(command.args.length > 0 ? command.args : synthesized());
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  }
}

function run(paths: readonly string[]): void {
  const files = paths.map(read);
  const findings = lint(files);
  for (const { rule, where, found } of findings)
    say(`${rule.name}: ${where}: ${found}\n  ${rule.meaning}\n  ${rule.source}`);
  say(`${files.length} files, ${rules.length} rules, ${findings.length} findings`);
  process.exitCode = findings.length === 0 ? 0 : 1;
}

function read(path: string): LintedFile {
  try {
    return { file: basename(path), text: readFileSync(path, 'utf8') };
  } catch (error) {
    throw new UnreadableFileError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function synthesized(): readonly string[] {
  const folder = fileURLToPath(new URL('../../dist/cdk/', import.meta.url));
  const paths = globSync('*.template.json', { cwd: folder }).map((name) => `${folder}${name}`);
  if (paths.length > 0) return paths;
  throw new UnreadableFileError('There are no templates in dist/cdk: run npm run synth, or name files.');
}
