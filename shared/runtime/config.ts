import { FatalConfigError, InvariantError } from '../batch/errors.ts';
import type { FunctionDefinition, ResourceDefinition } from './consumer-definition.ts';

/** What a function is told by its environment, checked whole before the first record. */
export interface Config {
  readonly consumer: string;
  /** Region of the source table. */
  readonly region: string;
  readonly stage: string;
  /** Kept with dead letters, so that a redrive knows whether the code has changed since. */
  readonly codeVersion: string;
  readonly deadLetters: { readonly bucket: string; readonly queueUrl: string };
  /** Value of a variable that the definition declares, e.g. `config.value(countersTable.variable)`. */
  value(variable: string): string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

interface Variable {
  readonly name: string;
  readonly meaning: string;
  readonly pattern: RegExp;
}

const text = /\S/;
const tableName = /^[A-Za-z0-9_.-]{3,255}$/;
const regionName = /^[a-z0-9-]+$/;
const httpUrl = /^https?:\/\/[^\s/]+/;

const common = {
  region: { name: 'AWS_REGION', meaning: 'the region of the source table, e.g. eu-central-1', pattern: regionName },
  stage: { name: 'TRIBUTARY_STAGE', meaning: 'the name of this deployment, e.g. production', pattern: text },
  bucket: { name: 'DEAD_LETTER_BUCKET', meaning: 'the S3 bucket that keeps dead letters', pattern: text },
  queue: { name: 'DEAD_LETTER_QUEUE_URL', meaning: 'the URL of the SQS queue for notices', pattern: httpUrl },
} satisfies Record<string, Variable>;

/**
 * Reads every variable that the function needs.
 *
 * @throws {FatalConfigError} naming every variable that is missing or malformed, with what to set; never a value
 */
export function readConfig(definition: FunctionDefinition, environment: Environment): Config {
  const declared = definition.uses.flatMap(variablesOf);
  const problems = [...Object.values(common), ...declared].flatMap((variable) => problemOf(variable, environment));
  if (problems.length > 0) {
    throw new FatalConfigError(
      'configuration',
      `The function ${definition.name} cannot start: ${[...new Set(problems)].join('; ')}.`,
    );
  }
  const names = new Set(declared.map(({ name }) => name));
  const read = (name: string): string => environment[name] ?? '';
  return {
    consumer: definition.name,
    region: read(common.region.name),
    stage: read(common.stage.name),
    codeVersion: environment.TRIBUTARY_CODE_VERSION ?? 'unversioned',
    deadLetters: { bucket: read(common.bucket.name), queueUrl: read(common.queue.name) },
    value: (variable) => {
      if (names.has(variable)) return read(variable);
      throw new InvariantError(
        'invariant',
        `${definition.name} reads ${variable}, which is not declared: add its resource to "uses" in its definition.`,
      );
    },
  };
}

function variablesOf(resource: ResourceDefinition): Variable[] {
  switch (resource.kind) {
    case 'table':
      return [{ name: resource.variable, meaning: `the name of the table "${resource.name}"`, pattern: tableName }];
    case 'failures':
      return [];
    case 'sourceTable':
      return [{ name: resource.variable, meaning: 'the name of the source table', pattern: tableName }];
    case 'replicaTable':
      return [
        { name: resource.variable, meaning: 'the name of the table in the other region', pattern: tableName },
        { name: resource.regionVariable, meaning: 'the other region, e.g. eu-west-1', pattern: regionName },
        { name: resource.endpointVariable, meaning: 'the URL of DynamoDB in the other region', pattern: httpUrl },
        {
          name: resource.modeVariable,
          meaning: '"one-way", "active-active", or "off" where a global table does it',
          pattern: /^(one-way|active-active|off)$/,
        },
      ];
    case 'bucket':
      return [{ name: resource.variable, meaning: `the S3 bucket "${resource.name}"`, pattern: text }];
    case 'searchIndex':
      return [
        { name: resource.variable, meaning: 'the index to write to', pattern: text },
        { name: resource.endpointVariable, meaning: 'the URL of the OpenSearch cluster', pattern: httpUrl },
      ];
    case 'emailIdentity':
      return [
        { name: resource.variable, meaning: 'the address that mails are sent from', pattern: /^\S+@\S+$/ },
        {
          name: resource.configurationSetVariable,
          meaning: 'the SES configuration set that publishes events of the mails',
          pattern: /^[\w-]{1,64}$/,
        },
        {
          name: resource.onSilenceVariable,
          meaning: '"park", or "resend" where no event of the mail service is ever lost',
          pattern: /^(park|resend)$/,
        },
      ];
  }
}

function problemOf({ name, meaning, pattern }: Variable, environment: Environment): string[] {
  const value = environment[name];
  if (value === undefined || value === '') return [`${name} is not set: set it to ${meaning}`];
  return pattern.test(value) ? [] : [`${name} is malformed: set it to ${meaning}`];
}
