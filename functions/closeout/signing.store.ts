import { findApproval, readApproval } from '../approvals/approval.store.ts';
import type { Approval } from '../approvals/approval.ts';
import { namesIn } from '../approvals/recipients.store.ts';
import { PermanentError } from '../kernel/errors.ts';
import type { Check, Table } from '../platform/table.ts';
import type { Signature } from './closeout.ts';
import { guardsOf, type SignedSubject } from './draft-basis.store.ts';
import type { DraftBasis } from './draft-basis.ts';

/** What the approval's workflow ended with. */
export type SigningDecision = { readonly kind: 'approved' | 'returned' | 'rejected'; readonly reason: string };
export type SigningOutcome =
  /** Every step of the route has signed, and the books still have what the draft says: `guards` hold that in the transaction. */
  | { readonly kind: 'signed'; readonly signatures: readonly Signature[]; readonly guards: readonly Check[] }
  | { readonly kind: 'given-back'; readonly why: string }
  /** The books have moved: the draft is written and signed anew. */
  | { readonly kind: 'overtaken'; readonly why: string };

type About = { readonly campaignId: string; readonly subject: SignedSubject; readonly round: number };
const MOVED_AFTER_SIGNING = 'The books moved between the last signature and the moment at which it was to be kept.';

/**
 * What became of the signatures under a draft: of a report or of an addendum to one, by the same rule. `basis`: what the draft rests
 * on; absent in drafts of before there were marks. Throws PermanentError where the round is not what was approved.
 */
export async function signingOutcome(
  table: Table,
  about: About,
  decision: SigningDecision,
  basis: DraftBasis | undefined,
): Promise<SigningOutcome> {
  const { campaignId, subject, round } = about;
  if (decision.kind !== 'approved') {
    const ended = await findApproval(table, about);
    return ended?.withdrawn === undefined
      ? { kind: 'given-back', why: decision.reason }
      : { kind: 'overtaken', why: ended.withdrawn.why };
  }
  const approval = await readApproval(table, about);
  if (approval.state !== 'approved')
    throw new PermanentError(`round ${round} of the ${subject} of ${campaignId} is not what was approved`);
  // The last signature may be minutes old, and the books may have moved since.
  const guards = basis === undefined ? [] : await guardsOf(table, campaignId, basis);
  if (guards === undefined) return { kind: 'overtaken', why: MOVED_AFTER_SIGNING };
  return { kind: 'signed', signatures: signaturesOf(approval, await namesIn(table, approval)), guards };
}

function signaturesOf(approval: Approval, names: ReadonlyMap<string, string>): Signature[] {
  return approval.steps.flatMap(({ name: step, decisions }) =>
    decisions
      .filter(({ decision }) => decision === 'approve')
      .map(({ by, at, onBehalfOf }) => ({
        step,
        personId: by,
        name: names.get(by) ?? by,
        ...(onBehalfOf === undefined ? {} : { onBehalfOf: names.get(onBehalfOf) ?? onBehalfOf }),
        at,
      })),
  );
}
