import type { Campaign } from '../campaigns/campaign.ts';
import { type Minor, ZERO } from '../kernel/money.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { confirmationIndexKey, confirmationKey, confirmationsWaiting } from '../platform/keys.ts';
import { everyItem, type Table, type TransactWrite } from '../platform/table.ts';
import { routeInForce } from './approval-route.store.ts';
import { stepsFor } from './approval-route.ts';
import {
  type Confirmation,
  type ConfirmationSubject,
  confirmationSchema,
  USUAL_ESCALATION_HOURS,
} from './confirmation.ts';

/** What is asked, as far as those who decide see it in their inbox. */
export type Asked = Pick<
  Confirmation,
  'subject' | 'campaignId' | 'requestId' | 'kind' | 'enteredBy' | 'enteredAt' | 'amountMinor' | 'quantity'
>;

/** The write that says that a request waits, for the transaction that enters it. Needs `get` on `ORGANISATION#`. */
export async function waitsWrite(table: Table, { proposal }: Campaign, asked: Asked): Promise<TransactWrite> {
  const { organisationId, title, language, currency, generatedData } = proposal;
  const path = (await findOrganisation(table, organisationId))?.path ?? [organisationId];
  const inForce = await routeInForce(table, path, 'campaign');
  // The last step that applies to the sum is the one that an organisation has such sums decided by.
  const step = stepsFor(inForce.route, asked.amountMinor ?? (ZERO as Minor)).at(-1);
  const confirmation = confirmationSchema.parse({
    type: 'confirmation',
    ...asked,
    title,
    language,
    generatedData,
    organisationId,
    organisationPath: path,
    currency,
    route: { organisationId: inForce.organisationId, version: inForce.version },
    remindAfterHours: step?.remindAfterHours ?? USUAL_ESCALATION_HOURS,
    escalateAfterHours: step?.escalateAfterHours ?? USUAL_ESCALATION_HOURS,
    ...(step?.escalateTo === undefined ? {} : { escalateTo: step.escalateTo }),
  });
  const { subject, campaignId, requestId } = confirmation;
  return {
    put: {
      ...confirmationKey(subject, campaignId, requestId),
      ...confirmationIndexKey(path[0] ?? organisationId, confirmation),
      ...confirmation,
    },
    when: { absent: true },
  };
}

/** The write that says that a request waits no more, for the transaction that decides it. */
export const waitsNoMore = (subject: ConfirmationSubject, campaignId: string, requestId: string): TransactWrite => ({
  delete: confirmationKey(subject, campaignId, requestId),
});

/** `undefined` once it is decided. */
export async function findConfirmation(
  table: Table,
  subject: ConfirmationSubject,
  campaignId: string,
  requestId: string,
): Promise<Confirmation | undefined> {
  return confirmationSchema.optional().parse(await table.get(confirmationKey(subject, campaignId, requestId)));
}

/** Everything that waits in one tree, oldest first: some tens, a few hundred in a bad week. */
export async function confirmationsOf(table: Table, rootId: string): Promise<Confirmation[]> {
  const waiting: Confirmation[] = [];
  for await (const item of everyItem(table, confirmationsWaiting(rootId))) waiting.push(confirmationSchema.parse(item));
  return waiting;
}
