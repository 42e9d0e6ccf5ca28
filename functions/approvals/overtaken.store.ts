import { whyOvertaken } from '../closeout/draft-basis.store.ts';
import type { Instant } from '../kernel/time.ts';
import type { Table } from '../platform/table.ts';
import { keepApproval } from './approval.store.ts';
import type { Approval } from './approval.ts';
import { withdrawnApproval } from './deciding.ts';

export type Overtaken =
  | { readonly kind: 'stands' }
  /** Ended at this moment, so that its workflow goes on to a new draft. */
  | { readonly kind: 'withdrawn'; readonly approval: Approval; readonly why: string }
  /** Somebody else changed it meanwhile: read it again. */
  | { readonly kind: 'changed' };

/** Ends an approval that waits for signatures under a draft which the books have overtaken; leaves every other one as it is. */
export async function withdrawIfOvertaken(table: Table, approval: Approval, now: Instant): Promise<Overtaken> {
  const { campaignId, subject, round, state } = approval;
  if (state !== 'waiting' || subject === 'campaign' || subject === 'amendment') return { kind: 'stands' };
  const why = await whyOvertaken(table, { campaignId, subject, round });
  if (why === undefined) return { kind: 'stands' };
  const kept = await keepApproval(table, approval, withdrawnApproval(approval, why, now));
  return kept === undefined ? { kind: 'changed' } : { kind: 'withdrawn', approval: kept, why };
}
