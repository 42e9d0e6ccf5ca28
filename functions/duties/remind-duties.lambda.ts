import type { Role } from '../access/role.ts';
import { findCampaign } from '../campaigns/campaign.store.ts';
import { remindOfUnassigned } from '../donations/unassigned-reminder.store.ts';
import { reasonOf } from '../kernel/errors.ts';
import { type Instant, localDateOf, localHourOf } from '../kernel/time.ts';
import { openMail, type SendMail } from '../notices/mail.gateway.ts';
import { mailOnce } from '../notices/staff-mail.store.ts';
import { renderStaffMail } from '../notices/staff-mail.tsx';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { type DueRun, type JobDefinition, jobFunction } from '../platform/job.ts';
import { campaignNoticeKey, organisationNoticeKey } from '../platform/keys.ts';
import { log } from '../platform/log.ts';
import { count, METRICS } from '../platform/metrics.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { calendarsOf, ORGANISATION_ZONE, ownDuties } from './calendar.store.ts';
import { type Calendar, dutiesIn } from './calendar.ts';
import { type Duty, yearsOf } from './duty.ts';
import { addressesOf } from './duty-recipients.store.ts';
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
 * Mails what is near to whoever runs a campaign, and what is overdue to the admins as well, once for each duty and
 * threshold; and finance what came in and is nobody's yet. Runs every hour, because mornings come at different hours in different zones, and because a run that was
 * missed is then made up for in the next.
 */
async function remindDuties(_run: DueRun, use: RemindUse, now: Instant): Promise<Outcome> {
  const result = { calendars: 0, sent: 0, overdue: 0, failed: 0 };
  const years = new Map<string, Set<number>>();
  const remindOf = async (letters: Letters): Promise<void> => {
    result.calendars += 1;
    result.overdue += letters.duties.filter(({ state }) => state === 'overdue').length;
    if (localHourOf(now, letters.zone) < MORNING_HOUR) return;
    const { sent, failed } = await remind(letters, use, now);
    result.sent += sent;
    result.failed += failed;
  };
  for await (const calendar of calendarsOf(use.table)) {
    const { organisationId, facts } = calendar;
    years.set(organisationId, new Set([...(years.get(organisationId) ?? []), ...yearsOf(facts)]));
    await remindOf(campaignLetters(calendar, now));
  }
  for (const [organisationId, of] of years)
    await remindOf(organisationLetters(organisationId, await ownDuties(use.table, organisationId, of, now)));
  const unassigned = await remindOfUnassigned(use, { zone: ORGANISATION_ZONE, fromHour: MORNING_HOUR }, now);
  result.sent += unassigned.sent;
  result.failed += unassigned.failed;
  count(METRICS.dutiesOverdue, result.overdue);
  return { kind: 'reminded', ...result };
}

/** The duties of one calendar, and what mails about them are made from. */
type Letters = {
  readonly duties: readonly Duty[];
  readonly zone: string;
  readonly organisationId: string;
  readonly campaignId?: string;
  readonly language: Calendar['language'];
  readonly title: string;
};

const campaignLetters = (calendar: Calendar, now: Instant): Letters => ({
  duties: dutiesIn(calendar, now),
  zone: calendar.facts.window.zone,
  organisationId: calendar.organisationId,
  campaignId: calendar.campaignId,
  language: calendar.language,
  title: calendar.title,
});

const organisationLetters = (organisationId: string, duties: readonly Duty[]): Letters => ({
  duties,
  zone: ORGANISATION_ZONE,
  organisationId,
  language: 'zh-CN',
  title: '',
});

/** One mail that fails must not keep the others from theirs; the next run tries it again. */
async function remind(letters: Letters, use: RemindUse, now: Instant): Promise<{ sent: number; failed: number }> {
  const result = { sent: 0, failed: 0 };
  for (const duty of letters.duties) {
    const reminder = reminderFor(duty, localDateOf(now, letters.zone));
    if (reminder === undefined) continue;
    try {
      result.sent += await mailReminder(letters, duty, reminder, use, now);
    } catch (error) {
      result.failed += 1;
      const { organisationId, campaignId } = letters;
      log.error('a reminder could not be sent', { organisationId, campaignId, reason: reasonOf(error) });
    }
  }
  return result;
}

async function mailReminder(
  letters: Letters,
  duty: Duty,
  reminder: Reminder,
  use: RemindUse,
  now: Instant,
): Promise<number> {
  const { campaignId, organisationId, language, title } = letters;
  const [campaign, organisation] = await Promise.all([
    campaignId === undefined ? undefined : findCampaign(use.table, campaignId),
    findOrganisation(use.table, organisationId),
  ]);
  if (organisation === undefined) return 0;
  const roles: readonly Role[] = reminder.isEscalated || campaign === undefined ? ['manager', 'admin'] : ['manager'];
  const recipients = [
    ...(campaign?.proposal.reportRecipients ?? []),
    ...(await addressesOf(use.table, organisation, roles)),
  ];
  const about = {
    language,
    title: title === '' ? organisation.name : title,
    reference: campaignId ?? organisationId,
    organisationName: organisation.name,
    generatedData: campaign?.proposal.generatedData ?? false,
  };
  const mail = await renderStaffMail(reminderMail(duty, reminder, about));
  return mailOnce(use, reminder.claim, recipients, mail, now, (kind, recipient) =>
    campaignId === undefined
      ? organisationNoticeKey(organisationId, kind, recipient)
      : campaignNoticeKey(campaignId, kind, recipient),
  );
}

export const definition: JobDefinition<RemindUse> = {
  name: 'remind-duties',
  open: () => ({ table: openTable(), sendMail: openMail() }),
  handle: remindDuties,
};
export const handler = jobFunction(definition);
