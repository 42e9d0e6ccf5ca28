import { reasonOf } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import type { QueueNotices } from '../notices/notice-queue.gateway.ts';
import { giftReceiptKey, giftsRefundedOn } from '../platform/keys.ts';
import { log } from '../platform/log.ts';
import { readMany } from '../platform/table.ts';
import { findIssuer } from './issuer.store.ts';
import type { Issuer } from './issuing.ts';
import { type GiftReceipt, giftReceiptSchema, type Receipt } from './receipt.ts';
import type { SeriesUse } from './receipt-series.store.ts';
import { readReceipt, reverseRefunded } from './reverse.store.ts';

export type SweepUse = SeriesUse & {
  readonly readDonorKey: () => Promise<string>;
  readonly queueNotices: QueueNotices;
};
export type SweepFigures = {
  readonly lookedAt: number;
  readonly reversed: number;
  readonly failed: number;
  /** The gift at which the next run goes on with this day; absent where the day is through. */
  readonly after: string | undefined;
};

/** Gifts looked at together: one batch read. */
const GIFTS_AT_ONCE = 100;

/**
 * Brings the receipts of the gifts of which a refund was recorded on a day (UTC) into step with what is left of them, in the order of their
 * ids. Looking again at what is in step writes nothing. `mayGoOn`: asked after each page with how many receipts were looked at. `since`: when
 * the last run began that did everything; what was issued after it may not have been announced, and is announced again.
 */
export async function reverseRefundsOf(
  use: SweepUse,
  {
    day,
    after,
    since,
  }: { readonly day: string; readonly after?: string | undefined; readonly since?: Instant | undefined },
  by: string,
  now: Instant,
  mayGoOn: (receipts: number) => boolean,
): Promise<SweepFigures> {
  const issuerOf = issuersOf(use, by, now);
  const figures = { lookedAt: 0, reversed: 0, failed: 0 };
  let from = after;
  for (;;) {
    const { items } = await use.table.query(giftsRefundedOn(day, from), { limit: GIFTS_AT_ONCE });
    const keys = items.map((item) => giftReceiptKey(String(item['giftId'])));
    let receipts = 0;
    for (const item of await readMany(use.table, keys)) {
      const gift = giftReceiptSchema.parse(item);
      if (gift.state !== 'live') continue;
      receipts += 1;
      const outcome = await reverseOne(use, await issuerOf(gift.organisationId), gift, since);
      if (outcome === 'reversed') figures.reversed += 1;
      if (outcome === 'failed') figures.failed += 1;
    }
    figures.lookedAt += receipts;
    if (items.length < GIFTS_AT_ONCE) return { ...figures, after: undefined };
    from = String(items.at(-1)?.['giftId']);
    if (!mayGoOn(receipts)) return { ...figures, after: from };
  }
}

/** Who issues for each organisation, looked up once. */
function issuersOf({ table, readDonorKey }: SweepUse, by: string, now: Instant) {
  const known = new Map<string, Issuer | undefined>();
  return async (organisationId: string): Promise<Issuer | undefined> => {
    if (!known.has(organisationId))
      known.set(organisationId, await findIssuer(table, organisationId, { secret: await readDonorKey(), by, now }));
    return known.get(organisationId);
  };
}

/** One gift that cannot be brought into step must not keep the others from it. */
async function reverseOne(
  use: SweepUse,
  issuer: Issuer | undefined,
  gift: GiftReceipt,
  since: Instant | undefined,
): Promise<'reversed' | 'in-step' | 'failed'> {
  if (issuer === undefined) return 'failed';
  const { giftId, organisationId } = gift;
  try {
    const outcome = await reverseRefunded(use, issuer, giftId, organisationId);
    if (outcome.kind === 'refused') return 'failed';
    if (outcome.kind === 'in-step') await announceAgain(use, gift, issuer.by, since);
    else if (outcome.rest !== undefined) await announce(use, outcome.rest);
    return outcome.kind;
  } catch (error) {
    log.error('the receipt of a refunded gift could not be reversed', { giftId, reason: reasonOf(error) });
    return 'failed';
  }
}

const announce = (use: SweepUse, { giftId, campaignId, receiptId }: Receipt): Promise<void> =>
  use.queueNotices([{ kind: 'receipt-issued', giftId, campaignId, receiptId }]);

/** A receipt of ours that a run wrote and could perhaps not announce. Its letter is claimed once, so that a second announcement does nothing. */
async function announceAgain(
  use: SweepUse,
  { organisationId, last, changedBy, changedAt }: GiftReceipt,
  by: string,
  since: Instant | undefined,
): Promise<void> {
  const isTold = since !== undefined && changedAt <= since;
  if (changedBy !== by || last === undefined || isTold) return;
  await announce(use, await readReceipt(use.table, organisationId, last));
}
