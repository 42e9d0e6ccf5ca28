import { describe, expect, it } from 'vitest';
import { type Approval, transitionSchema } from '../../functions/campaigns/campaign.ts';
import { campaignView } from '../../functions/campaigns/campaign-view.ts';
import { instantOf } from '../../functions/kernel/time.ts';
import { memoryTable } from '../../functions/platform/table.memory.ts';
import { CAMPAIGN_ID, putCampaign } from '../donations/open-campaign.ts';

const AT = instantOf('2026-08-20T01:00:00Z');
const approval: Approval = {
  type: 'approval',
  campaignId: CAMPAIGN_ID,
  round: 1,
  state: 'waiting',
  taskToken: 'a-secret-token',
  requestedAt: AT,
};

describe('a campaign as staff see it', () => {
  it('shows where it stands, what was decided, and how it came there', async () => {
    const campaign = await putCampaign(memoryTable(), 'returned');
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
      { ...approval, state: 'returned', decidedBy: 'approver-wang', decidedAt: AT, reason: '请补充名单' },
    );
    expect(view).toMatchObject({
      campaignId: CAMPAIGN_ID,
      status: 'returned',
      returnReason: '请补充名单',
      attention: null,
      approval: { state: 'returned', requestedAt: AT, decidedBy: 'approver-wang', reason: '请补充名单' },
      history: [{ from: 'awaiting-approval', to: 'returned', at: AT, by: 'workflow', reason: '请补充名单' }],
    });
  });

  it('says null, and leaves nothing out, where nothing has happened yet', async () => {
    const view = campaignView(await putCampaign(memoryTable(), 'submitted'));
    expect(view).toMatchObject({ returnReason: null, attention: null, approval: null, history: [] });
  });

  it.each(['waiting', 'approved', 'returned'] as const)(
    'never shows the task token of an approval that is %s',
    async (state) => {
      const view = campaignView(await putCampaign(memoryTable(), 'awaiting-approval'), [], { ...approval, state });
      expect(view.approval).toMatchObject({ state });
      expect(JSON.stringify(view)).not.toContain('a-secret-token');
      expect(JSON.stringify(view)).not.toMatch(/token/i);
    },
  );
});
