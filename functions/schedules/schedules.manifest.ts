import { type FunctionSpec, http } from '../function-spec.ts';

/** The functions of `schedules`. */
export const schedulesFunctions = {
  'manage-schedules': {
    entry: 'schedules/manage-schedules.lambda.ts',
    purpose: 'Shows what runs again and again and how it went; changes, pauses and starts it.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/organisations/{organisationId}/schedules' },
        { method: 'GET', path: '/organisations/{organisationId}/schedules/{job}' },
        { method: 'PUT', path: '/organisations/{organisationId}/schedules/{job}' },
        { method: 'POST', path: '/organisations/{organisationId}/schedules/{job}/pauses' },
        { method: 'POST', path: '/organisations/{organisationId}/schedules/{job}/resumptions' },
        { method: 'GET', path: '/organisations/{organisationId}/schedules/{job}/runs' },
        { method: 'POST', path: '/organisations/{organisationId}/schedules/{job}/runs' },
      ],
      access: 'staff',
    },
    ...http,
    needs: {
      table: { verbs: ['get', 'query', 'put', 'check'], partitions: ['SCHEDULE#', 'RUNS#'] },
      schedules: true,
      startsJobs: true,
    },
  },
  'keep-schedules': {
    entry: 'schedules/keep-schedules.lambda.ts',
    purpose: 'Holds schedules against what people set, and makes up once for runs that were missed.',
    trigger: { kind: 'job', job: 'keep-schedules' },
    timeoutSeconds: 290, // a root has a handful of schedules at some 20 ms each; what is left is looked at an hour later
    memoryMb: 512,
    needs: {
      table: {
        verbs: ['get', 'query', 'put', 'check', 'delete'],
        partitions: ['ROOTS#', 'SCHEDULE#', 'SCHEDULES#', 'RUNS#'],
      },
      schedules: true,
      startsJobs: true,
    },
  },
} as const satisfies Record<string, FunctionSpec>;
