import type { Refusal } from '../kernel/errors.ts';
import { type Minor, subtract } from '../kernel/money.ts';
import { receiptKey } from '../platform/keys.ts';
import type { Table, TransactWrite } from '../platform/table.ts';
import {
  giftReceiptPut,
  type Issuer,
  noRefundSince,
  type ReceiptAbout,
  receiptOf,
  reversalOf,
  seriesYearOf,
} from './issuing.ts';
import {
  type GiftReceipt,
  type Receipt,
  type ReceiptReference,
  receiptItemOf,
  receiptSchema,
  referenceTo,
} from './receipt.ts';
import { readReceiptCases } from './receipt-case.store.ts';
import { type SeriesUse, writeInSeries } from './receipt-series.store.ts';
import { seriesCodeOf } from './receipt-settings.ts';
import type { ReceiptCase } from './receiptable.ts';

export type ReverseOutcome =
  /** The receipt is of what is there of the gift, or there is none: nothing to do. */
  | { readonly kind: 'in-step' }
  | { readonly kind: 'reversed'; readonly reversal: Receipt; readonly rest: Receipt | undefined };

/** A receipt where a reference says that it stands. */
export async function readReceipt(table: Table, organisationId: string, at: ReceiptReference): Promise<Receipt> {
  return receiptSchema.parse(await table.get(receiptKey(organisationId, at.year, at.number)));
}

/**
 * Brings a gift's receipt into step with what went back of the gift. The whole receipt is taken back by one below zero, and where
 * something of the gift is left a new receipt follows for the rest, all in one transaction: two numbers, none between them. A receipt
 * of a part cannot be made smaller, only replaced (docs/decisions/0034). The numbers are of the year in which it is done, so that a year that
 * is over stays as it was reported. Doing it again finds the receipt in step. Of goods that came back in part nobody here knows
 * which: their receipt is taken back, and a person issues the next.
 */
export async function reverseRefunded(
  use: SeriesUse,
  issuer: Issuer,
  giftId: string,
  organisationId: string,
): Promise<ReverseOutcome | Refusal> {
  const { settings, now } = issuer;
  const year = seriesYearOf(settings, now);
  const series = { organisationId, year, code: seriesCodeOf(settings, year) };
  // What was sent and perhaps written: found again, it is ours.
  const sent = new Map<string, ReverseOutcome>();
  return writeInSeries<ReverseOutcome>(use, series, async ({ number, code }) => {
    const [gift] = await readReceiptCases(use.table, [giftId]);
    const original = gift === undefined ? undefined : await outOfStep(use.table, organisationId, gift);
    if (gift?.entry === undefined || original === undefined) return settled(sent.get(stamp(gift?.current)));
    const left = subtract(gift.entry.amountMinor, gift.refundedMinor);
    const reversal = reversalOf(original, reasonOf(left), { code, number }, issuer);
    const rest = restOf(gift, original, left, { code, number: number + 1 }, issuer);
    const receipts = rest === undefined ? [reversal] : [reversal, rest];
    const value = { kind: 'reversed', reversal, rest } as const;
    // One version of what the gift's receipts are is written once; who sees the next one sees ours, or another's.
    sent.set(`${issuer.by}#${(gift.current?.version ?? 0) + 1}#${referenceTo(rest ?? original).number}`, value);
    return {
      writes: [...takenBack(gift, original, reversal, rest, issuer), ...receipts.map(fresh), noRefundSince(gift)],
      change: {
        numbers: receipts.length,
        amountMinor: reversal.amountMinor + (rest?.amountMinor ?? 0),
        reversals: 1,
      },
      value,
    };
  });
}

const settled = (ours: ReverseOutcome | undefined) => ({
  writes: [],
  change: {},
  value: ours ?? ({ kind: 'in-step' } as const),
});
const stamp = (current: GiftReceipt | undefined): string =>
  `${current?.changedBy}#${current?.version}#${current?.last?.number}`;
const reasonOf = (left: Minor): string => (left > 0 ? '部分退款，余额另开' : '捐款已退回');
const fresh = (receipt: Receipt): TransactWrite => ({ put: receiptItemOf(receipt), when: { absent: true } });

/** The valid receipt of a gift, where it is of more than what is there of the gift. */
async function outOfStep(table: Table, organisationId: string, gift: ReceiptCase): Promise<Receipt | undefined> {
  const { entry, current, refundedMinor } = gift;
  if (entry === undefined || current?.state !== 'live' || current.last === undefined) return undefined;
  if (current.amountMinor === subtract(entry.amountMinor, refundedMinor)) return undefined;
  return readReceipt(table, organisationId, current.last);
}

function restOf(
  { entry, current }: ReceiptCase,
  original: Receipt,
  left: Minor,
  numbered: { readonly code: string; readonly number: number },
  issuer: Issuer,
): Receipt | undefined {
  if (entry === undefined || left <= 0 || entry.inKind === true) return undefined;
  const about: ReceiptAbout = { payer: original.payer, campaignTitle: '', generatedData: original.generatedData };
  const generation = (current?.generation ?? 0) + 1;
  const rest = receiptOf(entry, left, about, numbered, issuer, generation, referenceTo(original));
  // What the gift was for is said as it was; only what is left of it is new.
  return { ...rest, remark: `${original.remark}（退款后余额）` };
}

/** A valid receipt says that it was taken back, and by which. */
export function reversedPut(original: Receipt, reversal: Receipt, { by, now }: Issuer): TransactWrite {
  const reversed: Receipt = {
    ...original,
    state: 'reversed',
    stateReason: reversal.remark,
    stateAt: now,
    stateBy: by,
    reversedBy: referenceTo(reversal),
    version: original.version + 1,
  };
  return { put: receiptItemOf(reversed), when: { equals: { version: original.version, state: 'valid' } } };
}

/** The original says that it was taken back, and the gift which receipt is valid now. */
function takenBack(
  gift: ReceiptCase,
  original: Receipt,
  reversal: Receipt,
  rest: Receipt | undefined,
  issuer: Issuer,
): TransactWrite[] {
  const generation = (gift.current?.generation ?? 0) + (rest === undefined ? 0 : 1);
  const waiver = gift.current?.waiver;
  const isLeft = subtract(gift.entry?.amountMinor ?? gift.refundedMinor, gift.refundedMinor) > 0;
  return [
    reversedPut(original, reversal, issuer),
    giftReceiptPut(gift, {
      organisationId: original.organisationId,
      state: rest === undefined ? 'none' : 'live',
      generation,
      last: referenceTo(rest ?? original),
      ...(rest === undefined ? {} : { amountMinor: rest.amountMinor }),
      ...(waiver === undefined ? {} : { waiver }),
      ...(rest === undefined && isLeft ? { attention: 'goods-partly-returned' as const } : {}),
      changedAt: issuer.now,
      changedBy: issuer.by,
    }),
  ];
}
