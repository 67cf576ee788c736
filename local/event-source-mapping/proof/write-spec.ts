/** Brings the last column of SPEC.md up to date: `node proof/write-spec.ts`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { withTests } from './spec-page.ts';
import { taggedTests } from './tagged-tests.ts';

const packageFolder = dirname(import.meta.dirname);
const page = join(packageFolder, 'SPEC.md');
writeFileSync(page, withTests(readFileSync(page, 'utf8'), taggedTests(packageFolder)));
