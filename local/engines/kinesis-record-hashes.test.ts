import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { keepRecordHashes } from './kinesis-record-hashes.ts';

test('the installed engine has the one place where a record hash is kept', () => {
  const program = readFileSync(createRequire(import.meta.url).resolve('kinesis-local/main.js'), 'utf8');

  expect(keepRecordHashes(program).length - program.length).toBe('this.keptHash ??= '.length);
});

test('another program is left as it is', () => {
  expect(keepRecordHashes('return 1;')).toBe('return 1;');
});
