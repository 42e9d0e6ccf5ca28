import { beforeEach, describe, expect, it } from 'vitest';
import { seedHashOf } from '../../functions/matching/rules/luck.ts';
import type { Payment } from '../../local/sandbox/transaction.ts';
import { PROPOSAL } from '../stories/people.ts';
import { decide, give, openedCampaign, refund } from '../stories/play.ts';
import { type Answer, World } from '../stories/world.ts';

const [RATIO] = PROPOSAL.matching.rules;
const EVENING = {
  version: 2,
  kind: 'ratio',
  id: 'evening',
  sponsor: 'Evening Sponsor',
  poolMinor: 6_000,
  numerator: 1,
  denominator: 2,
  subPools: [
    { id: 'first', poolMinor: 2_000 },
    { id: 'second', poolMinor: 4_000 },
  ],
  windows: [
    { from: '2026-09-07T20:00', until: '2026-09-07T21:00', subPoolId: 'first' },
    { from: '2026-09-08T20:00', until: '2026-09-08T21:00', subPoolId: 'second' },
  ],
};
const CHALLENGE = {
  version: 2,
  kind: 'challenge',
  id: 'three',
  sponsor: 'Challenge Sponsor',
  poolMinor: 5_000,
  measure: 'gifts',
  threshold: 3,
};

let world: World;
let campaignId: string;
let gifts: number;

const opened = async (...rules: readonly object[]): Promise<void> => {
  campaignId = await openedCampaign(world, { ...PROPOSAL, matching: { rules } });
};
const gift = async (amountMinor: number, paidAt = `2026-09-07T10:0${gifts}:00+08:00`, asked = {}): Promise<Payment> => {
  gifts += 1;
  const payment = await give(world, campaignId, { paidAt, openid: `openid-${gifts}`, amountMinor, asked });
  await world.drainStream();
  return payment;
};
const settle = async (payment: Payment, amountMinor: number): Promise<void> => {
  await refund(world, payment, amountMinor);
  await world.drainStream();
};
const figures = async () => (await world.figures(campaignId)).body;
const page = async (lang = 'en'): Promise<string> => (await world.publicPage(campaignId, { lang })).body;
type Listed = { no: number; giftMinor: number; refundedMinor: number; matchMinor: number };
const listed = async (): Promise<Listed[]> => ((await world.publicGifts(campaignId)) as Answer).body.gifts;
async function close(): Promise<void> {
  world.at('2026-09-10T00:00:00+08:00');
  await world.move(campaignId, 'closed');
  world.at('2026-09-11T11:00:00+08:00');
  expect(await world.finalise(campaignId)).toMatchObject({ kind: 'finalised' });
  await world.move(campaignId, 'finalised');
}

beforeEach(() => {
  world = new World();
  gifts = 0;
});

describe('the public list of gifts', () => {
  it('adds up to the totals, refunds and changed matches included', async () => {
    await opened(RATIO);
    const payments = [await gift(1_000), await gift(2_500), await gift(4_001, undefined, { unitId: 'wanyuan' })];
    const [first, second, third] = payments as [Payment, Payment, Payment];
    await settle(first, 1_000);
    await settle(second, 1_200);
    await settle(second, 300);
    await decide(world, third, 'void', 'not said in public');
    const { raised, units } = await figures();
    const list = await listed();
    const total = (field: keyof Listed) => list.reduce((sum, one) => sum + one[field], 0);
    expect(raised).toMatchObject({ giftsMinor: 7_501, refundedMinor: 2_500, matchMinor: 1_000, refundedGifts: 1 });
    expect([total('giftMinor'), total('refundedMinor'), total('matchMinor')]).toEqual([7_501, 2_500, 1_000]);
    expect(list).toMatchObject([
      { no: 3, giftMinor: 4_001, refundedMinor: 0, matchMinor: 0 },
      { no: 2, giftMinor: 2_500, refundedMinor: 1_500, matchMinor: 1_000 },
      { no: 1, giftMinor: 1_000, refundedMinor: 1_000, matchMinor: 0 },
    ]);
    expect(raised.totalMinor).toBe(7_501 - 2_500 + 1_000);
    expect(units[0]).toMatchObject({ id: 'wanyuan', giftsMinor: 4_001, matchMinor: 0 });
    const shown = await page();
    expect(shown).toContain('¥10.00<br><small>Refunded ¥10.00</small>');
    expect(shown).toContain('¥75.01, ¥25.00 refunded');
    expect(shown).not.toContain('not said in public');
  });

  it('puts a unit whose gift went back below the one that kept less', async () => {
    await opened(RATIO);
    const large = await gift(9_000, undefined, { unitId: 'wanyuan' });
    await gift(2_000, undefined, { unitId: 'xuanhan' });
    await settle(large, 8_000);
    expect((await figures()).units.map(({ id, rank }: { id: string; rank: number }) => [rank, id])).toEqual([
      [1, 'xuanhan'],
      [2, 'wanyuan'],
    ]);
  });
});

describe('what is left of the match', () => {
  it('is said to be used up only while nothing is left, and not any more once a refund has brought something back', async () => {
    await opened({ ...RATIO, poolMinor: 3_000, perGift: { capMinor: 3_000 } });
    const first = await gift(2_999);
    expect(await page()).not.toContain('used up at this moment');
    expect(await page()).toContain('¥0.01 left of ¥30.00');
    await gift(500);
    expect(await page()).toContain('¥0.00 left of ¥30.00 · used up at this moment');
    expect(await page('zh-CN')).toContain('余额 ¥0.00，共 ¥30.00 · 此刻已配完');
    await settle(first, 2_999);
    expect(await page()).toContain('¥29.99 left of ¥30.00');
    expect(await page()).not.toContain('used up at this moment');
  });

  it('tells the window that is open and the next one, each with what is left for it', async () => {
    await opened(EVENING);
    world.at('2026-09-07T19:59:59+08:00');
    const [before] = (await figures()).match.funds;
    expect(before).toMatchObject({
      currentWindow: null,
      nextWindow: { subPoolId: 'first', from: '2026-09-07T12:00:00.000Z', remainingMinor: 2_000 },
    });
    expect(await page()).toContain('Next: 09-07 20:00 to 09-07 21:00, with ¥20.00');
    await gift(4_100, '2026-09-07T20:10:00+08:00');
    const [during] = (await figures()).match.funds;
    expect(during).toMatchObject({
      remainingMinor: 4_000,
      subPools: { first: 0, second: 4_000 },
      currentWindow: { subPoolId: 'first', remainingMinor: 0 },
      nextWindow: { subPoolId: 'second', remainingMinor: 4_000 },
    });
    // The hour's money is gone, the rule's is not: both are said, and neither more than is true.
    const shown = await page();
    expect(shown).toContain('Open now until 09-07 21:00, its money is used up at this moment');
    expect(shown).toContain('¥40.00 left of ¥60.00</p>');
    world.at('2026-09-08T21:00:00+08:00');
    expect(await page()).toContain('All its hours are over');
  });

  it('shows how near a challenge is, when it is met, and its lump sum apart from the match of gifts', async () => {
    await opened(RATIO, CHALLENGE);
    await gift(1_000);
    await gift(1_000);
    expect(await page()).toContain('aria-label="2 of 3"');
    expect(await page()).toContain('2 of 3 · not met so far');
    const third = await gift(1_000);
    const { raised, match } = await figures();
    expect(raised).toMatchObject({ matchMinor: 3_000, lumpMinor: 5_000, totalMinor: 11_000 });
    expect(match.funds[1].challenge).toMatchObject({ reached: 3, threshold: 3, unlocked: true });
    expect(await page('zh-CN')).toContain('已达 3，目标 3 · 已达成，追加 ¥50.00');
    await settle(third, 1_000);
    expect(await page()).toContain('2 of 3 · not met so far');
    expect((await figures()).raised).toMatchObject({ lumpMinor: 0, totalMinor: 4_000 });
  });
});

describe('a random match', () => {
  it('shows the hash that binds it from the approval on, and the seed once no gift can draw any more', async () => {
    await opened({
      version: 2,
      kind: 'random',
      id: 'lots',
      sponsor: 'Lottery Sponsor',
      poolMinor: 60_000,
      winNumerator: 1,
      winDenominator: 2,
      lowBasisPoints: 1_000,
      highBasisPoints: 5_000,
    });
    await gift(1_000);
    const [open] = (await figures()).match.commitments;
    expect(open).toMatchObject({ ruleId: 'lots', seedHash: expect.stringMatching(/^[0-9a-f]{64}$/), seed: null });
    expect(await page()).toContain(`${open.seedHash}</code> · the seed is published when matching is closed`);
    await close();
    const [closed] = (await figures()).match.commitments;
    expect(closed.seedHash).toBe(open.seedHash);
    expect(seedHashOf(closed.seed)).toBe(closed.seedHash);
    expect(await page()).toContain(`<code>${closed.seed}</code>`);
  });
});

describe('the public notice of matches', () => {
  it('says until when and to whom to object, and lists what changed since by number alone', async () => {
    await opened(RATIO);
    const named = { name: '刘海燕', anonymous: false };
    const payments = [await gift(1_000), await gift(2_000, undefined, named), await gift(3_000)];
    const [early, voided, refunded] = payments as [Payment, Payment, Payment];
    await settle(early, 500);
    expect(await page()).toContain('Matches are provisional');
    await close();
    expect((await figures()).match).toMatchObject({ stage: 'publicised', changes: [] });
    expect(await page()).not.toContain('Matches that changed since they were shown');

    world.at('2026-09-12T09:00:00+08:00');
    await decide(world, voided, 'void', 'named in a complaint');
    await settle(refunded, 3_000);
    expect((await figures()).match.changes).toEqual([
      {
        giftNo: 3,
        at: '2026-09-12T01:00:00.000Z',
        kind: 'refund',
        giftMinor: 3_000,
        refundedMinor: 3_000,
        goodsMinor: 0,
        goodsBackMinor: 0,
        matchChangeMinor: -3_000,
      },
      {
        giftNo: 2,
        at: '2026-09-12T01:00:00.000Z',
        kind: 'void',
        giftMinor: 2_000,
        refundedMinor: 0,
        goodsMinor: 0,
        goodsBackMinor: 0,
        matchChangeMinor: -2_000,
      },
    ]);
    const english = await page();
    expect(english).toContain('Matches are publicised until 21 September 2026 and open to objections');
    expect(english).toContain('Objections go to <bdi>达州市红十字会</bdi>.');
    expect(await page('zh-CN')).toContain('配捐结果公示至2026年9月21日');
    const section = english.slice(english.indexOf('Matches that changed'), english.indexOf('Recent gifts'));
    expect(section).toContain('Match taken away');
    expect(section).toContain('−¥20.00');
    for (const secret of ['刘海燕', 'complaint', 'auditor', 'gft_', 'dnr_']) {
      expect(section).not.toContain(secret);
      expect(JSON.stringify((await figures()).match)).not.toContain(secret);
    }
  });

  it('shows the newest twenty of many changes and says that there are more', async () => {
    await opened(RATIO);
    const payments: Payment[] = [];
    for (let n = 0; n < 22; n += 1) payments.push(await gift(100, `2026-09-07T10:${10 + n}:00+08:00`));
    await close();
    for (const payment of payments) await settle(payment, 100);
    const { match } = await figures();
    expect(match.changes.map(({ giftNo }: { giftNo: number }) => giftNo)).toEqual(
      Array.from({ length: 20 }, (_, n) => 22 - n),
    );
    expect(match.moreChanges).toBe(true);
    expect(await page()).toContain('the closeout report lists all');
  });

  it('goes on to confirmed, and tells it', async () => {
    await opened(RATIO);
    await gift(1_000);
    await close();
    world.at('2026-09-22T00:00:00+08:00');
    expect(await world.confirm(campaignId)).toMatchObject({ kind: 'confirmed' });
    expect(await page()).toContain('Matches are confirmed; the sponsors are to pay them.');
    expect(await page()).not.toContain('Objections');
  });
});

describe('what the figures say they count', () => {
  it('is said in both languages, in the data and on the page alike', async () => {
    await opened(RATIO);
    const { whatCounts } = await figures();
    for (const lang of ['zh-CN', 'en'] as const) {
      const shown = await page(lang);
      for (const sentence of Object.values(whatCounts[lang]) as string[])
        expect(shown).toContain(sentence.replaceAll("'", '&#39;'));
    }
    expect(Object.keys(whatCounts.en)).toEqual(Object.keys(whatCounts['zh-CN']));
  });
});
