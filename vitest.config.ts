import { defineConfig } from 'vitest/config';

const exclude = ['**/node_modules/**', '**/dist/**', '.tributary/**'];
const setupFiles = ['tools/property-cases.ts'];

// Suites by what they need: `unit` and `prop` no server at all, `integration` the embedded engines on loopback.
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['**/*.test.ts'], exclude: [...exclude, '**/*.prop.test.ts'], setupFiles } },
      { test: { name: 'prop', include: ['**/*.prop.test.ts'], exclude, setupFiles, testTimeout: 60_000 } },
      {
        test: {
          name: 'integration',
          include: ['integration-tests/**/*.itest.ts'],
          exclude,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
