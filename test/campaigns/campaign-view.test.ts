import { describe, expect, it } from 'vitest';
import { decide } from '../../functions/approvals/deciding.ts';
import { transitionSchema } from '../../functions/campaigns/campaign.ts';
import { campaignView } from '../../functions/campaigns/campaign-view.ts';
import { instantOf } from '../../functions/kernel/time.ts';
import { memoryTable } from '../../functions/platform/table.memory.ts';
import { asks, begun, COUNTY_APPROVER, REASONS, self } from '../approvals/sample-approval.ts';
import { CAMPAIGN_ID, putCampaign } from '../donations/open-campaign.ts';

const AT = instantOf('2026-08-20T01:00:00Z');
const waiting = begun();

describe('a campaign as staff see it', () => {
  it('shows where it stands, what was decided, and how it came there', async () => {
    const campaign = await putCampaign(memoryTable(), 'returned');
    const returned = decide(waiting, asks({ decision: 'return', reasons: REASONS }), self(COUNTY_APPROVER), AT);
    if (returned.kind !== 'decided') throw new Error(returned.kind);
    const transition = {
      type: 'transition',
      campaignId: CAMPAIGN_ID,
      number: 2,
      from: 'awaiting-approval',
      to: 'returned',
    };
    const view = campaignView(
      { ...campaign, returnReason: '请补充名单' },
      [transitionSchema.parse({ ...transition, at: AT, by: 'workflow', reason: '请补充名单' })],
      returned.approval,
    );
    expect(view).toMatchObject({
      campaignId: CAMPAIGN_ID,
      status: 'returned',
      returnReason: '请补充名单',
      attention: null,
      approval: { state: 'returned', finishedAt: AT, decidedBy: 'approver-wang', reasons: REASONS, step: null },
      history: [{ from: 'awaiting-approval', to: 'returned', at: AT, by: 'workflow', reason: '请补充名单' }],
    });
  });

  it('says null, and leaves nothing out, where nothing has happened yet', async () => {
    const view = campaignView(await putCampaign(memoryTable(), 'submitted'));
    expect(view).toMatchObject({ returnReason: null, attention: null, approval: null, history: [] });
  });

  it('says at which step of its approval it waits', async () => {
    const view = campaignView(await putCampaign(memoryTable(), 'awaiting-approval'), [], waiting);
    expect(view.approval).toMatchObject({ state: 'waiting', step: { number: 1, of: 3, name: '县级负责人' } });
  });
});
