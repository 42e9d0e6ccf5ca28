import * as z from 'zod';
import { add, amountMinorSchema, type Minor, ZERO } from '../kernel/money.ts';
import { instantSchema, localDateSchema } from '../kernel/time.ts';
import { listedKindOf } from '../reconciliation/reconciliation.ts';
import {
  atStakeOf,
  discrepancyClassSchema,
  ITEM_STATES,
  RESOLUTION_KINDS,
  type ReconciliationItem,
} from '../reconciliation/reconciliation-item.ts';
import type { ReconciliationStanding } from '../reconciliation/reconciliation-standing.ts';
import { mustBeDistinct, mustBeThere, mustEqual } from './report-checks.ts';

const count = z.number().int().min(0);
const name = z.string().min(1);

/** How an item can have been resolved: as a person said, or, `agreed`, because a later comparison found nothing any more. */
export const RESOLVED_AS = [...RESOLUTION_KINDS, 'agreed'] as const;

/** Nobody decided: bill and books agree by now, or the books have come to say so. */
export const WORKFLOW = 'workflow';
const personSchema = z.strictObject({ personId: name, name });

/** One discrepancy with what became of it. Amounts are fen; a side that does not know the payment is absent. */
export const reportedItemSchema = z.strictObject({
  itemId: name,
  class: discrepancyClassSchema,
  provider: name,
  merchantId: name,
  /** The Beijing day of the bill, or of our entry where no bill has it. */
  day: localDateSchema,
  transactionId: z.string(),
  orderNo: name.optional(),
  ourAmountMinor: amountMinorSchema.optional(),
  theirAmountMinor: amountMinorSchema.optional(),
  /** The difference of the two sides, or the amount that one of them alone knows. */
  atStakeMinor: amountMinorSchema,
  state: z.enum(ITEM_STATES),
  /** Only of what is resolved. */
  resolvedAs: z.enum(RESOLVED_AS).optional(),
  /** Who decided, and why: of an open item, who signed it over. `personId` is `workflow` where nobody had to. */
  decided: z.strictObject({
    by: personSchema,
    at: instantSchema,
    reason: z.string(),
    /** Who said so first, where two are needed. */
    proposedBy: personSchema.optional(),
    evidence: z.string().optional(),
    /** By when a carried item is to be settled, and the campaign that takes it over, where one does. */
    dueOn: localDateSchema.optional(),
    toCampaignId: name.optional(),
  }),
});
export type ReportedItem = z.infer<typeof reportedItemSchema>;

/** Whoever signed all items over that were open then, on their own responsibility. */
const signatureOverSchema = z.strictObject({
  by: personSchema,
  at: instantSchema,
  reason: z.string(),
  items: count,
  atStakeMinor: amountMinorSchema,
});

/** What was read of a campaign's items for its report. */
export const itemsReadSchema = z.strictObject({
  items: z.array(reportedItemSchema),
  signedOver: signatureOverSchema.nullable(),
});
export type ItemsRead = z.infer<typeof itemsReadSchema>;

const countedSchema = z.strictObject({ items: count, atStakeMinor: amountMinorSchema });
/** Counts of the items, and what is at stake in them together. */
export const reportStandingSchema = z.strictObject({
  /** Every one of them is signed over. */
  open: countedSchema,
  carried: countedSchema,
  resolved: countedSchema,
  /** Ways in which any was resolved; they add up to `resolved`. */
  resolvedAs: z.array(z.strictObject({ kind: z.enum(RESOLVED_AS), ...countedSchema.shape })),
  signedOver: signatureOverSchema.nullable(),
});
export type ReportStanding = z.infer<typeof reportStandingSchema>;
export const reportedItemsSchema = z.array(reportedItemSchema);

/** Everybody who decided anything about a campaign's items, to be called by their names. */
export function decidersOf({ items, signedOver }: ReconciliationStanding): string[] {
  const ids = items.flatMap(({ resolution, carried }) => [resolution?.by, resolution?.proposedBy, carried?.by]);
  return [...new Set([...ids, signedOver?.by])].filter((id): id is string => id !== undefined && id !== WORKFLOW);
}

/**
 * The items as a report shows them. Throws PermanentError where one is open that nobody has signed over: whoever writes a report waits
 * for people before.
 */
export function itemsReadOf(standing: ReconciliationStanding, nameOf: (personId: string) => string): ItemsRead {
  mustEqual('items that are open and that nobody has signed over', standing.uncovered, 0);
  const person = (personId: string) => ({ personId, name: nameOf(personId) });
  const { signedOver: said } = standing;
  const signedOver =
    said === undefined
      ? null
      : {
          by: person(said.by),
          at: said.at,
          reason: said.reason,
          items: said.itemIds.length,
          atStakeMinor: add(said.sumMinor as Minor, ZERO),
        };
  return { signedOver, items: standing.items.map((item) => reportedItem(item, person, signedOver)) };
}

function reportedItem(
  item: ReconciliationItem,
  person: (personId: string) => z.infer<typeof personSchema>,
  signedOver: ItemsRead['signedOver'],
): ReportedItem {
  const { itemId, provider, merchantId, day, transactionId, orderNo, state, resolution } = item;
  const { ourAmountMinor, theirAmountMinor } = item;
  return {
    itemId,
    class: item.class,
    provider,
    merchantId,
    day,
    transactionId,
    ...(orderNo === '' ? {} : { orderNo }),
    ...(ourAmountMinor === undefined ? {} : { ourAmountMinor }),
    ...(theirAmountMinor === undefined ? {} : { theirAmountMinor }),
    atStakeMinor: atStakeOf(item),
    state,
    ...(resolution === undefined ? {} : { resolvedAs: resolution.kind }),
    decided: decidedOf(item, person, signedOver),
  };
}

function decidedOf(
  { itemId, resolution, carried }: ReconciliationItem,
  person: (personId: string) => z.infer<typeof personSchema>,
  signedOver: ItemsRead['signedOver'],
): ReportedItem['decided'] {
  if (resolution !== undefined) {
    const { by, at, reason, proposedBy, evidence } = resolution;
    return {
      by: person(by),
      at,
      reason,
      ...(proposedBy === undefined ? {} : { proposedBy: person(proposedBy) }),
      ...(evidence === undefined ? {} : { evidence }),
    };
  }
  if (carried !== undefined) {
    const { by, at, reason, dueOn, toCampaignId } = carried;
    return { by: person(by), at, reason, dueOn, ...(toCampaignId === undefined ? {} : { toCampaignId }) };
  }
  const { by, at, reason } = mustBeThere(signedOver ?? undefined, `who signed the open item ${itemId} over`);
  return { by, at, reason };
}

const countedOf = (items: readonly ReportedItem[]): z.infer<typeof countedSchema> => ({
  items: items.length,
  atStakeMinor: items.reduce((all, { atStakeMinor }) => add(all, atStakeMinor), ZERO),
});

/** Counts and sums of the items. */
export function standingOf({ items, signedOver }: ItemsRead): ReportStanding {
  const inState = (state: ReportedItem['state']) => countedOf(items.filter((item) => item.state === state));
  return {
    open: inState('open'),
    carried: inState('carried'),
    resolved: inState('resolved'),
    resolvedAs: RESOLVED_AS.map((kind) => ({
      kind,
      ...countedOf(items.filter(({ resolvedAs }) => resolvedAs === kind)),
    })).filter((one) => one.items > 0),
    signedOver,
  };
}

type Listed = { readonly kind: string; readonly provider: string; readonly transactionId: string };

/**
 * Throws PermanentError where a discrepancy between bills and books is no item, so that nobody has been asked about it. An item may be
 * in no such list: what is between order and entry changes no sum of a bill, and some are found after the bills were compared.
 */
export function checkItems({ items }: ItemsRead, discrepancies: readonly Listed[]): void {
  mustBeDistinct(
    'items',
    items.map(({ itemId }) => itemId),
  );
  const known = new Set(
    items.flatMap((item) =>
      // A second payment of an order is listed as missing for as long as it is not booked; its item stays what it was.
      [listedKindOf(item), item.class === 'duplicate' ? 'missing-here' : undefined].map(
        (kind) => `${kind} ${item.provider} ${item.transactionId}`,
      ),
    ),
  );
  for (const { kind, provider, transactionId } of discrepancies)
    mustEqual(
      `items of the discrepancy "${kind}" of ${provider} ${transactionId}`,
      known.has(`${kind} ${provider} ${transactionId}`) ? 1 : 0,
      1,
    );
}
