import { reasonOf } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { openMail, type SendMail } from '../notices/mail.gateway.ts';
import { mailOnce } from '../notices/staff-mail.store.ts';
import { renderStaffMail } from '../notices/staff-mail.tsx';
import { findOrganisation, rootIds } from '../organisations/organisation.store.ts';
import { type DueRun, type JobDefinition, jobFunction } from '../platform/job.ts';
import { campaignNoticeKey } from '../platform/keys.ts';
import { log } from '../platform/log.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { confirmationsOf } from './confirmation.store.ts';
import { confirmationMail } from './confirmation-mail.ts';
import { confirmationsTold, isToldToWatch, type Told } from './confirmation-notices.ts';
import { type ConfirmationRecipient, confirmationRecipients } from './confirmation-recipients.store.ts';

export type RemindUse = { readonly table: Table; readonly sendMail: SendMail };
type Outcome = {
  readonly kind: 'reminded';
  readonly waiting: number;
  readonly sent: number;
  readonly failed: number;
};

/**
 * Tells people of entries that wait for a second person: of each hour's once, reminds them, and tells those above when nobody
 * decides. Runs every hour; a run that was missed is made up for by the next. One mail that fails keeps nobody else from
 * theirs: the next run tries it again.
 */
async function remindConfirmations(_run: DueRun, use: RemindUse, now: Instant): Promise<Outcome> {
  const result = { waiting: 0, sent: 0, failed: 0 };
  for (const rootId of await rootIds(use.table)) {
    const waiting = await confirmationsOf(use.table, rootId);
    result.waiting += waiting.length;
    for (const told of confirmationsTold(waiting, now))
      for (const recipient of await confirmationRecipients(use.table, told, now))
        try {
          result.sent += await tell(told, recipient, use, now);
        } catch (error) {
          result.failed += 1;
          log.error('a mail about entries to confirm could not be sent', {
            campaignId: told.confirmations[0]?.campaignId,
            reason: reasonOf(error),
          });
        }
  }
  return { kind: 'reminded', ...result };
}

async function tell(
  { notice, claim }: Told,
  { email, onBehalfOf, confirmations }: ConfirmationRecipient,
  use: RemindUse,
  now: Instant,
): Promise<number> {
  const [first] = confirmations;
  if (first === undefined) return 0;
  const { campaignId, organisationId } = first;
  const organisationName = (await findOrganisation(use.table, organisationId))?.name ?? organisationId;
  const isToWatch = isToldToWatch(notice, first);
  const mail = await renderStaffMail(
    confirmationMail({ notice, confirmations, organisationName, onBehalfOf, isToWatch }),
  );
  return mailOnce(use, claim, [email], mail, now, (kind, recipient) => campaignNoticeKey(campaignId, kind, recipient));
}

export const definition: JobDefinition<RemindUse> = {
  name: 'remind-confirmations',
  open: () => ({ table: openTable(), sendMail: openMail() }),
  handle: remindConfirmations,
};
export const handler = jobFunction(definition);
