import type * as z from 'zod';
import type { Instant } from '../kernel/time.ts';
import { openMail, type SendMail } from '../notices/mail.gateway.ts';
import { NotAccepted, sendOnce } from '../notices/notice.store.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { log } from '../platform/log.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { readApproval } from './approval.store.ts';
import { approvalIdSchema } from './approval-id.ts';
import { renderApprovalMail } from './approval-mail.tsx';
import { dueNotices } from './approval-notices.ts';
import { asOf } from './deciding.ts';
import { namesIn, type Recipient, recipientsOf, unsentOf } from './recipients.store.ts';

type Input = z.infer<typeof approvalIdSchema>;
export type MailApprovalUse = { readonly table: Table; readonly sendMail: SendMail };

/**
 * Tells people what they should have been told by now about an approval, each of them once: a step that begins, a reminder, an
 * escalation, the end. Asked every hour and after every decision; nearly always there is nothing to send.
 */
async function mailApproval(
  id: Input,
  { table, sendMail }: MailApprovalUse,
  now: Instant,
): Promise<{ kind: string; sent: number; uncertain: number; refused: number }> {
  const approval = asOf(await readApproval(table, id), now);
  const recipients = await recipientsOf(table, approval, dueNotices(approval, now), now);
  const result = { sent: 0, uncertain: 0, refused: 0 };
  const unsent = await unsentOf(table, recipients);
  if (unsent.length === 0) return { kind: 'told', ...result };
  const [names, organisation] = await Promise.all([
    namesIn(table, approval),
    findOrganisation(table, approval.organisationId),
  ]);
  const compose = async ({ email, name, notice, onBehalfOf }: Recipient) => ({
    message: {
      to: email,
      ...(await renderApprovalMail({
        approval,
        notice,
        organisationName: organisation?.name ?? approval.organisationId,
        recipientName: name,
        names,
        onBehalfOf,
        now,
      })),
    },
  });
  let tryAgain: NotAccepted | undefined;
  for (const recipient of unsent) {
    try {
      const { key, noticeName } = recipient;
      const outcome = await sendOnce(table, key, noticeName, now, () => compose(recipient), sendMail);
      result[outcome.kind === 'uncertain' ? 'uncertain' : 'sent'] += 1;
    } catch (error) {
      // One address that is refused must not keep the others from hearing of it.
      if (!(error instanceof NotAccepted)) throw error;
      if (error.forGood) result.refused += 1;
      else tryAgain = error;
    }
  }
  log.info('approval mailed', { ...id, ...result });
  if (tryAgain !== undefined) throw tryAgain;
  return { kind: 'told', ...result };
}

export const definition: TaskDefinition<Input, MailApprovalUse> = {
  name: 'mail-approval',
  input: approvalIdSchema,
  open: () => ({ table: openTable(), sendMail: openMail() }),
  handle: mailApproval,
};
export const handler = taskFunction(definition);
