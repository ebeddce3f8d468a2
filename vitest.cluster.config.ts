import { defineConfig } from 'vitest/config';

/**
 * Tests against a real API server with KEDA: the cluster that KUBECONFIG names, or one of this machine that is started for
 * them. They wait for KEDA and for the HPA, so they take minutes.
 */
export default defineConfig({
  test: {
    include: ['test/cluster/**/*.test.ts'],
    globalSetup: 'test/cluster/support/global-setup.ts',
    testTimeout: 300_000,
    hookTimeout: 300_000,
    fileParallelism: false,
  },
});
