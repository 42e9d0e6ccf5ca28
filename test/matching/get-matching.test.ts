import { expect, it } from 'vitest';
import { definition as decideMatch } from '../../functions/matching/decide-match.lambda.ts';
import { definition as getMatching } from '../../functions/matching/get-matching.lambda.ts';
import { definition as recordPayment } from '../../functions/matching/record-match-payment.lambda.ts';
import { definition as requestClaim } from '../../functions/matching/request-match-claim.lambda.ts';
import { MANAGER } from '../stories/people.ts';
import { FINANCE, onePool, SteeredCampaign } from './steered-campaign.ts';

const rule = { version: 2, sponsor: '科伦', poolMinor: 5_000 };
const PLAN = {
  rules: [
    ...onePool(10_000).rules,
    { ...rule, kind: 'challenge', id: 'lump', measure: 'gifts', threshold: 3 },
    { ...rule, kind: 'employer', id: 'staff', numerator: 1, denominator: 1, codes: ['k'], requestWithinDays: 10 },
  ],
  screen: { giftsPerMinute: 2 },
};

it('staff see how matching stands: pools, challenges, what waits, what changed and what was paid', async () => {
  const campaign = await SteeredCampaign.open(PLAN);
  const see = (query: Record<string, string> = {}) =>
    campaign.get('get-matching', getMatching, { actor: MANAGER, query });
  const fast = { donorId: 'dnr_fast', occurredAt: '2026-09-07T10:00:00+08:00' };
  await campaign.gift(1, 1_000, fast);
  await campaign.gift(2, 1_000, fast);
  const voided = await campaign.gift(3, 500);
  const claimed = await campaign.gift(4, 500);
  await campaign.post('request-match-claim', requestClaim, {
    body: { orderNo: claimed.orderNo, ruleId: 'staff', code: 'k' },
  });
  const decision = { decision: 'void', reason: 'fraud' };
  await campaign.post('decide-match', decideMatch, { giftId: voided.giftId, actor: FINANCE, body: decision });
  const { status, body } = await see();
  expect(status).toBe(200);
  expect(body).toMatchObject({
    stage: 'provisional',
    planVersion: 1,
    gifts: 4,
    poolMinor: 20_000,
    matchedMinor: 2_500,
    held: { gifts: 1 },
    pendingClaims: { claims: 1, more: false },
    payments: { payments: [], more: false },
  });
  expect(body.rules).toMatchObject([
    { ruleId: 'kelun', givenMinor: 2_500, remainingMinor: 7_500, paidMinor: 0, owedMinor: 2_500 },
    { ruleId: 'lump', givenMinor: 0, challenge: { measure: 'gifts', threshold: 3, reached: 2, unlocked: false } },
    { ruleId: 'staff', givenMinor: 0 },
  ]);
  const kinds = body.adjustments.adjustments.map(({ kind }: { kind: string }) => kind);
  expect(kinds).toEqual(['challenge', 'void']);
  expect((await see({ after: '1' })).body.adjustments.adjustments).toHaveLength(1);
  await campaign.stage('confirmed');
  const payment = { ruleId: 'kelun', amountMinor: 2_000, reference: 'one', paidOn: '2026-09-07' };
  await campaign.post('record-match-payment', recordPayment, { actor: FINANCE, body: payment });
  const after = (await see()).body;
  expect(after.rules[0]).toMatchObject({ paidMinor: 2_000, owedMinor: 500 });
  expect(after.payments.payments).toEqual([{ ...payment, recordedBy: 'finance-chen', recordedAt: campaign.world.now }]);
});

it('adjustments come fifty at a time, and only staff see them', async () => {
  const campaign = await SteeredCampaign.open(onePool(100_000));
  for (let n = 0; n < 55; n += 1) await campaign.refund(await campaign.gift(n, 100), 100);
  const see = (query: Record<string, string> = {}) =>
    campaign.get('get-matching', getMatching, { actor: MANAGER, query });
  const first = (await see()).body.adjustments;
  expect([first.adjustments.length, first.next]).toEqual([50, '?after=50']);
  const second = (await see({ after: '50' })).body.adjustments;
  expect([second.adjustments.length, second.next]).toEqual([5, null]);
  expect((await see({ after: '-1' })).body.title).toBe('bad-cursor');
  expect((await campaign.get('get-matching', getMatching)).status).toBe(403);
});
