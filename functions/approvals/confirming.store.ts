import type { StaffRequest } from '../access/staff-function.ts';
import type { Instant } from '../kernel/time.ts';
import { FORBIDDEN, type HttpAnswer } from '../platform/http.ts';
import type { Table } from '../platform/table.ts';
import { findConfirmation } from './confirmation.store.ts';
import { CONFIRMING_ROLES, type ConfirmationSubject, type DecidedBy, mayConfirm } from './confirmation.ts';
import { decidersFor } from './delegation.store.ts';

/** What is to be decided, and whether it was before. */
export type ToConfirm = {
  readonly subject: ConfirmationSubject;
  readonly campaignId: string;
  /** Whose campaign it is. */
  readonly organisationId: string;
  readonly requestId: string;
  readonly decided?: { readonly decidedBy?: string | undefined; readonly onBehalfOf?: string | undefined } | undefined;
};
export type Confirmer =
  | { readonly kind: 'may'; readonly by: DecidedBy }
  | { readonly kind: 'no'; readonly answer: HttpAnswer };

/**
 * Whether the caller may give a second person's word: by their role in the campaign's organisation, for somebody who has
 * delegated it to them, or because nobody has decided for so long that the route brings them in. Whoever may not is answered
 * like what does not exist. What they have decided they may repeat, to be told what stands.
 */
export async function confirmerOf(
  { actor, standing }: Pick<StaffRequest, 'actor' | 'standing'>,
  table: Table,
  { subject, campaignId, organisationId, requestId, decided }: ToConfirm,
  onBehalfOf: string | undefined,
  now: Instant,
): Promise<Confirmer> {
  const by: DecidedBy = { by: actor.id };
  if (onBehalfOf === undefined) {
    const refused = await standing.refuse(organisationId, CONFIRMING_ROLES);
    if (refused === undefined) return { kind: 'may', by };
  }
  if (decided?.decidedBy === actor.id && decided.onBehalfOf === onBehalfOf) {
    standing.admit(organisationId);
    return { kind: 'may', by: { ...by, onBehalfOf } };
  }
  const confirmation = await findConfirmation(table, subject, campaignId, requestId);
  const deciders = confirmation === undefined ? [] : await decidersFor(table, actor, onBehalfOf, now);
  const able = deciders.find((decider) => confirmation !== undefined && mayConfirm(confirmation, decider, now));
  if (able === undefined) return { kind: 'no', answer: FORBIDDEN };
  standing.admit(organisationId);
  return { kind: 'may', by: { ...by, onBehalfOf, delegationId: able.for?.by.delegationId } };
}
