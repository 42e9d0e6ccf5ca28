import { beforeEach, expect, it } from 'vitest';
import { publicFields } from '../../functions/campaigns/plan-change.ts';
import { readPublicFigures } from '../../functions/disclosure/public-figures.store.ts';
import { readPublicGifts } from '../../functions/disclosure/public-gifts.store.ts';
import { publicPage } from '../../functions/disclosure/public-page.ts';
import { instantOf } from '../../functions/kernel/time.ts';
import { readBooks } from '../../functions/ledger/books.store.ts';
import { violationsOf } from '../../functions/ledger/invariants.ts';
import { allocateGifts } from '../../functions/matching/allocation.store.ts';
import { openingPoolItem } from '../../functions/matching/matching-pool.ts';
import { settleRefunds } from '../../functions/matching/settlement.store.ts';
import { campaignTotalsKey } from '../../functions/platform/keys.ts';
import { type MemoryTable, memoryTable } from '../../functions/platform/table.memory.ts';
import { CAMPAIGN_ID, putCampaign } from '../donations/open-campaign.ts';
import { entry, hurried, record, recordRefunds, refundOf } from '../matching/money-path.ts';

const NOW = instantOf('2026-09-07T12:00:00+08:00');
const UNIT = { campaignId: CAMPAIGN_ID, unitId: 'xuanhan', teamId: 'tem_1' };
const MONEY = entry(1, { ...UNIT, amountMinor: 20_000 });
const LORRY = entry(2, { ...UNIT, amountMinor: 1_203_000, inKind: true, provider: 'offline' });

let table: MemoryTable;
beforeEach(async () => {
  table = memoryTable();
  const { proposal } = await putCampaign(table);
  await table.write({ put: openingPoolItem(CAMPAIGN_ID, proposal.matching, proposal.window, 'CNY') });
  await record(table, [MONEY, LORRY]);
  await allocateGifts(table, CAMPAIGN_ID, [MONEY, LORRY], NOW, hurried);
  const back = [refundOf(MONEY, 'r1', 5_000, NOW), refundOf(LORRY, 'r2', 3_000, NOW)];
  await recordRefunds(table, back);
  for (const { giftId } of back) await settleRefunds(table, giftId, NOW, hurried);
});

const figures = async () => {
  const read = await readPublicFigures(table, CAMPAIGN_ID, NOW);
  if (read === undefined) throw new Error('the public sees nothing');
  return read;
};
const APART = { gifts: 2, giftsMinor: 20_000, refundedMinor: 5_000, goodsMinor: 1_203_000, goodsBackMinor: 3_000 };

it('goods are in no total of money: of the campaign, its units and its days, and in none of the match', async () => {
  const { raised, units, days } = await figures();
  expect(raised).toMatchObject({ ...APART, matchMinor: 7_500, totalMinor: 20_000 - 5_000 + 7_500 });
  expect(units).toEqual([{ rank: 1, id: 'xuanhan', name: '宣汉县红十字会', ...APART, matchMinor: 7_500 }]);
  expect(days).toEqual([{ day: '2026-09-07', ...APART, matchMinor: 7_500 }]);
});

it('each gift of the list is money or goods, and the columns add up to the totals', async () => {
  const gifts = await readPublicGifts(table, CAMPAIGN_ID, { limit: 10 });
  expect(gifts).toMatchObject([
    { no: 2, giftMinor: 0, refundedMinor: 0, goodsMinor: 1_203_000, goodsBackMinor: 3_000, matchMinor: 0 },
    { no: 1, giftMinor: 20_000, refundedMinor: 5_000, goodsMinor: 0, goodsBackMinor: 0 },
  ]);
  const { raised } = await figures();
  for (const field of ['giftMinor', 'refundedMinor', 'goodsMinor', 'goodsBackMinor', 'matchMinor'] as const)
    expect(gifts.reduce((sum, gift) => sum + gift[field], 0)).toBe(
      raised[field === 'giftMinor' ? 'giftsMinor' : field],
    );
});

it('the page shows goods in a line of their own, and says that they are in no total', async () => {
  const { proposal } = await putCampaign(memoryTable());
  const shown = await figures();
  const page = publicPage(
    shown,
    await readPublicGifts(table, CAMPAIGN_ID, { limit: 10 }),
    'en',
    publicFields(proposal),
  );
  expect(page).toContain(
    'Goods (assessed value) <b>¥12,030.00</b> · went back: ¥30.00 · apart: in no total and no ranking',
  );
  expect(page).toContain('<small>Goods (assessed value)</small> ¥12,030.00<br><small>Refunded ¥30.00</small>');
  expect(page).not.toContain('¥12,230.00');
});

it('the books agree, and say so where a total counts goods as money', async () => {
  const books = async () => {
    const read = await readBooks(table, CAMPAIGN_ID, []);
    if (read === undefined) throw new Error('the books moved while they were read');
    return violationsOf({ ...read, arrived: new Set([MONEY.giftId, LORRY.giftId]) });
  };
  expect(await books()).toEqual([]);
  await table.write({ update: campaignTotalsKey(CAMPAIGN_ID), set: {}, add: { goodsMinor: -1 } });
  expect(JSON.stringify(await books())).toContain('1202999');
});
