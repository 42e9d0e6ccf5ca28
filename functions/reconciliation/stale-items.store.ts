import type { Role } from '../access/role.ts';
import { auditedTable } from '../audit/audited-table.ts';
import { readCampaign } from '../campaigns/campaign.store.ts';
import { calendarsOf } from '../duties/calendar.store.ts';
import { type Instant, type LocalDate, localDateOf } from '../kernel/time.ts';
import { NotAccepted } from '../notices/notice.store.ts';
import { type MailOnceUse, mailOnce } from '../notices/staff-mail.store.ts';
import { renderStaffMail } from '../notices/staff-mail.tsx';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { campaignNoticeKey } from '../platform/keys.ts';
import { log } from '../platform/log.ts';
import { addressesOf } from './item-recipients.store.ts';
import { BILL_ZONE } from './reconciliation.ts';
import { itemsOf, writeChange } from './reconciliation-item.store.ts';
import type { ReconciliationItem } from './reconciliation-item.ts';
import { dueAgain, LONG_OPEN_DAYS, reminderDue, type StaleKind, staleMail } from './stale-item.ts';

/**
 * Looks after the items of every campaign: what was carried to a day that has passed is open again, and people hear of it; of
 * what stays open they hear after some days, once for each item and number of days. While a closeout waits for its items, it tells
 * of them itself. An address that takes no mail just now keeps nobody else from theirs. Gives how many reminders have to be tried
 * again.
 */
export async function remindOfItems(use: MailOnceUse, now: Instant): Promise<number> {
  let failed = 0;
  for await (const { campaignId } of calendarsOf(use.table)) {
    const items = (await itemsOf(use.table, campaignId)).filter(({ state }) => state !== 'resolved');
    if (items.length > 0) failed += await remindOfCampaign(use, campaignId, items, now);
  }
  return failed;
}

async function remindOfCampaign(
  use: MailOnceUse,
  campaignId: string,
  items: readonly ReconciliationItem[],
  now: Instant,
): Promise<number> {
  let failed = 0;
  const campaign = await readCampaign(use.table, campaignId);
  const { organisationId, title, language, currency, generatedData } = campaign.proposal;
  const organisation = await findOrganisation(use.table, organisationId);
  const tell = async (some: readonly ReconciliationItem[], kind: string, why: StaleKind): Promise<boolean> => {
    if (organisation === undefined) return true;
    const about = { campaignId, title, language, currency, generatedData, organisationName: organisation.name };
    const mail = await renderStaffMail(staleMail(some, why, about));
    const isLong = why.kind === 'open' && why.days >= LONG_OPEN_DAYS;
    const roles: readonly Role[] = isLong ? ['finance', 'admin'] : ['finance'];
    const assignees = new Set(some.map(({ assignee }) => assignee ?? ''));
    const recipients = await addressesOf(use.table, organisation, roles, assignees);
    const told = await isTold(() =>
      mailOnce(use, kind, recipients, mail, now, (claim, recipient) => campaignNoticeKey(campaignId, claim, recipient)),
    );
    if (!told) log.warn('a reminder has to be tried again', { campaignId, kind });
    failed += told ? 0 : 1;
    return told;
  };
  // People are told first: a run that ends in between, or that could not tell everybody, opens them next time, and tells nobody twice.
  const today = localDateOf(now, BILL_ZONE);
  const due = items.filter((item) => dueAgain(item, today) !== undefined);
  for (const [dueOn = today, some] of Map.groupBy(due, ({ carried }) => carried?.dueOn))
    if (await tell(some, `reconciliation-due-${dueOn}`, { kind: 'due', dueOn }))
      await openAgain(use, organisationId, some, { today, now });

  if (campaign.status === 'finalised') return failed;
  // All that was found on one day is told of together, so that each item is told of once.
  const groups = Map.groupBy(items, (item) => {
    const days = reminderDue(item, now);
    return days === undefined ? '' : `${localDateOf(item.foundAt, BILL_ZONE)}-${days}`;
  });
  for (const [name, some] of groups) {
    const [first] = some;
    const days = first === undefined ? undefined : reminderDue(first, now);
    if (days !== undefined) await tell(some, `reconciliation-open-${name}`, { kind: 'open', days });
  }
  return failed;
}

/** `false` where an address may be tried again; the others have their mail. */
async function isTold(mail: () => Promise<unknown>): Promise<boolean> {
  try {
    await mail();
    return true;
  } catch (error) {
    if (error instanceof NotAccepted) return false;
    throw error;
  }
}

async function openAgain(
  { table }: MailOnceUse,
  organisationId: string,
  due: readonly ReconciliationItem[],
  { today, now }: { readonly today: LocalDate; readonly now: Instant },
): Promise<void> {
  const audited = auditedTable(table, { organisationId, by: 'workflow', action: 'open carried items', now });
  for (const item of due) {
    const after = dueAgain(item, today);
    if (after === undefined) continue;
    const text = `Carried to ${item.carried?.dueOn}, which has passed.`;
    const change = await writeChange(audited, item, after, { by: 'workflow', now, text, about: 'decision' });
    // Somebody is at it in this moment: the next day looks again.
    if (change.kind === 'refused')
      log.warn('a carried item was not opened', { itemId: item.itemId, code: change.code });
  }
}
