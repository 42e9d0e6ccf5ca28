import type { DonationEntry } from '../../functions/donations/donation-entry.ts';
import { minor } from '../../functions/kernel/money.ts';
import type { Instant } from '../../functions/kernel/time.ts';
import { decideClaim } from '../../functions/matching/claim-decision.store.ts';
import { requestClaim } from '../../functions/matching/match-claim.store.ts';
import { readPool } from '../../functions/matching/matching-pool.store.ts';
import { changePools } from '../../functions/matching/pool-change.store.ts';
import type { Table } from '../../functions/platform/table.ts';
import { CAMPAIGN } from './money-path.ts';

// What people do to a pool between the gifts of a property test, through the same doors as the HTTP functions.

const hurried = { random: () => 0, pause: async () => undefined };

/** Raises one pool, or part of one, or lowers it by half of what is left in it. */
export async function resizePool(table: Table, how: 'raise' | 'lower', which: number, now: Instant): Promise<void> {
  const { plan, funds, planVersion } = await readPool(table, CAMPAIGN);
  const rule = plan.rules[which % plan.rules.length];
  const fund = funds[which % plan.rules.length];
  if (rule === undefined || fund === undefined) return;
  const parts = 'subPools' in rule ? (rule.subPools ?? []) : [];
  const part = parts[which % Math.max(1, parts.length)];
  const left = part === undefined ? fund.remainingMinor : (fund.subPools?.[part.id] ?? 0);
  const by = how === 'raise' ? 700 : -Math.ceil(left / 2);
  const size = {
    ruleId: rule.id,
    ...(part === undefined ? {} : { subPoolId: part.id }),
    poolMinor: minor((part ?? rule).poolMinor + by),
  };
  const change = { planVersion, changes: [size], reason: 'the sponsor said so' };
  await changePools(table, { campaignId: CAMPAIGN, by: 'finance' }, change, now, hurried);
}

/** Asks for an employer's match of a gift, where the plan has any, and approves it. */
export async function claimMatch(table: Table, gift: DonationEntry, which: number, now: Instant): Promise<void> {
  const { plan } = await readPool(table, CAMPAIGN);
  const employers = plan.rules.filter(({ kind }) => kind === 'employer');
  const rule = employers[which % Math.max(1, employers.length)];
  if (rule === undefined) return;
  const request = { orderNo: gift.orderNo, ruleId: rule.id, code: 'kelun-2026' };
  await requestClaim(table, CAMPAIGN, request, now);
  const about = { campaignId: CAMPAIGN, giftId: gift.giftId, by: 'finance' };
  await decideClaim(table, about, { ruleId: rule.id, decision: 'approve' }, now, hurried);
}
