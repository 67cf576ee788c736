/**
 * `node tools/record-identities.ts`: adds what a deployment has and `infra/testing/deployed-identities.json` does not
 * know yet, such as the table of a new consumer. What is recorded stays: `infra/replacement.test.ts` holds it.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { identitiesOf } from '../infra/testing/identities.ts';
import { sampleConfig } from '../infra/testing/sample-stage.ts';
import { synthesize } from '../infra/testing/synthesize.ts';

const file = new URL('../infra/testing/deployed-identities.json', import.meta.url);
const recorded: object = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
const stage = synthesize(sampleConfig);
const identities = { ...identitiesOf(stage), ...recorded };
stage.remove();
const sorted = Object.fromEntries(Object.entries(identities).toSorted(([one], [other]) => (one < other ? -1 : 1)));
writeFileSync(file, `${JSON.stringify(sorted, null, 2)}\n`);
console.log(`${Object.keys(sorted).length} resources are recorded.`);
