import type { Adjustment } from './adjustment.ts';
import type { MatchPayment } from './match-payment.ts';
import { givenMinorOf, type MatchingPool, matchedMinorOf } from './matching-pool.ts';
import type { MatchingRule } from './matching-rule.ts';
import type { Fund } from './matching-state.ts';
import { progressOf } from './rules/challenge.ts';

/** What staff see of a campaign's matching beside the public figures. Lists are the first of what there is; `more` says so. */
export type MatchingAtHand = {
  readonly pool: MatchingPool;
  readonly heldGifts: number;
  readonly pendingClaims: { readonly claims: number; readonly more: boolean };
  readonly payments: { readonly payments: readonly MatchPayment[]; readonly more: boolean };
  readonly adjustments: { readonly page: readonly Adjustment[]; readonly next: number | undefined };
};

export function matchingView({ pool, heldGifts, pendingClaims, payments, adjustments }: MatchingAtHand) {
  const { campaignId, stage, state, planId, planVersion, noticeUntil, sequence, poolMinor, remainingMinor } = pool;
  return {
    campaignId,
    stage,
    state,
    noticeUntil: noticeUntil ?? null,
    planId,
    planVersion,
    gifts: sequence,
    poolMinor,
    matchedMinor: matchedMinorOf(pool),
    remainingMinor,
    rules: pool.plan.rules.map((rule, index) => ruleView(rule, pool.funds[index], pool.paidMinor?.[rule.id] ?? 0)),
    held: { gifts: heldGifts },
    pendingClaims,
    payments: {
      payments: payments.payments.map(({ type: _, campaignId: __, ...payment }) => payment),
      more: payments.more,
    },
    adjustments: {
      adjustments: adjustments.page.map(({ type: _, campaignId: __, ...adjustment }) => adjustment),
      next: adjustments.next === undefined ? null : `?after=${adjustments.next}`,
    },
  };
}

/** `owedMinor` is below zero where a refund came after the sponsor had paid. */
function ruleView(rule: MatchingRule, fund: Fund | undefined, paidMinor: number) {
  const { id, kind, sponsor } = rule;
  if (fund === undefined) return { ruleId: id, kind, sponsor };
  const { poolMinor, remainingMinor, subPools, challenge } = fund;
  const givenMinor = givenMinorOf(fund);
  const parts = 'subPools' in rule ? rule.subPools : undefined;
  return {
    ruleId: id,
    kind,
    sponsor,
    poolMinor,
    givenMinor,
    remainingMinor,
    ...(parts === undefined
      ? {}
      : { subPools: parts.map((part) => ({ ...part, remainingMinor: subPools?.[part.id] ?? 0 })) }),
    ...(rule.kind !== 'challenge' || challenge === undefined
      ? {}
      : {
          challenge: {
            measure: rule.measure,
            threshold: rule.threshold,
            reached: progressOf(rule, challenge),
            unlocked: challenge.unlocked,
          },
        }),
    paidMinor,
    owedMinor: givenMinor - paidMinor,
  };
}
