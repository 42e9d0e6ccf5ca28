import { type Refusal, refuse } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import type { Table } from '../platform/table.ts';
import { claimSettlement } from './claim-settlement.ts';
import type { GiftAccount } from './gift-account.ts';
import { type ClaimDecision, decidedClaim, type MatchClaim } from './match-claim.ts';
import type { Patience } from './patience.ts';
import { changeBooks, readGiftAccount } from './settlement.store.ts';

type About = { readonly campaignId: string; readonly giftId: string; readonly by: string };
export type ClaimDecided = { readonly kind: 'decided'; readonly claim: MatchClaim };

const GIFT_ID = /^[a-z0-9_]{1,64}$/;
const UNKNOWN_CLAIM = refuse('unknown-claim', 'There is no such claim in this campaign.');
const STATES = { approve: 'approved', decline: 'declined' } as const;

/**
 * Approves a claim, which draws its match in one transaction with the claim's new state, or declines it. The same decision
 * again finds what stands; of two people who decide at once, one is told that it was decided otherwise.
 */
export async function decideClaim(
  table: Table,
  about: About,
  decision: ClaimDecision,
  now: Instant,
  patience: Patience,
): Promise<ClaimDecided | Refusal> {
  if (!GIFT_ID.test(about.giftId)) return UNKNOWN_CLAIM;
  return decision.decision === 'approve'
    ? approve(table, about, decision, now, patience)
    : decline(table, about, decision, now);
}

/** The claim where it still waits, what stands where it was decided like this, and a refusal where otherwise. */
function openClaim(account: GiftAccount, { campaignId }: About, { ruleId, decision }: ClaimDecision) {
  const claim = account.claims.find((one) => one.ruleId === ruleId);
  if (claim === undefined || claim.campaignId !== campaignId) return UNKNOWN_CLAIM;
  if (claim.state === 'pending') return { kind: 'pending', claim } as const;
  if (claim.state === STATES[decision]) return { kind: 'decided', claim } as const;
  return refuse('already-decided', `This claim was ${claim.state} on ${claim.decidedAt ?? 'an earlier day'}.`);
}

async function approve(
  table: Table,
  about: About,
  decision: ClaimDecision,
  now: Instant,
  patience: Patience,
): Promise<ClaimDecided | Refusal> {
  const { campaignId, giftId, by } = about;
  const { ruleId, reason } = decision;
  let standing: MatchClaim | undefined;
  const outcome = await changeBooks(
    table,
    campaignId,
    giftId,
    now,
    (books, account) => {
      const open = openClaim(account, about, decision);
      if (open.kind === 'refused') return open;
      standing = open.claim;
      if (open.kind === 'decided') return { kind: 'unchanged' };
      const settled = claimSettlement(ruleId, { by, reason }, account, books);
      if ('kind' in settled) return settled;
      const decided = {
        state: 'approved',
        decidedBy: by,
        decidedAt: now,
        reason,
        matchMinor: settled.draw.matchMinor,
      } as const;
      standing = { ...open.claim, ...decided };
      return { settlement: settled.settlement, cause: `CLAIM#${ruleId}`, writes: [decidedClaim(open.claim, decided)] };
    },
    patience,
  );
  if (outcome.kind === 'refused') return outcome;
  return standing === undefined ? UNKNOWN_CLAIM : { kind: 'decided', claim: standing };
}

/** No money moves: the claim's own guard is enough. */
async function decline(
  table: Table,
  about: About,
  decision: ClaimDecision,
  now: Instant,
): Promise<ClaimDecided | Refusal> {
  const open = openClaim(await readGiftAccount(table, about.giftId), about, decision);
  if (open.kind !== 'pending') return open;
  const decided = { state: 'declined', decidedBy: about.by, decidedAt: now, reason: decision.reason } as const;
  const written = await table.write(decidedClaim(open.claim, decided));
  if (written.kind === 'written') return { kind: 'decided', claim: { ...open.claim, ...decided } };
  // Somebody decided in between: what they decided stands.
  const after = openClaim(await readGiftAccount(table, about.giftId), about, decision);
  return after.kind === 'pending' ? UNKNOWN_CLAIM : after;
}
