import type { Role } from '../access/role.ts';
import { addressesOf } from '../duties/duty-recipients.store.ts';
import { reasonOf } from '../kernel/errors.ts';
import { type Instant, localDateOf, localHourOf } from '../kernel/time.ts';
import { type MailOnceUse, mailOnce } from '../notices/staff-mail.store.ts';
import { renderStaffMail } from '../notices/staff-mail.tsx';
import { findOrganisation, rootIds } from '../organisations/organisation.store.ts';
import { organisationNoticeKey } from '../platform/keys.ts';
import { log } from '../platform/log.ts';
import { unassignedMoney } from './unassigned-money.store.ts';
import type { UnassignedMoney } from './unassigned-money.ts';
import { LONG_UNASSIGNED_DAYS, unassignedMail, unassignedReminderDue } from './unassigned-reminder.ts';

/** Where the mails say what day it is, and when morning is. */
export type Mornings = { readonly zone: string; readonly fromHour: number };

/**
 * Mails finance, and later the admins, about money that is still nobody's, once for each day of payment and number of days: whose
 * campaign was meant, or the top of the tree. One mail that fails keeps nobody else from theirs; the next run tries it again.
 */
export async function remindOfUnassigned(
  use: MailOnceUse,
  { zone, fromHour }: Mornings,
  now: Instant,
): Promise<{ readonly sent: number; readonly failed: number }> {
  const result = { sent: 0, failed: 0 };
  if (localHourOf(now, zone) < fromHour) return result;
  const groups = new Map<string, UnassignedMoney[]>();
  let roots: readonly string[] | undefined;
  for await (const money of unassignedMoney(use.table)) {
    const days = unassignedReminderDue(money, now);
    if (days === undefined) continue;
    roots ??= await rootIds(use.table);
    const paidOn = localDateOf(money.occurredAt, zone);
    for (const organisationId of money.organisationId === undefined ? roots : [money.organisationId]) {
      const name = `${organisationId} ${paidOn} ${days}`;
      groups.set(name, [...(groups.get(name) ?? []), money]);
    }
  }
  for (const [name, money] of groups) {
    const [organisationId = '', paidOn = '', days = ''] = name.split(' ');
    try {
      result.sent += await remind(use, organisationId, { paidOn, days: Number(days), money }, now);
    } catch (error) {
      result.failed += 1;
      log.error('a reminder of unassigned money could not be sent', { organisationId, reason: reasonOf(error) });
    }
  }
  return result;
}

async function remind(
  use: MailOnceUse,
  organisationId: string,
  {
    paidOn,
    days,
    money,
  }: { readonly paidOn: string; readonly days: number; readonly money: readonly UnassignedMoney[] },
  now: Instant,
): Promise<number> {
  const organisation = await findOrganisation(use.table, organisationId);
  if (organisation === undefined) return 0;
  const roles: readonly Role[] = days >= LONG_UNASSIGNED_DAYS ? ['finance', 'admin'] : ['finance'];
  const recipients = await addressesOf(use.table, organisation, roles);
  const mail = await renderStaffMail(unassignedMail(money, days, organisation));
  return mailOnce(use, `unassigned-${paidOn}-${days}`, recipients, mail, now, (kind, recipient) =>
    organisationNoticeKey(organisationId, kind, recipient),
  );
}
