import { type FunctionSpec, http } from '../function-spec.ts';

/** The functions of `proofs`. */
export const proofsFunctions = {
  'sign-day': {
    entry: 'proofs/sign-day.lambda.ts',
    purpose: 'Signs, for every campaign, what was counted on the days that are over.',
    trigger: { kind: 'job', job: 'sign-day' },
    timeoutSeconds: 900, // 300,000 gifts of one day: 3,000 batch reads of entries and as many signposts at 25 at once, some 5 minutes
    memoryMb: 1024,
    needs: {
      table: { verbs: ['get', 'query', 'put'], partitions: ['SIGNED#', 'PROOF-KEYS#', 'PAID#'] },
      reads: ['CALENDARS#', 'POOL#', 'GIFT#', 'OFFLINE#', 'TOTALS#'],
      bucket: { verbs: ['put'], prefix: 'published/proofs/' },
      secrets: ['donor-key'],
      signing: true,
    },
  },
  'prove-gift': {
    entry: 'proofs/prove-gift.lambda.ts',
    purpose:
      'Proves that a gift is in the total of its day, and shows the signed days, the public keys and the page that checks.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/public/campaigns/{campaignId}/gifts/{gift}/proof' },
        { method: 'GET', path: '/public/campaigns/{campaignId}/proof' },
        { method: 'GET', path: '/public/campaigns/{campaignId}/signed-days' },
        { method: 'GET', path: '/public/proof-keys' },
      ],
      access: 'public',
    },
    ...http,
    needs: {
      table: {
        verbs: ['get', 'query'],
        partitions: ['CAMPAIGN#', 'POOL#', 'GIFT#', 'PAID#', 'SIGNED#', 'PROOF-KEYS#'],
      },
      bucket: { verbs: ['get'], prefix: 'published/proofs/' },
      secrets: ['donor-key'],
    },
  },
} as const satisfies Record<string, FunctionSpec>;
