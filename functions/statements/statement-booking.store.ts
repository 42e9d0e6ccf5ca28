import { findDonation } from '../donations/donation-entry.store.ts';
import type { DonationEntry } from '../donations/donation-entry.ts';
import { CONTACT_RETENTION_DAYS, type DonorContact } from '../donations/donation-intent.ts';
import type { PaymentEvent } from '../donations/payment-event.ts';
import { giftIdOf } from '../donations/payment-event.ts';
import { type IntakeUse, recordPayment, recordRefundOfBill } from '../donations/payment-intake.store.ts';
import { derivedId } from '../kernel/ids.ts';
import { epochSeconds, type Instant, plusSeconds, SECONDS_PER_DAY } from '../kernel/time.ts';
import { donorContactKey } from '../platform/keys.ts';
import { keepBankRow } from './bank-row.store.ts';
import { bankRowOf, giftRowOf } from './bank-row.ts';
import type { ReadyBankRow, ReadyGift, ReadyRefund, ReadyRow } from './statement-check.ts';
import type { BookingCounts, StatementImport } from './statement-import.ts';
import { type SourceTerms, termsOf } from './statement-source.ts';

/** What became of one row: the count that it adds to. */
export type BookedAs = keyof BookingCounts;

/**
 * Books one row of a file, once for ever: by the provider's own number it is the same gift as the one that came by a
 * notification, and by what it says the same as in any other file. Throws TransientError where the store cannot answer;
 * booking it again is harmless.
 */
export function bookRow(use: IntakeUse, of: StatementImport, row: ReadyRow, now: Instant): Promise<BookedAs> {
  const terms = termsOf(of.source);
  if (row.kind === 'bank-row') return keepRow(use, of, row);
  return row.kind === 'gift' ? bookGift(use, of, terms, row, now) : bookRefund(use, terms, row, now);
}

async function keepRow(use: IntakeUse, of: StatementImport, row: ReadyBankRow): Promise<BookedAs> {
  await keepBankRow(use.table, bankRowOf(of, row));
  return 'bankRows';
}

async function bookGift(
  use: IntakeUse,
  of: StatementImport,
  terms: SourceTerms,
  row: ReadyGift,
  now: Instant,
): Promise<BookedAs> {
  const { perhapsOffline } = row;
  if (perhapsOffline !== undefined && of.perhapsOffline === 'leave-out') {
    if (terms.isBank) await keepBankRow(use.table, giftRowOf(of, row, { offlineId: perhapsOffline }));
    return 'leftOut';
  }
  const payment = paymentOf(of, terms, row);
  const known = await findDonation(use.table, giftIdOf(payment));
  // A file need not carry our order number, or the name of our account; the money is what must be the same.
  if (terms.isBank && needsRow(known, payment, row))
    await keepBankRow(use.table, giftRowOf(of, row, { giftId: giftIdOf(payment) }));
  if (known !== undefined)
    return known.amountMinor === row.amountMinor && known.currency === terms.currency ? 'repeated' : 'contradicted';
  await keepName(use, payment, row, now);
  const outcome = await recordPayment(use, payment, now);
  if (outcome.kind === 'already-recorded') return 'repeated';
  if (outcome.kind === 'contradicts') return 'contradicted';
  return outcome.kind;
}

/**
 * Whether the row of a gift is kept beside it: where the gift is in the books by another way or with other money, and where a person
 * has said that it is not the transfer that looks like it. Of all others the gift is the row.
 */
const needsRow = (
  known: DonationEntry | undefined,
  { merchantId }: PaymentEvent,
  { amountMinor, perhapsOffline }: ReadyGift,
): boolean =>
  perhapsOffline !== undefined ||
  (known !== undefined && (known.merchantId !== merchantId || known.amountMinor !== amountMinor));

function paymentOf(of: StatementImport, terms: SourceTerms, row: ReadyGift): PaymentEvent {
  // A row whose number we made is nobody else's payment, whatever provider the file is about.
  const provider = row.paymentId.startsWith('row-') ? 'statement' : terms.provider;
  return {
    provider,
    merchantId: row.account ?? terms.account,
    paymentId: row.paymentId,
    orderNo: row.orderNo ?? derivedId('intent', 'statement', provider, row.paymentId),
    amountMinor: row.amountMinor,
    payerAmountMinor: row.amountMinor,
    currency: terms.currency,
    occurredAt: row.paidAt,
    // A name is nobody's identity: two donors may share one. Without an account each gift is a donor's of their own.
    payerReference: row.payer?.slice(0, 128) ?? `payment:${row.paymentId}`,
    ...(of.campaignId === undefined
      ? {}
      : {
          designation: {
            campaignId: of.campaignId,
            ...(row.unitId === undefined ? {} : { unitId: row.unitId }),
            ...(row.teamId === undefined ? {} : { teamId: row.teamId }),
            anonymous: row.anonymous,
            thankYouDue: false,
          },
        }),
  };
}

/** The name of a donor who agreed to be named, where names stand: in an item of its own that expires. */
async function keepName(use: IntakeUse, { orderNo }: PaymentEvent, row: ReadyGift, now: Instant): Promise<void> {
  if (row.anonymous || row.name === undefined || row.orderNo !== undefined) return;
  const contact: DonorContact = {
    type: 'donor-contact',
    orderNo,
    name: row.name,
    ...(row.message === undefined ? {} : { message: row.message }),
    expiresAt: epochSeconds(plusSeconds(now, CONTACT_RETENTION_DAYS * SECONDS_PER_DAY)),
  };
  await use.table.write({ put: { ...donorContactKey(orderNo), ...contact }, when: { absent: true } });
}

async function bookRefund(use: IntakeUse, terms: SourceTerms, row: ReadyRefund, now: Instant): Promise<BookedAs> {
  const { provider } = terms;
  const { refundedPaymentId: paymentId, refundId, amountMinor, paidAt } = row;
  const orderNo =
    row.orderNo ??
    (await findDonation(use.table, giftIdOf({ provider, paymentId })))?.orderNo ??
    derivedId('intent', 'statement', provider, paymentId);
  const outcome = await recordRefundOfBill(
    use,
    {
      provider,
      merchantId: row.account ?? terms.account,
      paymentId,
      orderNo,
      refundId,
      amountMinor,
      currency: terms.currency,
      occurredAt: paidAt,
    },
    now,
  );
  if (outcome.kind === 'contradicts') return 'contradicted';
  return outcome.kind === 'recorded' ? 'refundsRecorded' : 'refundsRepeated';
}
