/**
 * The house's storeys, lowest first: a room imports only itself and the rooms listed beside it.
 * CONTRIBUTING.md says the same in words.
 */
const adapters = ['gpu', 'signals', 'kubernetes', 'credentials', 'telemetry', 'program'];
const rooms = {
  domain: [],
  decision: ['domain'],
  schedule: ['domain'],
  generated: [],
  policy: ['domain', 'schedule'],
  program: ['domain'],
  telemetry: ['domain'],
  credentials: ['domain', 'telemetry'],
  gpu: ['domain', 'generated', 'telemetry', 'credentials'],
  signals: ['domain', 'telemetry'],
  kubernetes: ['domain', 'telemetry', 'credentials'],
  exporter: ['domain', 'generated', ...adapters],
  scaler: ['domain', 'decision', 'schedule', 'policy', 'generated', ...adapters],
  simulator: ['domain', 'decision', 'schedule', 'policy', 'generated', ...adapters],
  cli: ['domain', 'decision', 'schedule', 'policy', 'generated', 'simulator', ...adapters],
};
/** Rooms that may use only these packages and node: modules; a room that is not listed may use any. */
const packages = { domain: [], decision: [], schedule: [] };

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: '^src/(generated/|[a-z]+/main\\.ts$)' },
      to: {},
    },
    { name: 'src-never-imports-test', severity: 'error', from: { path: '^src/' }, to: { path: '^(test|bench)/' } },
    { name: 'nothing-imports-main', severity: 'error', from: {}, to: { path: '/main\\.ts$' } },
    {
      name: 'no-dev-dependency-in-src',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'] },
    },
    ...Object.entries(rooms).map(([room, below]) => ({
      name: `${room}-imports-only-downwards`,
      severity: 'error',
      from: { path: `^src/${room}/` },
      to: { path: '^src/', pathNot: `^src/(${[room, ...below].join('|')})/` },
    })),
    ...Object.entries(packages).map(([room, names]) => ({
      name: `${room}-uses-no-other-packages`,
      severity: 'error',
      from: { path: `^src/${room}/` },
      to: { pathNot: names.length ? `^src/|(^|node_modules/)(${names.join('|')})(/|$)` : '^src/' },
    })),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
