import { describe, expect, it } from 'vitest';
import { publicGift } from '../../functions/disclosure/public-gift.ts';
import { minor } from '../../functions/kernel/money.ts';
import { adjustmentSchema } from '../../functions/matching/adjustment.ts';
import { journalLineSchema } from '../../functions/matching/match-entry.ts';

const line = (anonymous: boolean) =>
  journalLineSchema.parse({
    giftId: 'gft_1',
    orderNo: 'int_1',
    donorId: 'dnr_1',
    anonymous,
    thankYouDue: false,
    amountMinor: 1_770,
    matchMinor: 1_000,
    outcome: 'capped',
    draws: [{ ruleId: 'main', matchMinor: 1_000, outcome: 'capped' }],
    occurredAt: '2026-09-07T12:00:00.000Z',
    day: '2026-09-07',
  });
const REFUND = {
  type: 'adjustment',
  campaignId: 'cmp_1',
  number: 1,
  afterSequence: 7,
  kind: 'refund',
  at: '2026-09-08T12:00:00.000Z',
  by: 'system',
  giftId: 'gft_1',
  refundId: 'r1',
  refundMinor: 885,
  changes: [{ ruleId: 'main', matchMinor: -500 }],
};
const NAMES = new Map([['int_1', '刘海燕']]);

describe('one gift as the public sees it', () => {
  it('has the name of a donor who agreed, its number, time and both amounts', () => {
    expect(publicGift(line(false), 7, NAMES, [])).toEqual({
      no: 7,
      at: '2026-09-07T12:00:00.000Z',
      name: '刘海燕',
      unitId: null,
      giftMinor: 1_770,
      refundedMinor: 0,
      goodsMinor: 0,
      goodsBackMinor: 0,
      matchMinor: 1_000,
    });
  });

  it('of goods shows their value, and what of them went back, apart from money', () => {
    const goods = { ...line(true), inKind: true as const, matchMinor: minor(0), draws: [] };
    expect(publicGift(goods, 7, NAMES, [])).toMatchObject({ giftMinor: 0, refundedMinor: 0, goodsMinor: 1_770 });
    const back = adjustmentSchema.parse({ ...REFUND, changes: [] });
    expect(publicGift(goods, 7, NAMES, [back])).toMatchObject({ refundedMinor: 0, goodsBackMinor: 885 });
  });

  it('has no name where the donor did not agree, even if somebody has looked it up', () => {
    expect(publicGift(line(true), 7, NAMES, []).name).toBeNull();
  });

  it('has no name where there is none any more', () => {
    expect(publicGift(line(false), 7, new Map(), []).name).toBeNull();
  });

  it('shows what went back, and only what is left of the match', () => {
    const refund = adjustmentSchema.parse(REFUND);
    expect(publicGift(line(true), 7, NAMES, [refund])).toMatchObject({
      giftMinor: 1_770,
      refundedMinor: 885,
      matchMinor: 500,
    });
  });
});
