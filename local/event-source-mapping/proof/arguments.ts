import { parseArgs } from 'node:util';

const usage = `Usage: npm run defects:mapping -- [--rule NAME ...] [--sample N] [--seed N]

Puts a deliberate defect into a copy of the package for each rule; a test of that rule has to fail.

  --rule <name>      only this one; may be given again
  --sample <number>  so many of them, others every day
  --seed <number>    the sample that this number once was
  -h, --help         display help for command

Examples:
  npm run defects:mapping -- --sample 15
  npm run defects:mapping -- --rule age-invoke-count
`;

export interface Arguments {
  readonly rule?: readonly string[];
  readonly sample?: number;
  readonly seed?: number;
}

/** Of this process. Help ends it with status 0, what makes no sense with status 2. */
export function readArguments(): Arguments {
  const { help, rule, sample, seed } = parsed();
  if (help) {
    process.stdout.write(usage);
    process.exit(0);
  }
  return {
    ...(rule === undefined ? {} : { rule }),
    ...(sample === undefined ? {} : { sample: wholeNumber('--sample', sample, 1) }),
    ...(seed === undefined ? {} : { seed: wholeNumber('--seed', seed, 0) }),
  };
}

export function misused(what: string): never {
  process.stderr.write(`error: ${what}\n`);
  process.exit(2);
}

function parsed() {
  try {
    return parseArgs({
      options: {
        rule: { type: 'string', multiple: true },
        sample: { type: 'string' },
        seed: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    return misused(error instanceof Error ? error.message : String(error));
  }
}

function wholeNumber(option: string, text: string, least: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least) return number;
  return misused(`${option} ${text} makes no sense: it must be a whole number of at least ${least}`);
}
