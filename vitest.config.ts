import { defineConfig } from 'vitest/config';

/** Everything that needs neither emulator nor network; `*.e2e.test.ts` has its own configuration. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    exclude: ['test/**/*.e2e.test.ts'],
    env: {
      TZ: 'America/New_York', // far from every campaign, so that a day counted in the machine's zone shows
      POWERTOOLS_LOG_LEVEL: 'SILENT',
      POWERTOOLS_METRICS_DISABLED: 'true',
      AWS_REGION: 'us-east-1',
    },
    testTimeout: 30_000,
  },
});
