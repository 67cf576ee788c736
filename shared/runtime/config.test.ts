import { describe, expect, it } from 'vitest';
import { FatalConfigError, InvariantError } from '../batch/errors.ts';
import { readConfig } from './config.ts';
import type { FunctionDefinition } from './consumer-definition.ts';

const definition: FunctionDefinition = {
  name: 'probe',
  summary: 'A function for tests.',
  timeoutS: 60,
  memoryMb: 512,
  uses: [
    {
      kind: 'table',
      name: 'things',
      variable: 'THINGS_TABLE',
      partitionKey: { name: 'pk', type: 'S' },
      actions: [],
    },
    {
      kind: 'searchIndex',
      variable: 'SEARCH_INDEX',
      endpointVariable: 'SEARCH_ENDPOINT',
      actions: [],
      permissions: { cluster: [], index: [] },
    },
    {
      kind: 'emailIdentity',
      variable: 'EMAIL_SENDER',
      configurationSetVariable: 'EMAIL_CONFIGURATION_SET',
      onSilenceVariable: 'EMAIL_ON_SILENCE',
      actions: [],
    },
  ],
};

const complete = {
  AWS_REGION: 'eu-central-1',
  TRIBUTARY_STAGE: 'test',
  DEAD_LETTER_BUCKET: 'failures',
  DEAD_LETTER_QUEUE_URL: 'http://127.0.0.1:9324/000000000000/notices',
  THINGS_TABLE: 'things-test',
  SEARCH_INDEX: 'things-v1',
  SEARCH_ENDPOINT: 'http://127.0.0.1:9200',
  EMAIL_SENDER: 'sender@example.com',
  EMAIL_CONFIGURATION_SET: 'emails',
  EMAIL_ON_SILENCE: 'park',
};

describe('readConfig', () => {
  it('answers what the environment says', () => {
    const config = readConfig(definition, complete);
    expect(config).toMatchObject({ consumer: 'probe', region: 'eu-central-1', stage: 'test' });
    expect(config.value('THINGS_TABLE')).toBe('things-test');
  });

  it('names every missing variable at once, with what to set it to', () => {
    const read = () => readConfig(definition, { AWS_REGION: 'eu-central-1', TRIBUTARY_STAGE: 'test' });
    expect(read).toThrow(FatalConfigError);
    expect(read).toThrow(/DEAD_LETTER_BUCKET is not set: set it to the S3 bucket/);
    expect(read).toThrow(/THINGS_TABLE is not set: set it to the name of the table "things"/);
    expect(read).toThrow(/EMAIL_SENDER is not set/);
  });

  it.each([
    { variable: 'SEARCH_ENDPOINT', value: 'localhost' },
    { variable: 'THINGS_TABLE', value: 'a table' },
    { variable: 'EMAIL_SENDER', value: 'nobody' },
    { variable: 'EMAIL_ON_SILENCE', value: 'hope' },
    { variable: 'DEAD_LETTER_QUEUE_URL', value: 'notices' },
  ])('refuses a malformed $variable without repeating its value', ({ variable, value }) => {
    const read = () => readConfig(definition, { ...complete, [variable]: value });
    expect(read).toThrow(new RegExp(`${variable} is malformed: set it to`));
    expect(read).not.toThrow(new RegExp(`: ${value}`));
  });

  it('gives no variable that the definition does not declare', () => {
    const config = readConfig(definition, { ...complete, OTHER_TABLE: 'other' });
    expect(() => config.value('OTHER_TABLE')).toThrow(InvariantError);
  });
});
