import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { slowPlaces, speedUp } from './kinesis-program.ts';

test('the installed engine has every slow place, once', () => {
  const program = readFileSync(createRequire(import.meta.url).resolve('kinesis-local/main.js'), 'utf8');
  const once = speedUp(program);
  expect(once.replaced).toBe(slowPlaces);
  expect(speedUp(once.program).replaced).toBe(0);
});

test('another program is left as it is', () => {
  expect(speedUp('return 1;')).toEqual({ program: 'return 1;', replaced: 0 });
});
