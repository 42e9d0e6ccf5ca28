import { auditedTable } from '../audit/audited-table.ts';
import { organisationOfCampaign } from '../campaigns/campaign-organisation.store.ts';
import { type Refusal, refuse } from '../kernel/errors.ts';
import { daysBetween, type Instant, type LocalDate, localDateOf, plusDays } from '../kernel/time.ts';
import { bankRowKey, payoutKey, payoutsOfMonth } from '../platform/keys.ts';
import { log } from '../platform/log.ts';
import { everyItem, type Table, type TransactWrite } from '../platform/table.ts';
import { accountNameOf } from './account-day.ts';
import { dayRecordsOf } from './bill-check.store.ts';
import type { BilledAccount } from './bill-fetching.gateway.ts';
import {
  type ArrivalRequest,
  arrived,
  campaignPaidOut,
  PAID_OUT_DAYS,
  type Payout,
  payoutFinding,
  payoutSchema,
  payoutsOf,
  saysTheSame,
} from './payout.ts';
import { BILL_ZONE } from './reconciliation.ts';
import { recordFindings } from './reconciliation-item.store.ts';
import type { ReadBills } from './statement.ts';

/** Payouts that left in these days, in their order. */
export async function payoutsBetween(table: Table, from: LocalDate, to: LocalDate): Promise<Payout[]> {
  const payouts: Payout[] = [];
  for (const month of new Set(daysBetween(from, to).map((day) => day.slice(0, 7))))
    for await (const item of everyItem(table, payoutsOfMonth(month))) {
      const payout = payoutSchema.parse(item);
      if (payout.day >= from && payout.day <= to) payouts.push(payout);
    }
  return payouts;
}

/** Keeps what the bills of a day say has left for the bank. A day that is read again changes nothing of a payout that is known. */
export async function keepPayouts(
  table: Table,
  bills: ReadBills,
  day: LocalDate,
  accounts: readonly BilledAccount[],
): Promise<void> {
  const found = payoutsOf(bills, day);
  if (found.length === 0) return;
  const records = [];
  for (const before of daysBetween(plusDays(day, -PAID_OUT_DAYS), day))
    records.push(...(await dayRecordsOf(table, before)));
  for (const one of found) {
    const owner = accounts.find((account) => accountNameOf(account) === accountNameOf(one))?.organisationId;
    const campaignId = campaignPaidOut(one, records)?.campaignId;
    const payout: Payout = {
      ...one,
      ...(owner === undefined ? {} : { organisationId: owner }),
      ...(campaignId === undefined ? {} : { campaignId }),
    };
    await table.write({ put: { ...payoutKey(day, payout.payoutId), ...payout }, when: { absent: true } });
  }
}

/** How long the nightly look asks after a payout; what is older than its campaign's closeout is an item long since. */
export const DAYS_ASKED_AFTER = 62;

/** Opens an item for each payout that has not come in time or not whole, and settles the items of those that have. Gives how many do not stand right. */
export async function reviewPayouts(table: Table, now: Instant): Promise<number> {
  const today = localDateOf(now, BILL_ZONE);
  const payouts = await payoutsBetween(table, plusDays(today, -DAYS_ASKED_AFTER), today);
  let wrong = 0;
  for (const [campaignId, own] of Map.groupBy(payouts, (payout) => payout.campaignId)) {
    const findings = own.flatMap((payout) => payoutFinding(payout, today) ?? []);
    wrong += findings.length;
    const organisationId = campaignId === undefined ? undefined : await organisationOfCampaign(table, campaignId);
    if (campaignId === undefined || organisationId === undefined) {
      if (findings.length > 0)
        log.error('payouts of no campaign have not come to the bank', { payouts: findings.length });
      continue;
    }
    const asked = new Set(own.map(({ payoutId }) => payoutId));
    const audited = auditedTable(table, { organisationId, by: 'workflow', action: 'review payouts', now });
    await recordFindings(
      audited,
      { campaignId, organisationId, foundBy: `payouts and the bank, ${today}`, now },
      findings,
      (item) => item.class === 'settlement-differs' && asked.has(item.transactionId),
    );
  }
  return wrong;
}

export type ArrivalOutcome = { readonly kind: 'recorded' | 'known'; readonly payout: Payout } | Refusal;

/**
 * Records that a payout was seen at the bank. Each row of the bank is one payout's: its day and number are claimed in the same
 * transaction, with `rowId` where it is one that we keep. `changed-meanwhile` where the payout is no longer as it was read,
 * `row-taken` where the row is another's, `known-by-the-bank` where the row is all that is known of it.
 */
export async function recordArrival(
  table: Table,
  payout: Payout,
  request: ArrivalRequest,
  { by, now, rowId }: { readonly by: string; readonly now: Instant; readonly rowId?: string },
): Promise<ArrivalOutcome> {
  if (saysTheSame(payout, request)) return { kind: 'known', payout };
  if (payout.version !== request.version) return movedOn();
  if (payout.bankRowId !== undefined)
    return refuse('known-by-the-bank', 'This payout is a row of the bank itself. Say of the row what it is.');
  const outcome = arrived(payout, request, { by, at: now }, localDateOf(now, BILL_ZONE));
  if (outcome.kind === 'refused') return outcome;
  const { payoutId } = payout;
  const writes: TransactWrite[] = [
    {
      put: { ...payoutKey(payout.day, payoutId), ...outcome.payout },
      when: { equals: { version: payout.version } },
    },
  ];
  const before = payout.arrival;
  const isSameRow = before?.arrivedOn === request.arrivedOn && before.bankReference === request.bankReference;
  if (!isSameRow) {
    const row = bankRowKey(request.arrivedOn, request.bankReference);
    const which = rowId === undefined ? {} : { rowId };
    writes.push({ put: { ...row, type: 'bank-row', payoutId, ...which }, when: { absent: true } });
    if (before !== undefined)
      writes.push({ delete: bankRowKey(before.arrivedOn, before.bankReference), when: { equals: { payoutId } } });
  }
  const written = await table.transact(writes);
  if (written.kind === 'committed') return { kind: 'recorded', payout: outcome.payout };
  return written.reasons[1] === 'condition-failed' && written.reasons[0] !== 'condition-failed'
    ? refuse('row-taken', 'This row of the bank is another payout’s. Look at its number and its day again.')
    : movedOn();
}

const movedOn = (): Refusal =>
  refuse('changed-meanwhile', 'Somebody changed this payout since you read it. Read it again.');
