import type { Campaign } from '../campaigns/campaign.ts';
import { type Instant, windowBounds } from '../kernel/time.ts';
import type { Adjustment } from '../matching/adjustment.ts';
import type { CampaignFrame } from '../matching/matching-engine.ts';
import { planPoolMinor } from '../matching/matching-plan.ts';
import { frameOf, type MatchingPool, openingFunds } from '../matching/matching-pool.ts';
import { isGiftRule, type MatchingRule } from '../matching/matching-rule.ts';
import { type Fund, remainingIn } from '../matching/matching-state.ts';
import { progressOf } from '../matching/rules/challenge.ts';
import { openWindows, windowAt } from '../matching/rules/windows.ts';

/** One match that changed after the matches were shown: numbers only. Who decided, and why, is not for the public. */
export type PublicChange = {
  readonly giftNo: number;
  readonly at: Instant;
  readonly kind: Adjustment['kind'];
  /** What the gift was, in money or in goods, and what of it went back with the change. */
  readonly giftMinor: number;
  readonly refundedMinor: number;
  readonly goodsMinor: number;
  readonly goodsBackMinor: number;
  readonly matchChangeMinor: number;
};
/** The newest first; `more` where there are others before them. */
export type PublicChanges = { readonly list: readonly PublicChange[]; readonly more: boolean };

/** The matching of a campaign as the public may know it at this moment. */
export function publicMatch(campaign: Campaign, pool: MatchingPool | undefined, changes: PublicChanges, now: Instant) {
  const plan = pool?.plan ?? campaign.proposal.matching;
  const funds: readonly Fund[] = pool?.funds ?? openingFunds(plan);
  const { window } = campaign.proposal;
  const frame = pool === undefined ? { zone: window.zone, ...windowBounds(window) } : frameOf(pool);
  return {
    poolMinor: pool?.poolMinor ?? planPoolMinor(plan),
    remainingMinor: pool?.remainingMinor ?? planPoolMinor(plan),
    stage: pool?.stage ?? ('not-open' as const),
    noticeUntil: pool?.noticeUntil ?? null,
    planVersion: pool?.planVersion ?? 1,
    rules: plan.rules,
    /** What is left of each rule's money right now, part by part. */
    funds: plan.rules.flatMap((rule, index) => {
      const fund = funds[index];
      return fund === undefined ? [] : [publicFund(rule, fund, frame, now)];
    }),
    commitments: commitmentsOf(campaign, pool?.revealedSeeds ?? {}),
    /** Of the public notice: matches that changed since they were shown. */
    changes: changes.list,
    moreChanges: changes.more,
  };
}
export type PublicMatch = ReturnType<typeof publicMatch>;
export type PublicFund = PublicMatch['funds'][number];

function publicFund(rule: MatchingRule, fund: Fund, frame: CampaignFrame, now: Instant) {
  return {
    ruleId: fund.ruleId,
    poolMinor: fund.poolMinor,
    remainingMinor: fund.remainingMinor,
    subPools: fund.subPools ?? null,
    challenge:
      rule.kind === 'challenge' && fund.challenge !== undefined
        ? { ...fund.challenge, reached: progressOf(rule, fund.challenge), threshold: rule.threshold }
        : null,
    ...windowsOf(rule, fund, frame, now),
  };
}

/**
 * When a rule gives: the window that is open at this moment and the next one, each with what is left for it. Of a rule
 * without windows the whole campaign is the one window. `null` where there is none, and for rules that follow no gifts.
 */
function windowsOf(rule: MatchingRule, fund: Fund, frame: CampaignFrame, now: Instant) {
  if (!isGiftRule(rule)) return { currentWindow: null, nextWindow: null };
  const windows = openWindows(rule.windows, frame);
  const shown = (window: (typeof windows)[number] | undefined) =>
    window === undefined
      ? null
      : {
          from: window.from,
          until: window.until,
          subPoolId: window.subPoolId ?? null,
          remainingMinor: remainingIn(fund, window.subPoolId),
        };
  return {
    currentWindow: shown(windowAt(windows, now)),
    nextWindow: shown(windows.find(({ from }) => from > now)),
  };
}

/** What each random rule is bound to: the hash that stands since the approval, and the seed once it is revealed. */
function commitmentsOf({ seedHashes }: Campaign, revealed: Readonly<Record<string, string>>) {
  return Object.entries(seedHashes ?? {}).map(([ruleId, seedHash]) => ({
    ruleId,
    seedHash,
    seed: revealed[ruleId] ?? null,
  }));
}
