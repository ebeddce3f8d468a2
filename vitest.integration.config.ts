import { defineConfig } from 'vitest/config';

/** Suites against real servers and tools from Debian's packages; `.ci/run` installs those first. */
export default defineConfig({
  test: {
    include: ['test/integration/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    // Real servers that a busy CI machine starves are given another chance there.
    retry: process.env['CI'] === undefined ? 0 : 2,
  },
});
