import { defineConfig } from 'vitest/config';

// Tests against a whole system that runs: local/check.ts starts one and says where it is.
export default defineConfig({
  test: {
    include: ['test/**/*.e2e.test.ts'],
    // They share one system, and its clock: one file after the other.
    fileParallelism: false,
    // A campaign's whole life on the emulator takes tens of seconds on two cores.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
