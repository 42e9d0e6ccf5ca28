import * as z from 'zod';
import { findCampaign } from '../campaigns/campaign.store.ts';
import { reasonOf } from '../kernel/errors.ts';
import { type Instant, localDateOf, localHourOf } from '../kernel/time.ts';
import { openMail, type SendMail } from '../notices/mail.gateway.ts';
import { mailOnce } from '../notices/staff-mail.store.ts';
import { renderStaffMail } from '../notices/staff-mail.tsx';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { campaignNoticeKey } from '../platform/keys.ts';
import { log } from '../platform/log.ts';
import { count, METRICS } from '../platform/metrics.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { calendarsOf } from './calendar.store.ts';
import { type Calendar, dutiesIn } from './calendar.ts';
import type { Duty } from './duty.ts';
import { type Reminder, reminderFor, reminderMail } from './reminder.ts';

export type RemindUse = { readonly table: Table; readonly sendMail: SendMail };
type Outcome = {
  readonly kind: 'reminded';
  readonly calendars: number;
  readonly sent: number;
  readonly overdue: number;
  readonly failed: number;
};

/** People read their mail in the morning; before this hour of the campaign's day nothing is sent. */
const MORNING_HOUR = 8;

/**
 * Mails what is near and what is overdue, once for each duty and threshold. Runs every hour, because mornings come at
 * different hours in different zones, and because a run that was missed is then made up for in the next.
 */
async function remindDuties(_input: unknown, use: RemindUse, now: Instant): Promise<Outcome> {
  const result = { calendars: 0, sent: 0, overdue: 0, failed: 0 };
  for await (const calendar of calendarsOf(use.table)) {
    result.calendars += 1;
    const { zone } = calendar.facts.window;
    const duties = dutiesIn(calendar, now);
    result.overdue += duties.filter(({ state }) => state === 'overdue').length;
    if (localHourOf(now, zone) < MORNING_HOUR) continue;
    for (const duty of duties) {
      const reminder = reminderFor(duty, localDateOf(now, zone));
      if (reminder === undefined) continue;
      try {
        result.sent += await remind(calendar, duty, reminder, use, now);
      } catch (error) {
        // One campaign whose mail fails must not keep the others from theirs; the next run tries again.
        result.failed += 1;
        log.error('a reminder could not be sent', { campaignId: calendar.campaignId, reason: reasonOf(error) });
      }
    }
  }
  count(METRICS.dutiesOverdue, result.overdue);
  return { kind: 'reminded', ...result };
}

async function remind(
  calendar: Calendar,
  duty: Duty,
  reminder: Reminder,
  use: RemindUse,
  now: Instant,
): Promise<number> {
  const { campaignId, organisationId } = calendar;
  const [campaign, organisation] = await Promise.all([
    findCampaign(use.table, campaignId),
    findOrganisation(use.table, organisationId),
  ]);
  if (campaign === undefined) return 0;
  const { generatedData, reportRecipients } = campaign.proposal;
  const mail = await renderStaffMail(
    reminderMail(duty, reminder, { ...calendar, organisationName: organisation?.name ?? '', generatedData }),
  );
  return mailOnce(use, reminder.claim, reportRecipients, mail, now, (kind, recipient) =>
    campaignNoticeKey(campaignId, kind, recipient),
  );
}

export const definition: TaskDefinition<unknown, RemindUse> = {
  name: 'remind-duties',
  input: z.unknown(),
  open: () => ({ table: openTable(), sendMail: openMail() }),
  handle: remindDuties,
};
export const handler = taskFunction(definition);
