import * as z from 'zod';
import { type Adjustment, reasonSchema } from './adjustment.ts';
import { type GiftAccount, standingOf } from './gift-account.ts';

/** What a person decides about a gift's match, and why: the reason stands in the books for ever. */
export const matchDecisionSchema = z.strictObject({ decision: z.enum(['release', 'void']), reason: reasonSchema });
export type MatchDecision = z.infer<typeof matchDecisionSchema>;

/** The same decision where it was taken before, and still stands: a release does not outlive a later void. */
export function decisionStanding({ match, settlements }: GiftAccount, decision: MatchDecision['decision']) {
  if (match === undefined) return undefined;
  if (decision === 'release' && standingOf(match, settlements).isVoid) return undefined;
  return settlements.find(({ kind }) => kind === decision);
}

/** A decision as staff see it; `matchMinor` is what the gift has as match after it. */
export const decisionView = (adjustment: Adjustment, matchMinor: number) => ({
  giftId: adjustment.giftId,
  decision: adjustment.kind,
  reason: adjustment.reason,
  decidedBy: adjustment.by,
  decidedAt: adjustment.at,
  matchMinor,
});
