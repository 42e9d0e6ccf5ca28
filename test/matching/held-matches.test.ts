import { beforeEach, describe, expect, it } from 'vitest';
import { readTotals } from '../../functions/ledger/totals.ts';
import { definition as decideMatch } from '../../functions/matching/decide-match.lambda.ts';
import { definition as listHeld } from '../../functions/matching/list-held-matches.lambda.ts';
import { APPROVER, MANAGER } from '../stories/people.ts';
import { entry, record } from './money-path.ts';
import { AUDITOR, FINANCE, onePool, SteeredCampaign } from './steered-campaign.ts';

let campaign: SteeredCampaign;
beforeEach(async () => {
  campaign = await SteeredCampaign.open({ ...onePool(100_000), screen: { giftsPerMinute: 2 } });
});

const SAME = { donorId: 'dnr_fast' };
const SAME_MINUTE = { ...SAME, occurredAt: '2026-09-07T11:00:00+08:00' };
/** Two gifts of one donor ten seconds apart: the match of the second is held. */
async function heldGift(n = 0) {
  await campaign.gift(n, 1_000, { ...SAME, occurredAt: `2026-09-07T1${n}:00:00+08:00` });
  return campaign.gift(n + 1, 2_000, { ...SAME, occurredAt: `2026-09-07T1${n}:00:10+08:00` });
}
const held = (query: Record<string, string> = {}) =>
  campaign.get('list-held-matches', listHeld, { actor: AUDITOR, query });
const decide = (giftId: string, decision: string, actor = FINANCE, reason = 'looked at it') =>
  campaign.post('decide-match', decideMatch, { giftId, actor, body: { decision, reason } });

describe('the list of held matches', () => {
  it('names each gift that waits, with the reason in the language of the campaign or as asked for', async () => {
    const { giftId } = await heldGift();
    const { status, body } = await held();
    expect(status).toBe(200);
    expect(body.held).toHaveLength(1);
    expect(body.held[0]).toMatchObject({
      no: 2,
      giftId,
      amountMinor: 2_000,
      matchMinor: 2_000,
      held: 'velocity',
      reason: '同一捐赠人一分钟内捐了 2 笔或更多',
    });
    expect((await held({ lang: 'en' })).body.held[0].reason).toBe('the donor made 2 gifts or more within one minute');
    expect(body.next).toBeNull();
  });

  it('drops a gift as soon as somebody has decided', async () => {
    const { giftId } = await heldGift();
    expect((await readTotals(campaign.world.table, campaign.campaignId)).campaign.heldGifts).toBe(1);
    await decide(giftId, 'release');
    expect((await held()).body.held).toEqual([]);
    expect((await readTotals(campaign.world.table, campaign.campaignId)).campaign.heldGifts).toBe(0);
  });

  it('goes on after a gift number, and through a long journal in bounded stretches', async () => {
    for (let n = 0; n < 8; n += 2) await heldGift(n);
    for (let n = 10; n < 60; n += 1) await campaign.gift(n, 100);
    const first = await held();
    expect(first.body.held.map(({ no }: { no: number }) => no)).toEqual([2, 4, 6, 8]);
    expect(first.body.next).toBe('?after=40');
    expect((await held({ after: '4' })).body.held.map(({ no }: { no: number }) => no)).toEqual([6, 8]);
    const last = await held({ after: '40' });
    expect(last.body).toMatchObject({ held: [], next: null });
  });

  it('gives fifty at a time, and misses none between two pages', async () => {
    const gifts = Array.from({ length: 60 }, (_, n) => campaign.paid(n, n + 1, SAME_MINUTE));
    await campaign.count(gifts);
    const first = await held();
    expect([first.body.held.length, first.body.next]).toEqual([50, '?after=51']);
    const second = await held({ after: '51' });
    expect([second.body.held.length, second.body.held[0].no, second.body.next]).toEqual([9, 52, null]);
  });

  it('refuses a cursor or a language that is none, and whoever is not staff of money', async () => {
    expect((await held({ after: 'x' })).body.title).toBe('bad-cursor');
    expect((await held({ lang: 'fr' })).body.title).toBe('bad-language');
    expect((await campaign.get('list-held-matches', listHeld, { actor: MANAGER })).status).toBe(403);
  });
});

describe('a decision on a match', () => {
  it('releases a held match: the gift keeps it, and the books agree', async () => {
    const { giftId } = await heldGift();
    const { status, body } = await decide(giftId, 'release', FINANCE, 'a family of four, telephoned');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      giftId,
      decision: 'release',
      reason: 'a family of four, telephoned',
      decidedBy: 'finance-chen',
      matchMinor: 2_000,
    });
    expect(await campaign.violations()).toEqual([]);
  });

  it('takes a match away and puts its money back into the pool', async () => {
    const { giftId } = await heldGift();
    expect((await campaign.pool()).remainingMinor).toBe(97_000);
    expect((await decide(giftId, 'void', APPROVER)).body).toMatchObject({ decision: 'void', matchMinor: 0 });
    expect((await campaign.pool()).remainingMinor).toBe(99_000);
    expect(await campaign.violations()).toEqual([]);
  });

  it('answers a repeat with what stands, by whom and when, and books nothing twice', async () => {
    const { giftId } = await heldGift();
    const first = await decide(giftId, 'void');
    campaign.world.at('2026-09-07T13:00:00+08:00');
    const again = await decide(giftId, 'void', APPROVER, 'another reason');
    expect(again.status).toBe(200);
    expect(again.body).toEqual(first.body);
    expect((await campaign.pool()).adjustments).toBe(1);
  });

  it('refuses the opposite: nothing is released that was taken away', async () => {
    const { giftId } = await heldGift();
    await decide(giftId, 'release');
    expect((await decide(giftId, 'void')).status).toBe(200);
    const after = await decide(giftId, 'release');
    expect([after.status, after.body.title]).toEqual([409, 'already-void']);
    expect(await campaign.violations()).toEqual([]);
  });

  it('may void any match during the public notice, and none after confirmation', async () => {
    const gift = await campaign.gift(1, 1_000);
    const other = await campaign.gift(2, 1_000);
    await campaign.stage('publicised');
    expect((await decide(gift.giftId, 'void', FINANCE, 'found in the public notice')).status).toBe(200);
    expect(await campaign.violations()).toEqual([]);
    await campaign.stage('confirmed');
    const late = await decide(other.giftId, 'void');
    expect([late.status, late.body.title]).toEqual([409, 'already-confirmed']);
  });

  it('has nothing to decide on for a gift that is not held, came after the end, or is of another campaign', async () => {
    const { giftId } = await campaign.gift(1, 1_000);
    const unheld = await decide(giftId, 'release');
    expect([unheld.status, unheld.body.title]).toEqual([409, 'not-held']);
    await campaign.stage('publicised');
    const late = await campaign.gift(2, 1_000);
    const afterTheEnd = await decide(late.giftId, 'void');
    expect([afterTheEnd.status, afterTheEnd.body.title]).toEqual([409, 'not-matched']);
    await record(campaign.world.table, [entry(3, { campaignId: 'cmp_other' })]);
    for (const id of ['gft_3', 'gft_unknown', 'GIFT#x'])
      expect([(await decide(id, 'void')).status, (await decide(id, 'void')).body.title]).toEqual([404, 'unknown-gift']);
  });

  it('names the field that is wrong, and refuses who may not decide', async () => {
    const { giftId } = await heldGift();
    const silent = await decide(giftId, 'void', FINANCE, ' ');
    expect([silent.status, silent.body.problems[0].field]).toEqual([422, 'reason']);
    expect((await decide(giftId, 'void', AUDITOR)).status).toBe(403);
  });
});
