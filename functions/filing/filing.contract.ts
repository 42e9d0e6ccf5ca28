import * as z from 'zod';
import { CAMPAIGN_STATUSES } from '../campaigns/campaign-state.ts';
import { instantSchema } from '../kernel/time.ts';
import type { AreaContract } from '../platform/contract.ts';
import { emergencySchema, filingRequestSchema, filingSchema } from './filing.ts';

/** Loose: what else a campaign shows is said with the campaigns. */
const filedCampaign = z.looseObject({
  campaignId: z.string(),
  status: z.enum(CAMPAIGN_STATUSES),
  filing: filingSchema.nullable(),
  emergency: emergencySchema.nullable(),
});

const rows = z.array(z.array(z.string()));
const sheet = z.object({
  campaignId: z.string(),
  title: z.string(),
  organisationName: z.string(),
  version: z.string(),
  preparedAt: instantSchema,
  preparedAtText: z.string(),
  sections: z.array(
    z.object({
      heading: z.string(),
      rows: z.array(z.object({ label: z.string(), value: z.string(), rule: z.string() })),
    }),
  ),
  budget: z.object({ heads: z.array(z.string()), rows, total: z.string() }),
  stages: z.object({ heads: z.array(z.string()), rows }),
  annexes: z.array(z.string()),
  warning: z.string().nullable().describe('Set where the campaign is made up'),
});

export const filingContract = {
  tag: 'Filing',
  named: { FilingSheet: sheet, Filing: filingSchema },
  routes: [
    {
      method: 'GET',
      path: '/campaigns/{campaignId}/filing-sheet',
      operation: 'getFilingSheet',
      summary: 'The sheet that is handed in to the authority, of the plan as it is approved.',
      query: z.object({ format: z.enum(['json', 'pdf']).optional().describe('`pdf`: the document, on A4') }),
      answers: { 200: { description: 'The sheet; with `?format=pdf` a PDF', body: sheet } },
      problems: { 404: ['unknown-campaign'], 409: ['not-approved'], 422: ['invalid'] },
    },
    {
      method: 'PUT',
      path: '/campaigns/{campaignId}/filing',
      operation: 'recordFiling',
      summary: "Records the authority's number and the day of filing, or that an emergency does not wait for them.",
      description:
        'Filed ten days before the first day at least (MCA Order 74 art. 11), else refused with the earliest day. An emergency may open unfiled and is filed within ten days (Charity Law art. 73).',
      ifMatch: true,
      etag: true,
      body: filingRequestSchema,
      answers: { 200: { description: 'The campaign with its filing', body: filedCampaign } },
      problems: {
        400: ['bad-if-match'],
        404: ['unknown-campaign'],
        409: ['nothing-to-file', 'already-filed', 'already-open'],
        422: ['impossible-filing'],
      },
    },
  ],
} as const satisfies AreaContract;
