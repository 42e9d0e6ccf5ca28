import { type FunctionSpec, http } from '../function-spec.ts';

/** The functions of `duties`. */
export const dutiesFunctions = {
  'get-calendar': {
    entry: 'duties/get-calendar.lambda.ts',
    purpose: 'Shows what a campaign or an organisation has to do by when, and what is done.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/campaigns/{campaignId}/calendar' },
        { method: 'GET', path: '/organisations/{organisationId}/calendar' },
      ],
      access: 'staff',
    },
    ...http,
    needs: { table: { verbs: ['get', 'query'], partitions: ['CAMPAIGN#', 'ORGANISATION#', 'CALENDARS#'] } },
  },
  'complete-duty': {
    entry: 'duties/complete-duty.lambda.ts',
    purpose: 'Records that a duty is done, or that something has happened which has to be published.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'POST', path: '/campaigns/{campaignId}/duties/{dutyId}/completions' },
        { method: 'POST', path: '/organisations/{organisationId}/duties/{dutyId}/completions' },
        { method: 'POST', path: '/organisations/{organisationId}/duty-events' },
      ],
      access: 'staff',
    },
    ...http,
    needs: { table: { verbs: ['get', 'query', 'update'], partitions: ['CAMPAIGN#', 'ORGANISATION#', 'CALENDARS#'] } },
  },
  'manage-calendar-feeds': {
    entry: 'duties/manage-calendar-feeds.lambda.ts',
    purpose: 'Makes the secret address under which a calendar program reads duties, and revokes it.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'POST', path: '/organisations/{organisationId}/calendar-feeds' },
        { method: 'DELETE', path: '/organisations/{organisationId}/calendar-feeds/{feedId}' },
      ],
      access: 'staff',
    },
    ...http,
    needs: {
      table: { verbs: ['get', 'put', 'update'], partitions: ['FEED#', 'ORGANISATION#'] },
      secrets: ['donor-key'],
    },
  },
  'get-calendar-feed': {
    entry: 'duties/get-calendar-feed.lambda.ts',
    purpose: 'Duties as a calendar program reads them, for whoever has the secret address.',
    trigger: { kind: 'http', routes: [{ method: 'GET', path: '/calendar-feeds/{file}' }], access: 'public' },
    ...http,
    needs: { table: { verbs: ['get', 'query'], partitions: ['FEED#', 'PERSON#', 'ORGANISATION#', 'CALENDARS#'] } },
  },
  'remind-duties': {
    entry: 'duties/remind-duties.lambda.ts',
    purpose: 'Mails the duties that are near and the money without an owner, and escalates what is overdue, once each.',
    trigger: { kind: 'job', job: 'remind-duties' },
    timeoutSeconds: 290, // a thousand calendars are a few pages; a mail is 0.3 s, and what is left is sent an hour later
    memoryMb: 512,
    needs: {
      table: {
        verbs: ['get', 'query', 'put', 'update', 'delete'],
        partitions: ['CALENDARS#', 'CAMPAIGN#', 'ORGANISATION#'],
      },
      reads: ['ROOTS#'],
      mail: true,
    },
  },
} as const satisfies Record<string, FunctionSpec>;
