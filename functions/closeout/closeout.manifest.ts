import { BASIS_OF_DRAFTS, type FunctionSpec, http, task } from '../function-spec.ts';

/** The functions of `closeout`. */
export const closeoutFunctions = {
  'prepare-closeout': {
    entry: 'closeout/prepare-closeout.lambda.ts',
    purpose: "Lists the campaign's days and shards, and the days whose bills it is held against.",
    ...task,
    needs: { table: { verbs: ['get', 'query'], partitions: ['CAMPAIGN#', 'TOTALS#', 'POOL#'] } },
  },
  'summarise-partition': {
    entry: 'closeout/summarise-partition.lambda.ts',
    purpose: 'Adds up one shard of one day from the entries themselves.',
    ...task,
    timeoutSeconds: 300,
    memoryMb: 1024,
    needs: {
      table: { verbs: ['get', 'query'], partitions: ['CAMPAIGN#', 'GIFT#', 'POOL#'] },
      bucket: { verbs: ['put'], prefix: 'campaigns/' },
    },
  },
  'write-report': {
    entry: 'closeout/write-report.lambda.ts',
    purpose: 'Merges the summaries and writes the closeout report as JSON, PDF and XLSX.',
    ...task,
    timeoutSeconds: 600, // a million gifts are 11,000 journal pages at about 100 pages/s, and as many replayed on half a core
    memoryMb: 1024, // half a core: setting type is the heaviest thing we do, and nobody waits for it
    assets: 'press',
    needs: {
      table: {
        verbs: ['get', 'query', 'put'],
        partitions: ['CAMPAIGN#', 'POOL#', 'GIFT#', 'ORGANISATION#', 'PERSON#', 'SPENDING#', 'GOODS#'],
      },
      reads: ['RECONCILIATION#'],
      auditTrail: true,
      bucket: { verbs: ['get', 'put'], prefix: 'campaigns/' },
    },
  },
  'review-closeout': {
    entry: 'closeout/review-closeout.lambda.ts',
    purpose: 'Says how far a closeout report has come, and reminds people of the statement that it waits for.',
    ...task,
    needs: {
      table: { verbs: ['get', 'query', 'put', 'update', 'delete'], partitions: ['CAMPAIGN#', 'ORGANISATION#'] },
      reads: BASIS_OF_DRAFTS,
      auditTrail: true,
      mail: true,
    },
  },
  'sign-report': {
    entry: 'closeout/sign-report.lambda.ts',
    purpose:
      'Keeps a signed closeout report or addendum under its hash for good, or has it written anew, or gives it back.',
    ...task,
    timeoutSeconds: 300,
    memoryMb: 1024,
    assets: 'press',
    needs: {
      table: { verbs: ['get', 'query', 'put', 'update'], partitions: ['CAMPAIGN#', 'ORGANISATION#', 'PERSON#'] },
      guards: BASIS_OF_DRAFTS,
      reads: ['TOTALS#', 'GIFT#'],
      auditTrail: true,
      bucket: { verbs: ['get', 'put'], prefix: 'campaigns/' },
    },
  },
  'mail-closeout-reports': {
    entry: 'closeout/mail-closeout-reports.lambda.ts',
    purpose: 'Mails signed closeout reports and their addenda to each recipient, once.',
    trigger: { kind: 'job', job: 'mail-closeout-reports' },
    timeoutSeconds: 290,
    memoryMb: 512,
    needs: {
      table: { verbs: ['get', 'query', 'put', 'update', 'delete'], partitions: ['CAMPAIGN#', 'ORGANISATION#'] },
      bucket: { verbs: ['get'], prefix: 'campaigns/' },
      mail: true,
    },
  },
  'manage-closeout': {
    entry: 'closeout/manage-closeout.lambda.ts',
    purpose: 'Lets people write and submit what only they can say of a closed campaign, and shows its report.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/campaigns/{campaignId}/closeout' },
        { method: 'GET', path: '/campaigns/{campaignId}/closeout-statement' },
        { method: 'PUT', path: '/campaigns/{campaignId}/closeout-statement' },
        { method: 'POST', path: '/campaigns/{campaignId}/closeout-statement/submissions' },
      ],
      access: 'staff',
    },
    ...http,
    needs: {
      table: { verbs: ['get', 'query', 'put'], partitions: ['CAMPAIGN#', 'SPENDING#', 'GOODS#'] },
      bucket: { verbs: ['get'], prefix: 'campaigns/' },
    },
  },
  'manage-addenda': {
    entry: 'closeout/manage-addenda.lambda.ts',
    purpose: 'Drafts addenda to a signed closeout report, and lists them.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/campaigns/{campaignId}/report-addenda' },
        { method: 'POST', path: '/campaigns/{campaignId}/report-addenda' },
      ],
      access: 'staff',
    },
    timeoutSeconds: 29, // opening the typesetter takes two seconds
    memoryMb: 1024,
    assets: 'press',
    needs: {
      table: { verbs: ['get', 'query', 'put'], partitions: ['CAMPAIGN#'] },
      reads: [...BASIS_OF_DRAFTS, 'TOTALS#', 'GIFT#'],
      bucket: { verbs: ['get', 'put'], prefix: 'campaigns/' },
      addenda: true,
    },
  },
} as const satisfies Record<string, FunctionSpec>;
