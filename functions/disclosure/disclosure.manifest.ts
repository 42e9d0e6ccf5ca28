import { type FunctionSpec, http, task } from '../function-spec.ts';

/** The functions of `disclosure`. */
export const disclosureFunctions = {
  'get-public-figures': {
    entry: 'disclosure/get-public-figures.lambda.ts',
    purpose: 'Public totals, match remaining and leaderboard of a campaign; cacheable.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/public/campaigns/{campaignId}' },
        { method: 'GET', path: '/public/campaigns/{campaignId}/plan' },
      ],
      access: 'public',
    },
    ...http,
    needs: {
      table: { verbs: ['get', 'query'], partitions: ['CAMPAIGN#', 'TOTALS#', 'POOL#', 'ORGANISATION#', 'GIFT#'] },
    },
  },
  'get-public-teams': {
    entry: 'disclosure/get-public-teams.lambda.ts',
    purpose: 'Teams of a campaign and what they raised; cacheable.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/public/campaigns/{campaignId}/teams' },
        { method: 'GET', path: '/public/campaigns/{campaignId}/teams/{teamId}' },
      ],
      access: 'public',
    },
    ...http,
    needs: { table: { verbs: ['get', 'query'], partitions: ['CAMPAIGN#', 'TOTALS#'] } },
  },
  'get-public-page': {
    entry: 'disclosure/get-public-page.lambda.ts',
    purpose: 'The public figures and recent gifts as a page for people; cacheable.',
    trigger: {
      kind: 'http',
      routes: [{ method: 'GET', path: '/public/campaigns/{campaignId}/page' }],
      access: 'public',
    },
    ...http,
    needs: {
      table: {
        verbs: ['get', 'query'],
        partitions: ['CAMPAIGN#', 'TOTALS#', 'POOL#', 'ORGANISATION#', 'ORDER#', 'GIFT#'],
      },
    },
  },
  'list-public-gifts': {
    entry: 'disclosure/list-public-gifts.lambda.ts',
    purpose: 'Recent gifts of a campaign, anonymity honoured; cacheable.',
    trigger: {
      kind: 'http',
      routes: [{ method: 'GET', path: '/public/campaigns/{campaignId}/gifts' }],
      access: 'public',
    },
    ...http,
    needs: { table: { verbs: ['get', 'query'], partitions: ['CAMPAIGN#', 'ORDER#', 'POOL#', 'GIFT#'] } },
  },

  'manage-disclosures': {
    entry: 'disclosure/manage-disclosures.lambda.ts',
    purpose: 'Publishes entries and corrections of a campaign, shows drafts, and keeps how an organisation publishes.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/campaigns/{campaignId}/disclosures' },
        { method: 'POST', path: '/campaigns/{campaignId}/disclosures' },
        { method: 'POST', path: '/campaigns/{campaignId}/disclosures/{number}/corrections' },
        { method: 'GET', path: '/organisations/{organisationId}/disclosure-settings' },
        { method: 'PUT', path: '/organisations/{organisationId}/disclosure-settings' },
      ],
      access: 'staff',
    },
    ...http,
    needs: {
      table: { verbs: ['get', 'query', 'put', 'update'], partitions: ['CAMPAIGN#', 'ORGANISATION#', 'DISCLOSURE#'] },
      reads: ['SIGNED#', 'POOL#', 'SPENDING#', 'GOODS#', 'FEES#'],
      bucket: { verbs: ['put'], prefix: 'published/entries/' },
    },
  },
  'read-disclosures': {
    entry: 'disclosure/read-disclosures.lambda.ts',
    purpose: 'Shows what was published of a campaign, its account and its list of gifts, as JSON, CSV and a page.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/public/campaigns/{campaignId}/disclosures' },
        { method: 'GET', path: '/public/campaigns/{campaignId}/disclosures/page' },
        { method: 'GET', path: '/public/campaigns/{campaignId}/disclosures/{number}' },
        { method: 'GET', path: '/public/campaigns/{campaignId}/account' },
        { method: 'GET', path: '/public/campaigns/{campaignId}/account.csv' },
        { method: 'GET', path: '/public/campaigns/{campaignId}/gifts.csv' },
      ],
      access: 'public',
    },
    ...http,
    memoryMb: 1024, // 2,000 gifts of a file are read, joined with their names and written out as text
    needs: {
      table: {
        verbs: ['get', 'query'],
        partitions: ['CAMPAIGN#', 'DISCLOSURE#', 'SIGNED#', 'POOL#', 'SPENDING#', 'GOODS#', 'FEES#', 'GIFT#', 'ORDER#'],
      },
    },
  },
  'publish-disclosure': {
    entry: 'disclosure/publish-disclosure.lambda.ts',
    purpose: 'Signs what is over and publishes the entry that a workflow has come to, once.',
    ...task,
    timeoutSeconds: 900, // as sign-day, which it does first
    memoryMb: 1024,
    needs: {
      table: {
        verbs: ['get', 'query', 'put', 'update'],
        partitions: ['CAMPAIGN#', 'DISCLOSURE#', 'SIGNED#', 'PROOF-KEYS#', 'PAID#'],
      },
      reads: ['ORGANISATION#', 'POOL#', 'GIFT#', 'OFFLINE#', 'TOTALS#', 'SPENDING#', 'GOODS#', 'FEES#'],
      auditTrail: true,
      bucket: { verbs: ['put'], prefix: 'published/' },
      secrets: ['donor-key'],
      signing: true,
    },
  },
  disclose: {
    entry: 'disclosure/disclose.lambda.ts',
    purpose: 'Drafts what is to be published of campaigns, and publishes progress where the organisation has said so.',
    trigger: { kind: 'job', job: 'disclose' },
    timeoutSeconds: 290,
    memoryMb: 512,
    needs: {
      table: { verbs: ['get', 'query', 'put', 'update'], partitions: ['CAMPAIGN#', 'DISCLOSURE#'] },
      reads: ['CALENDARS#', 'ORGANISATION#', 'SIGNED#', 'POOL#', 'SPENDING#', 'GOODS#', 'FEES#'],
      auditTrail: true,
      bucket: { verbs: ['put'], prefix: 'published/entries/' },
    },
  },
} as const satisfies Record<string, FunctionSpec>;
