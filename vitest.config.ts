import { defineConfig } from 'vitest/config';

/** The suite that needs nothing but `npm ci`. Suites that need servers from outside have a config of their own. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/integration/**', 'test/cluster/**'],
    globalSetup: 'test/left-out.ts',
    testTimeout: 20_000,
    // Many tests wait for processes of their own, so two files at a time fit even a machine of two cores.
    maxWorkers: 2,
    // Test files share a worker's modules instead of loading them 165 times over: a third of the time. No test mocks a module.
    isolate: false,
    // Processes that a busy CI machine starves are given another chance there; at a desk, a test that fails has failed.
    retry: process.env['CI'] === undefined ? 0 : 2,
    restoreMocks: true,
  },
});
