import type { Campaign } from '../../functions/campaigns/campaign.ts';
import { campaignSchema } from '../../functions/campaigns/campaign.ts';
import { campaignKey } from '../../functions/platform/keys.ts';
import type { Table } from '../../functions/platform/table.ts';
import { organisationPut, putPeople, ROOT } from '../access/people.ts';
import { SAMPLE_PROPOSAL, wholeBudget } from '../campaigns/sample-proposal.ts';

export const CAMPAIGN_ID = 'cmp_openopenopenopenopen';

/** A campaign as the lifecycle leaves it, open unless said otherwise, put straight into the table. */
export async function putCampaign(table: Table, status = 'open', changes: object = {}): Promise<Campaign> {
  const campaign = campaignSchema.parse({
    type: 'campaign',
    campaignId: CAMPAIGN_ID,
    status,
    proposal: {
      ...SAMPLE_PROPOSAL,
      targetMinor: 53_000_000,
      budgetLines: wholeBudget(53_000_000),
      units: [{ id: 'xuanhan', name: '宣汉县红十字会' }],
      matching: {
        rules: [
          {
            version: 2,
            kind: 'ratio',
            id: 'main',
            sponsor: 'Sponsor',
            poolMinor: 10_000_000,
            numerator: 1,
            denominator: 1,
            perGift: { capMinor: 10_000 },
          },
        ],
      },
      ...changes,
    },
    round: 1,
    version: 4,
    submittedBy: 'manager',
    createdAt: '2026-08-20T00:00:00Z',
    updatedAt: '2026-09-07T00:00:00Z',
  });
  await putPeople(table);
  await table.write(organisationPut([ROOT, 'dazhou'], '达州市红十字会'));
  await table.write({ put: { ...campaignKey(CAMPAIGN_ID), ...campaign } });
  return campaign;
}
