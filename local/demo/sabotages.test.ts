import { describe, expect, it } from 'vitest';
import { sabotages } from './sabotages.ts';

describe('sabotages', () => {
  it('show themselves in a small run', () => {
    for (const { users } of sabotages) expect(users).toBeLessThanOrEqual(200);
  });
});
