import * as z from 'zod';
import type { Instant } from '../kernel/time.ts';
import { openMail, type SendMail } from '../notices/mail.gateway.ts';
import { mailOnce } from '../notices/staff-mail.store.ts';
import { renderStaffMail } from '../notices/staff-mail.tsx';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { campaignNoticeKey } from '../platform/keys.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { readCampaign } from './campaign.store.ts';
import { LIFE_EVENTS, lifeEventMail } from './life-event.ts';

const inputSchema = z.object({ campaignId: z.string(), event: z.enum(LIFE_EVENTS) });
type Input = z.infer<typeof inputSchema>;
export type TellUse = { readonly table: Table; readonly sendMail: SendMail };

/** Mails the campaign's recipients what has become of it, once each however often the workflow comes by. */
async function tellStaff({ campaignId, event }: Input, use: TellUse, now: Instant): Promise<{ kind: string }> {
  const campaign = await readCampaign(use.table, campaignId);
  const organisation = await findOrganisation(use.table, campaign.proposal.organisationId);
  const mail = await renderStaffMail(lifeEventMail(event, campaign, organisation?.name ?? ''));
  const { reportRecipients } = campaign.proposal;
  await mailOnce(use, `life-${event}`, reportRecipients, mail, now, (kind, recipient) =>
    campaignNoticeKey(campaignId, kind, recipient),
  );
  return { kind: 'told' };
}

export const definition: TaskDefinition<Input, TellUse> = {
  name: 'tell-staff',
  input: inputSchema,
  open: () => ({ table: openTable(), sendMail: openMail() }),
  handle: tellStaff,
};
export const handler = taskFunction(definition);
