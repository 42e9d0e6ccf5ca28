import type { Sums } from '../ledger/totals.ts';

/** Totals as the public sees them: money, and goods at their assessed value beside it, in no sum with it. */
export const publicSums = ({ gifts, amountMinor, matchMinor, refundedMinor, goodsMinor, goodsBackMinor }: Sums) => ({
  gifts,
  giftsMinor: amountMinor - goodsMinor,
  refundedMinor: refundedMinor - goodsBackMinor,
  goodsMinor,
  goodsBackMinor,
  matchMinor,
});
export type PublicSums = ReturnType<typeof publicSums>;
