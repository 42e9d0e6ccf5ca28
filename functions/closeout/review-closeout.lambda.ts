import * as z from 'zod';
import { membershipSchema } from '../access/membership.ts';
import type { Role } from '../access/role.ts';
import { auditedTable } from '../audit/audited-table.ts';
import { readCampaign } from '../campaigns/campaign.store.ts';
import type { Campaign } from '../campaigns/campaign.ts';
import type { Instant } from '../kernel/time.ts';
import { openMail, type SendMail } from '../notices/mail.gateway.ts';
import { NotAccepted } from '../notices/notice.store.ts';
import { mailOnce } from '../notices/staff-mail.store.ts';
import { renderStaffMail } from '../notices/staff-mail.tsx';
import { findOrganisation } from '../organisations/organisation.store.ts';
import type { Organisation } from '../organisations/organisation.ts';
import { campaignNoticeKey, membersOfOrganisation } from '../platform/keys.ts';
import { log } from '../platform/log.ts';
import { openTable } from '../platform/open-table.ts';
import { everyItem, type Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { readCloseout } from './closeout.store.ts';
import type { Closeout } from './closeout.ts';
import { findStatement, renewRound } from './closeout-statement.store.ts';
import type { StoredStatement } from './closeout-statement.ts';
import { readBasis } from './draft-basis.store.ts';
import { movedText, movesBetween, needsNewSums } from './draft-basis.ts';
import { mustBeThere } from './report-checks.ts';
import {
  dueReminders,
  isOverdue,
  reminderMail,
  type StatementReminder,
  statementLookSeconds,
} from './statement-reminder.ts';

const inputSchema = z.object({ campaignId: z.string() });
type Input = z.infer<typeof inputSchema>;
export type ReviewCloseoutUse = { readonly table: Table; readonly sendMail: SendMail };
type Outcome =
  | { readonly kind: 'signed' }
  /** The report is written with the statement that was submitted. */
  | { readonly kind: 'to-sign'; readonly round: number }
  /** A statement was submitted that the report does not carry yet. */
  | { readonly kind: 'to-write' }
  /** The same, and what the report adds up has moved since it was added up. */
  | { readonly kind: 'to-prepare' }
  | { readonly kind: 'waiting'; readonly waitSeconds: number }
  /** Nobody has submitted a statement for so long that a person has to look. */
  | { readonly kind: 'overdue' };

const AUDIENCES: Readonly<Record<StatementReminder['audience'], readonly Role[]>> = {
  authors: ['manager', 'finance'],
  leaders: ['approver'],
};
/** Mails of one reminder at most. */
const MOST_RECIPIENTS = 50;

/** Says how far a report has come, and reminds people of the statement that it waits for. */
async function reviewCloseout({ campaignId }: Input, use: ReviewCloseoutUse, now: Instant): Promise<Outcome> {
  const closeout = await readCloseout(use.table, campaignId);
  if (closeout.state === 'signed') return { kind: 'signed' };
  const campaign = await readCampaign(use.table, campaignId);
  const submitted = await submittedOutcome(use, campaign, closeout, now);
  if (submitted !== undefined) return submitted;
  const stored = await findStatement(use.table, campaignId);
  const since = stored?.returned?.at ?? closeout.firstWrittenAt ?? closeout.preparedAt;
  if (isOverdue(since, now)) return { kind: 'overdue' };
  await remind(use, campaign, stored, since, now);
  return { kind: 'waiting', waitSeconds: statementLookSeconds(stored?.round ?? 0, since, now) };
}

/**
 * What comes next of a statement that is submitted; `undefined` where it is with its authors. A draft that the books have overtaken
 * before anybody was asked to sign it is not asked for: the statement has its next round.
 */
async function submittedOutcome(
  use: ReviewCloseoutUse,
  campaign: Campaign,
  closeout: Closeout,
  now: Instant,
): Promise<Outcome | undefined> {
  const { campaignId, proposal } = campaign;
  const stored = await findStatement(use.table, campaignId);
  if (stored?.state !== 'submitted') return undefined;
  const moves =
    closeout.basis === undefined ? [] : movesBetween(closeout.basis, await readBasis(use.table, campaignId));
  const anew: Outcome = { kind: needsNewSums(moves) ? 'to-prepare' : 'to-write' };
  if (closeout.round !== stored.round) return anew;
  if (moves.length === 0) return { kind: 'to-sign', round: stored.round };
  const { organisationId } = proposal;
  const audit = { organisationId, by: 'workflow', action: 'closeout report is to be written anew', now };
  const table = auditedTable(use.table, audit);
  const renewed = await renewRound(table, campaign, stored.round, { why: movedText(moves), now });
  return renewed.kind === 'renewed' ? anew : undefined;
}

async function remind(
  use: ReviewCloseoutUse,
  { campaignId, proposal }: Campaign,
  stored: StoredStatement | undefined,
  since: Instant,
  now: Instant,
): Promise<void> {
  const { title, language, generatedData, organisationId } = proposal;
  const organisation = mustBeThere(await findOrganisation(use.table, organisationId), `organisation ${organisationId}`);
  for (const { name, audience } of dueReminders(since, stored?.round ?? 0, now)) {
    const mail = await renderStaffMail(
      reminderMail({
        campaignId,
        title,
        organisationName: organisation.name,
        language,
        generatedData,
        returned: stored?.returned?.why,
        audience,
      }),
    );
    const recipients = await addressesOf(use.table, organisation, AUDIENCES[audience]);
    try {
      await mailOnce(use, name, recipients, mail, now, (kind, recipient) =>
        campaignNoticeKey(campaignId, kind, recipient),
      );
    } catch (error) {
      // A mail that cannot go out now must not hold up the report: the next look tries again within the hour.
      if (!(error instanceof NotAccepted)) throw error;
      log.warn('a reminder of a closeout statement could not be sent', { campaignId, reason: error.message });
    }
  }
}

/** Whoever holds one of these roles for an organisation: its own people, and those above it whose roles reach down. */
async function addressesOf(
  table: Table,
  { organisationId, path }: Pick<Organisation, 'organisationId' | 'path'>,
  roles: readonly Role[],
): Promise<string[]> {
  const addresses: string[] = [];
  for (const at of path)
    for await (const item of everyItem(table, membersOfOrganisation(at))) {
      const member = membershipSchema.parse(item);
      const reaches = at === organisationId || member.reach === 'and-below';
      if (reaches && member.state === 'active' && member.roles.some((role) => roles.includes(role)))
        addresses.push(member.email);
    }
  return addresses.slice(0, MOST_RECIPIENTS);
}

export const definition: TaskDefinition<Input, ReviewCloseoutUse> = {
  name: 'review-closeout',
  input: inputSchema,
  open: () => ({ table: openTable(), sendMail: openMail() }),
  handle: reviewCloseout,
};
export const handler = taskFunction(definition);
