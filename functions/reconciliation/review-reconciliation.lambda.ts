import * as z from 'zod';
import type { Role } from '../access/role.ts';
import { auditedTable } from '../audit/audited-table.ts';
import { readCampaign } from '../campaigns/campaign.store.ts';
import { type Instant, localDateOf, plusSeconds, SECONDS_PER_DAY, SECONDS_PER_HOUR } from '../kernel/time.ts';
import { openMail, type SendMail } from '../notices/mail.gateway.ts';
import { mailOnce } from '../notices/staff-mail.store.ts';
import { renderStaffMail } from '../notices/staff-mail.tsx';
import { findOrganisation } from '../organisations/organisation.store.ts';
import type { Organisation } from '../organisations/organisation.ts';
import { campaignNoticeKey } from '../platform/keys.ts';
import { count, METRICS } from '../platform/metrics.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { reviewBank } from './bank-day.store.ts';
import { addressesOf } from './item-recipients.store.ts';
import { BILL_ZONE } from './reconciliation.ts';
import { readReconciliationStanding, waitingSince } from './reconciliation-item.store.ts';
import type { ReconciliationItem } from './reconciliation-item.ts';
import { LONG_WAIT_DAYS, reconciliationMail, tellingDue } from './reconciliation-mail.ts';
import { settleWhatIsBooked } from './settled-by-books.store.ts';

const inputSchema = z.object({ campaignId: z.string() });
type Input = z.infer<typeof inputSchema>;
export type ReviewUse = { readonly table: Table; readonly sendMail: SendMail };
type Outcome =
  /** Every item is resolved, carried, or signed over as it is. */
  | { readonly kind: 'settled'; readonly open: number }
  | { readonly kind: 'waiting'; readonly open: number; readonly waitSeconds: number };

/**
 * How soon to look again: within the hour while people work on it, every six hours after three days. Sixty days are 300 looks of ten
 * events each, an eighth of what an execution may have.
 */
const LOOK_SECONDS = SECONDS_PER_HOUR;
const LATE_LOOK_SECONDS = 6 * SECONDS_PER_HOUR;
const LATE_SECONDS = 3 * SECONDS_PER_DAY;

/**
 * Whether a closeout may go on. What the books have come to say meanwhile is settled by itself; of what is left, people are
 * told at once and again after some days, once each, and an alarm rings after a week.
 */
async function reviewReconciliation({ campaignId }: Input, use: ReviewUse, now: Instant): Promise<Outcome> {
  const campaign = await readCampaign(use.table, campaignId);
  const { organisationId } = campaign.proposal;
  const table = auditedTable(use.table, { organisationId, by: 'workflow', action: 'review reconciliation', now });
  await settleWhatIsBooked(table, { campaignId, organisationId, foundBy: 'the books', now });
  // What the bank's statements say of the whole campaign: the hourly look asks after the last weeks alone.
  const { firstDay: from } = campaign.proposal.window;
  await reviewBank(use.table, now, { from, to: localDateOf(now, BILL_ZONE), campaignId });
  const standing = await readReconciliationStanding(use.table, campaignId);
  if (standing.uncovered === 0) return { kind: 'settled', open: standing.open };
  const since = await waitingSince(use.table, campaignId, now);
  const waitedDays = tellingDue(since, now);
  if (waitedDays >= LONG_WAIT_DAYS) count(METRICS.reconciliationWaiting);
  const open = standing.items.filter(({ state }) => state === 'open');
  const organisation = await findOrganisation(use.table, organisationId);
  if (organisation !== undefined) await tell(use, { campaign, organisation, open, waitedDays, now });
  const isLate = plusSeconds(since, LATE_SECONDS) <= now;
  return { kind: 'waiting', open: standing.uncovered, waitSeconds: isLate ? LATE_LOOK_SECONDS : LOOK_SECONDS };
}

type Telling = {
  readonly campaign: Awaited<ReturnType<typeof readCampaign>>;
  readonly organisation: Organisation;
  readonly open: readonly ReconciliationItem[];
  readonly waitedDays: number;
  readonly now: Instant;
};

async function tell(use: ReviewUse, { campaign, organisation, open, waitedDays, now }: Telling): Promise<void> {
  const { campaignId, proposal } = campaign;
  const { title, language, currency, generatedData } = proposal;
  const about = { campaignId, title, language, currency, generatedData, organisationName: organisation.name };
  const mail = await renderStaffMail(reconciliationMail(open, waitedDays, about));
  const roles: readonly Role[] = waitedDays >= LONG_WAIT_DAYS ? ['finance', 'admin'] : ['finance'];
  const recipients = [
    ...proposal.reportRecipients,
    ...(await addressesOf(use.table, organisation, roles, new Set(open.map(({ assignee }) => assignee ?? '')))),
  ];
  await mailOnce(use, `reconciliation-${waitedDays}`, recipients, mail, now, (kind, recipient) =>
    campaignNoticeKey(campaignId, kind, recipient),
  );
}

export const definition: TaskDefinition<Input, ReviewUse> = {
  name: 'review-reconciliation',
  input: inputSchema,
  open: () => ({ table: openTable(), sendMail: openMail() }),
  handle: reviewReconciliation,
};
export const handler = taskFunction(definition);
