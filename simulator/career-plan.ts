import type { SeededRandom } from '../functions/matching/giving-day/seeded-random.ts';

/** When matching is finalised, in epoch milliseconds. */
export type FinalisationPlan = {
  /** From then on at any moment that is bad for it. */
  readonly soonestAt: number;
  /** Then in any case. */
  readonly firstAt: number;
};

/** What becomes of a campaign's matches after they are drawn: how often people and sponsors change their minds. */
export type CareerPlan = {
  readonly finalisation: FinalisationPlan;
  /** So much of the gifts goes back, whole or in part. */
  readonly refundShare: number;
  /** So much of the gifts loses its match by a decision, without having been held. */
  readonly voidShare: number;
  /** How often sponsors make a pool larger or smaller while it is open. */
  readonly poolChanges: number;
};

/** When it is due; or as soon after the close, while gifts still trickle in. */
const SETTLING_MS = 35 * 3_600_000;
const HASTY_MS = [60_000, 600_000, 3_600_000] as const;
const REFUND_SHARES = [0, 0.03, 0.1, 0.25] as const;
const VOID_SHARES = [0, 0.01, 0.03] as const;
const POOL_CHANGES = [0, 0, 1, 4] as const;

export function careerOf(closesAt: number, rush: boolean, random: SeededRandom): CareerPlan {
  return {
    finalisation: finalisationAfter(closesAt, rush || random.happens(0.5), random),
    refundShare: random.pick(REFUND_SHARES),
    voidShare: random.pick(VOID_SHARES),
    poolChanges: random.pick(POOL_CHANGES),
  };
}

function finalisationAfter(closesAt: number, hasty: boolean, random: SeededRandom): FinalisationPlan {
  if (hasty) return { soonestAt: closesAt, firstAt: closesAt + random.below(random.pick(HASTY_MS)) };
  return { soonestAt: closesAt + SETTLING_MS, firstAt: closesAt + SETTLING_MS };
}
