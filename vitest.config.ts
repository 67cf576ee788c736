import { defineConfig } from 'vitest/config';

/** Run on every provider of engines. */
const contracts = ['integration-tests/engines/{dynamodb,dynamodb-streams,search}-{contract,differences}.itest.ts'];
/** One file per promise that an engine with several providers has a part in; TRIBUTARY_ENGINES names the provider. */
const promises = [
  'integration-tests/{aggregates,email,replicator,search-index,tombstone-sweep,usage-analytics,writer}.itest.ts',
];
/** What can be shown on the real engine only. */
const onlyReal = ['integration-tests/{search-real*,engines/*-real}.itest.ts'];
/** What is about containers as such. */
const containers = ['integration-tests/engines/containers.itest.ts'];

/** What takes minutes: for a machine with nothing else to do. */
const large = ['integration-tests/large/*.itest.ts'];

/** No test asks how long something takes: each limit is there for what hangs, also on a machine that is busy. */
const patient = { testTimeout: 120_000, hookTimeout: 180_000, expect: { poll: { timeout: 60_000 } } };

/** Engines are processes of their own: one file's are enough for a machine. */
const onEngines = { ...patient, fileParallelism: false };

const exclude = ['**/node_modules/**', '**/dist/**', '.tributary/**'];
const setupFiles = ['tools/property-cases.ts'];

const real = (provider: 'processes' | 'containers', include: string[]) => ({
  test: { name: `real on ${provider}`, include, exclude, ...onEngines, env: { TRIBUTARY_ENGINES: provider } },
});

// Suites by what they need: `unit` and `prop` no server at all, `integration` the embedded engines on loopback, `real`
// DynamoDB Local and OpenSearch.
export default defineConfig({
  test: {
    // By default a core is left idle, which on two cores is every other one.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [...exclude, '**/*.prop.test.ts'],
          setupFiles,
          ...patient,
        },
      },
      { test: { name: 'prop', include: ['**/*.prop.test.ts'], exclude, setupFiles, ...patient } },
      {
        test: {
          name: 'integration',
          include: ['integration-tests/**/*.itest.ts'],
          exclude: [...exclude, ...onlyReal, ...containers, ...large],
          ...onEngines,
        },
      },
      // `npm run test:real` runs these; the name, which stands before each file, is what backs its tests.
      real('processes', [...contracts, ...promises, ...onlyReal]),
      real('containers', [...contracts, ...containers]),
      { test: { name: 'large', include: large, exclude, ...onEngines } },
    ],
  },
});
