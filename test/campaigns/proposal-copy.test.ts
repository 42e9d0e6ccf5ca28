import { describe, expect, it } from 'vitest';
import { campaignProposalSchema } from '../../functions/campaigns/campaign-proposal.ts';
import { copiedProposal } from '../../functions/campaigns/proposal-copy.ts';
import { localDateSchema } from '../../functions/kernel/time.ts';
import { SAMPLE_PROPOSAL } from './sample-proposal.ts';

const day = (text: string) => localDateSchema.parse(text);
const copyOf = (changes: object, today: string) =>
  copiedProposal(campaignProposalSchema.parse({ ...SAMPLE_PROPOSAL, ...changes }), day(today));
const windowOf = (firstDay: string, lastDay: string) => ({ window: { firstDay, lastDay, zone: 'Asia/Shanghai' } });
const fieldsOf = ({ lookAgain }: ReturnType<typeof copyOf>) => lookAgain.map(({ field }) => field);

describe('a proposal that is copied', () => {
  it('begins on the same date of the next year that lies ahead', () => {
    expect(copyOf({}, '2026-12-01').draft['window']).toMatchObject({ firstDay: '2027-09-07', lastDay: '2027-09-09' });
    expect(copyOf({}, '2029-01-01').draft['window']).toMatchObject({ firstDay: '2029-09-07' });
    expect(copyOf({}, '2028-09-07').draft['window']).toMatchObject({ firstDay: '2029-09-07' });
  });

  it('is a year later also where it is copied before its own first day', () => {
    expect(copyOf({}, '2026-01-01').draft['window']).toMatchObject({ firstDay: '2027-09-07' });
  });

  it('keeps its length over a leap day, which other years do not have', () => {
    expect(copyOf(windowOf('2028-02-27', '2028-03-01'), '2028-06-01').draft['window']).toMatchObject({
      firstDay: '2029-02-27',
      lastDay: '2029-03-02',
    });
    expect(copyOf(windowOf('2028-02-29', '2028-02-29'), '2028-06-01').draft['window']).toMatchObject({
      firstDay: '2029-02-28',
      lastDay: '2029-02-28',
    });
  });

  it('moves the hours of its matching rules with its days', () => {
    const windows = [{ from: '2026-09-08T20:00', until: '2026-09-08T21:00' }];
    const matching = { rules: [{ ...SAMPLE_PROPOSAL.matching.rules[0], sponsor: '2026-09-08', windows }] };
    expect(copyOf({ matching }, '2026-12-01').draft['matching']).toMatchObject({
      rules: [{ sponsor: '2026-09-08', windows: [{ from: '2027-09-08T20:00', until: '2027-09-08T21:00' }] }],
    });
  });

  it('leaves files and parent behind, and says of a partner and of a year in the title that they want a look', () => {
    const copy = copyOf(
      {
        title: '2026 年困难党员帮扶计划',
        coverAttachmentId: `att_${'0'.repeat(20)}`,
        parentCampaignId: 'cmp_parent',
        partner: {
          name: '伙伴',
          duties: '执行',
          agreement: { reference: 'A-1', signedOn: '2026-01-01', attachmentId: `att_${'1'.repeat(20)}` },
        },
      },
      '2026-12-01',
    );
    expect(copy.draft).not.toHaveProperty('coverAttachmentId');
    expect(copy.draft).not.toHaveProperty('parentCampaignId');
    expect(copy.draft['partner']).toEqual({
      name: '伙伴',
      duties: '执行',
      agreement: { reference: 'A-1', signedOn: '2026-01-01' },
    });
    expect(fieldsOf(copy)).toEqual(expect.arrayContaining(['title', 'partner', 'parentCampaignId']));
    expect(fieldsOf(copyOf({}, '2026-12-01'))).not.toContain('partner');
  });
});
