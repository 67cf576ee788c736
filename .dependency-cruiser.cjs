// The house as rules: layers point one way (change <- batch <- services <- sinks <- runtime <- functions).
const to = (...paths) => ({ path: paths.map((path) => `^${path}`) });
const from = (path, pathNot = ['\\.test\\.ts$']) => ({ path: `^${path}`, pathNot });

module.exports = {
  forbidden: [
    { name: 'no-circle', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'change-is-pure',
      comment: 'The change layer parses and compares: no SDK, no I/O, nothing above it.',
      severity: 'error',
      from: from('shared/change/'),
      to: { pathNot: ['^shared/change/', '^shared/testing/'] },
    },
    {
      name: 'batch-knows-change-only',
      severity: 'error',
      from: from('shared/batch/'),
      to: { pathNot: ['^shared/(change|batch)/', '^shared/testing/'] },
    },
    {
      name: 'services-below-sinks',
      severity: 'error',
      from: from('shared/services/'),
      to: to('shared/(sinks|runtime|operations)/', 'functions/', 'local/', 'cli/', 'console/'),
    },
    {
      name: 'sinks-below-runtime',
      comment: 'Resource types are data and live with the runtime; nothing else of it is for sinks.',
      severity: 'error',
      from: from('shared/sinks/'),
      to: {
        path: ['^shared/(runtime|operations)/', '^functions/', '^local/', '^cli/', '^console/'],
        pathNot: ['^shared/runtime/consumer-definition\\.ts$'],
      },
    },
    {
      name: 'one-sink-never-imports-another',
      severity: 'error',
      from: { path: '^shared/sinks/([^/]+)/' },
      to: { path: '^shared/sinks/[^/]+/', pathNot: '^shared/sinks/$1/' },
    },
    {
      name: 'shared-knows-no-table-and-no-consumer',
      comment: 'The registry and the table are passed in; nothing shared says "users".',
      severity: 'error',
      from: from('shared/'),
      to: to('functions/', 'local/', 'cli/', 'console/', 'infra/'),
    },
    {
      name: 'nothing-that-runs-knows-infrastructure',
      severity: 'error',
      from: { path: '^(functions|local)/' },
      to: to('infra/'),
    },
    {
      name: 'plans-are-pure',
      comment: 'Names, plans, grants and variables are data: linters, verification and the CLI read them without CDK.',
      severity: 'error',
      from: {
        path: '^infra/(names|stage-config|config|config-rules|validate-config|region-plan|grants|function-variables)\\.ts$',
      },
      to: { path: ['node_modules/(aws-cdk-lib|constructs|cdk-nag)/', '^infra/(constructs|stacks|observability)/'] },
    },
    {
      name: 'one-consumer-never-imports-another',
      severity: 'error',
      from: { path: '^functions/([^/]+)/', pathNot: ['\\.test\\.ts$'] },
      to: { path: '^functions/[^/]+/', pathNot: '^functions/$1/' },
    },
    {
      name: 'definitions-are-data',
      comment: 'Infrastructure reads them at synth: no SDK behind a definition or a resource.',
      severity: 'error',
      from: { path: '^(functions|shared/sinks)/.*(definition|resources|totals|table)\\.ts$' },
      to: { path: 'node_modules', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'checkers-know-only-the-services',
      comment: 'A checker that shares code with what it checks repeats its mistakes.',
      severity: 'error',
      from: from('(local/demo|simulator)/checkers/'),
      to: to('shared/', 'functions/'),
    },
    {
      name: 'checkers-of-the-simulator-know-the-history-only',
      comment: 'They are given what was observed, and import nothing but each other.',
      severity: 'error',
      from: from('simulator/checkers/'),
      to: { pathNot: '^simulator/checkers/' },
    },
    {
      name: 'simulator-is-for-nobody',
      severity: 'error',
      from: { path: '^(shared|functions|local|cli|console|infra)/' },
      to: to('simulator/'),
    },
    {
      name: 'event-source-mapping-stands-alone',
      severity: 'error',
      from: from('local/event-source-mapping/'),
      to: { path: ['^(shared|functions|cli|console|infra)/', '^local/(?!event-source-mapping/)'] },
    },
    {
      name: 'testing-is-for-tests',
      severity: 'error',
      from: { path: '^(shared|functions|local|cli|console|infra)/', pathNot: ['\\.test\\.ts$', '^shared/testing/'] },
      to: to('shared/testing/'),
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|\\.tributary)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.mjs', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types'],
    },
  },
};
