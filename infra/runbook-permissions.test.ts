import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { operatorGrants, readerGrants } from './access.ts';
import { planRegion } from './region-plan.ts';
import { house, sampleConfig } from './testing/sample-stage.ts';

const place = { region: 'eu-west-1', account: '123456789012', partition: 'aws' };
const plan = planRegion(sampleConfig, { house, place });
const allowed = new Set([...readerGrants(plan), ...operatorGrants(plan, place)].flatMap(({ actions }) => actions));
const runbook = readFileSync(new URL('../docs/operate.md', import.meta.url), 'utf8');

/** Commands that are not called as their action is. */
const named: Readonly<Record<string, string>> = {
  'logs tail': 'logs:FilterLogEvents',
  's3 ls': 's3:ListBucket',
};
/** Anybody may ask who they are. */
const free = ['sts get-caller-identity'];

/** `kinesis update-shard-count` -> `kinesis:UpdateShardCount`. */
function actionOf(command: string): string {
  const [service = '', words = ''] = command.split(' ');
  const action = words.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
  return named[command] ?? `${service === 'sesv2' ? 'ses' : service}:${action}`;
}

it('the policies allow the `aws` commands of the runbook but those of which it says that they do not', () => {
  const commands = new Set(
    [...runbook.matchAll(/\baws ([a-z0-9-]+ [a-z][a-z0-9-]+)/g)].map(([, command = '']) => command),
  );
  const refused = [...commands].filter((command) => !free.includes(command) && !allowed.has(actionOf(command)));
  expect(refused.toSorted()).toEqual([
    // Part of a deployment, of its end, or of what comes before the first one.
    'cloudformation delete-stack',
    'cloudformation update-termination-protection',
    'cloudformation wait',
    'iam create-service-linked-role',
    // They change a stream, or list who reads it.
    'kinesis enable-enhanced-monitoring',
    'kinesis increase-stream-retention-period',
    'kinesis list-stream-consumers',
    'kinesis update-shard-count',
    // The operator's function alone is theirs to invoke.
    'lambda invoke',
    'lambda put-function-concurrency',
    'scheduler list-schedules',
    'service-quotas request-service-quota-increase',
    'sesv2 create-email-identity',
    'sqs start-message-move-task',
  ]);
});
