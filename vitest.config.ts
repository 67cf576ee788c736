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
          // Real engines (TRIBUTARY_ENGINES) take their time to start on a busy machine.
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
