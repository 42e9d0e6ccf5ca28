import * as z from 'zod';
import { providerSchema } from '../donations/payment-event.ts';
import { type Refusal, refuse } from '../kernel/errors.ts';
import { derivedId } from '../kernel/ids.ts';
import { amountMinorSchema, type Minor, minor } from '../kernel/money.ts';
import { type Instant, instantSchema, type LocalDate, localDateSchema } from '../kernel/time.ts';

/**
 * Everything in which order, entry and the provider's statement can disagree. One thing that is wrong has one class; a
 * payment may be wrong in several ways and then has several items.
 */
export const DISCREPANCY_CLASSES = [
  /** The bill has a payment of an order of ours, and the books have none. */
  'paid-not-booked',
  /** The bill of an account that is ours alone has a payment that neither an order nor the books know. */
  'missing-here',
  /** The books have a payment of a day whose bill does not have it. */
  'missing-there',
  /** Both have it, with different amounts. */
  'amount-differs',
  /** Both have it, in different currencies, which are never compared. */
  'currency-differs',
  /** The provider has taken the payment back, and it stands in our books. */
  'state-differs',
  /** One order was paid more than once; the item is of each payment after the first that has not gone back. */
  'duplicate',
  /** Booked, and no order of ours has its number, where payments need one. */
  'booked-without-order',
  /** Booked with another amount, or in another currency, than the order was for. */
  'order-amount-differs',
  /** More has gone back by the bills than by our books. */
  'refunded-there',
  /** More has gone back by our books than by the bills of the same days. */
  'refunded-here',
  /** The fund-flow bill charges another fee than the trade bill. */
  'fee-differs',
  /** The fund-flow bill moves another amount than the trade bill settles. */
  'funds-differ',
  /** A payout of the provider has not come to the bank, or with another amount. */
  'settlement-differs',
  /** The books have payments of an account and day of which there is no bill. */
  'bill-missing',
] as const;
export const discrepancyClassSchema = z.enum(DISCREPANCY_CLASSES);
export type DiscrepancyClass = z.infer<typeof discrepancyClassSchema>;

/**
 * One discrepancy, as a comparison finds it. Amounts are of the payment, of what went back, of the fee, or of the payments
 * together, as the class says; a side that does not know it is absent.
 */
export const findingSchema = z.strictObject({
  class: discrepancyClassSchema,
  provider: providerSchema,
  merchantId: z.string(),
  /** The Beijing day of the bill, or of our entry where no bill has it. */
  day: localDateSchema,
  /** The provider's number of the payment; for classes about a whole day, the account's number. */
  transactionId: z.string(),
  orderNo: z.string(),
  ourAmountMinor: amountMinorSchema.optional(),
  theirAmountMinor: amountMinorSchema.optional(),
});
export type Finding = z.infer<typeof findingSchema>;

/** How a person says that an item is settled. */
export const RESOLUTION_KINDS = [
  /** The payment was booked meanwhile: by the import of a statement, or by hand. */
  'booked',
  /** The provider has put its bill right. */
  'provider-corrected',
  /** The money went back to the donor. */
  'refunded',
  /** It is the same as another gift or item, which the reason names. */
  'duplicate',
  /** It is not this campaign's money. */
  'not-ours',
  /** Looked into, and right as it is. */
  'explained',
  /** Given up: needs a second person. */
  'written-off',
] as const;
export type ResolutionKind = (typeof RESOLUTION_KINDS)[number];
/** What these say can be seen in the next comparison: found again, the item is open again. The others stand while the amounts do. */
const SEEN_BY_THE_NEXT_BILL: ReadonlySet<string> = new Set(['agreed', 'booked', 'provider-corrected', 'refunded']);

const LONGEST_REASON = 500;
export const reasonSchema = z
  .string()
  .trim()
  .min(3)
  .max(LONGEST_REASON)
  .refine((text) => !/\p{Cc}/u.test(text) && text.isWellFormed(), 'must be plain text without control characters');

const proposalSchema = z.strictObject({ by: z.string(), at: instantSchema, reason: z.string() });
export const resolutionSchema = z.strictObject({
  /** `agreed`: a later comparison found that the two sides agree; nobody decided anything. */
  kind: z.enum([...RESOLUTION_KINDS, 'agreed']),
  reason: z.string(),
  /** A person, or `workflow`. */
  by: z.string(),
  /** Who said so first, where two are needed. */
  proposedBy: z.string().optional(),
  at: instantSchema,
  /** What shows it: a bill's file, a statement import, a number at the bank. */
  evidence: z.string().optional(),
});
export const carriedSchema = z.strictObject({
  reason: z.string(),
  by: z.string(),
  at: instantSchema,
  /** By when it is to be settled. */
  dueOn: localDateSchema,
  /** The campaign whose closeout takes it over, where one does. */
  toCampaignId: z.string().optional(),
});

/** `open` until somebody resolves it or carries it on; whose it is and what was said of it is told beside. */
export const ITEM_STATES = ['open', 'resolved', 'carried'] as const;
export const reconciliationItemSchema = z.object({
  type: z.literal('reconciliation-item'),
  itemId: z.string(),
  campaignId: z.string(),
  organisationId: z.string(),
  ...findingSchema.shape,
  state: z.enum(ITEM_STATES),
  assignee: z.string().optional(),
  proposal: proposalSchema.optional(),
  resolution: resolutionSchema.optional(),
  carried: carriedSchema.optional(),
  comments: z.number().int().min(0),
  foundAt: instantSchema,
  /** Which comparison found it last, as words and files: the evidence. */
  foundBy: z.string(),
  /** How often it was found anew: with other amounts, or after it was settled. A signature covers one of these. */
  revision: z.number().int().min(1),
  reopened: z.number().int().min(0),
  version: z.number().int().min(1),
});
export type ReconciliationItem = z.infer<typeof reconciliationItemSchema>;

/** The same discrepancy has the same id, whoever finds it and however often. */
export const itemIdOf = (
  { class: kind, provider, merchantId, transactionId, day }: Finding,
  campaignId: string,
): string =>
  kind === 'bill-missing'
    ? derivedId('discrepancy', kind, provider, merchantId, day, campaignId)
    : derivedId('discrepancy', kind, provider, transactionId);

/** What is at stake: the difference of the two sides, or the amount that one of them alone knows. */
export const atStakeOf = ({
  ourAmountMinor,
  theirAmountMinor,
}: Pick<Finding, 'ourAmountMinor' | 'theirAmountMinor'>): Minor =>
  minor(Math.abs((theirAmountMinor ?? 0) - (ourAmountMinor ?? 0)));

/** Which comparison speaks, of whose books, and when. */
export type Comparison = {
  readonly campaignId: string;
  readonly organisationId: string;
  readonly foundBy: string;
  readonly now: Instant;
};

/** An item that nobody knew. */
export function foundItem(
  finding: Finding,
  { campaignId, organisationId, foundBy, now }: Comparison,
): ReconciliationItem {
  return {
    type: 'reconciliation-item',
    itemId: itemIdOf(finding, campaignId),
    campaignId,
    organisationId,
    ...finding,
    state: 'open',
    comments: 0,
    foundAt: now,
    foundBy,
    revision: 1,
    reopened: 0,
    version: 1,
  };
}

/**
 * The item after it was found again, or `undefined` where that says nothing new. It is open again where the amounts are
 * others than were settled, or where what a person said of it would have to be seen by now.
 */
export function foundAgain(
  item: ReconciliationItem,
  finding: Finding,
  { foundBy }: Comparison,
): ReconciliationItem | undefined {
  const isSame = item.ourAmountMinor === finding.ourAmountMinor && item.theirAmountMinor === finding.theirAmountMinor;
  const contradicts = item.resolution !== undefined && SEEN_BY_THE_NEXT_BILL.has(item.resolution.kind);
  if (isSame && !contradicts) return undefined;
  const wasSettled = item.state !== 'open';
  const { resolution: _resolution, carried: _carried, proposal: _proposal, ...rest } = item;
  const { ourAmountMinor: _ours, theirAmountMinor: _theirs, ...kept } = rest;
  return {
    ...kept,
    ...finding,
    state: 'open',
    foundBy,
    revision: item.revision + 1,
    reopened: item.reopened + (wasSettled ? 1 : 0),
    version: item.version + 1,
  };
}

/** The item after a comparison that would have found it did not: both sides agree now. Items that are settled stay as they were settled. */
export function agreed(item: ReconciliationItem, { foundBy, now }: Comparison): ReconciliationItem | undefined {
  if (item.state === 'resolved') return undefined;
  const { proposal: _proposal, ...rest } = item;
  return {
    ...rest,
    state: 'resolved',
    resolution: { kind: 'agreed', reason: 'Both sides agree now.', by: 'workflow', at: now, evidence: foundBy },
    version: item.version + 1,
  };
}

/** What people do with an item. `version`: the one they have read. */
export const decisionSchema = z.discriminatedUnion('decision', [
  z.strictObject({
    decision: z.literal('resolve'),
    version: z.number().int().min(1),
    kind: z.enum(RESOLUTION_KINDS),
    reason: reasonSchema,
    evidence: reasonSchema.optional(),
  }),
  z.strictObject({
    decision: z.literal('carry'),
    version: z.number().int().min(1),
    reason: reasonSchema,
    dueOn: localDateSchema,
    toCampaignId: z.string().max(64).optional(),
  }),
  z.strictObject({ decision: z.literal('reopen'), version: z.number().int().min(1), reason: reasonSchema }),
]);
export type ItemDecision = z.infer<typeof decisionSchema>;

/** A carried item must not lie for ever: a year and a month, the longest that a provider gives a payment back. */
export const LONGEST_CARRY_DAYS = 396;

export type Decided = { readonly kind: 'decided'; readonly item: ReconciliationItem };

/** The item after a person's decision. To write off needs two: the first proposes, and another one says the same. */
export function decided(
  item: ReconciliationItem,
  decision: ItemDecision,
  said: { readonly by: string; readonly now: Instant; readonly today: LocalDate; readonly lastDueOn: LocalDate },
): Decided | Refusal {
  if (decision.decision === 'reopen') return reopened(item);
  if (item.state === 'resolved')
    return refuse('already-resolved', 'This item is resolved. Open it again first, with a reason.');
  return decision.decision === 'carry' ? carriedOn(item, decision, said) : resolved(item, decision, said);
}

type Said = Parameters<typeof decided>[2];
type Of<Kind> = Extract<ItemDecision, { readonly decision: Kind }>;

function reopened(item: ReconciliationItem): Decided | Refusal {
  if (item.state === 'open') return refuse('not-settled', 'This item is open.');
  const { resolution: _resolution, carried: _carried, proposal: _proposal, ...rest } = item;
  const { revision, reopened: times, version } = item;
  return {
    kind: 'decided',
    item: { ...rest, state: 'open', revision: revision + 1, reopened: times + 1, version: version + 1 },
  };
}

function carriedOn(
  item: ReconciliationItem,
  { reason, dueOn, toCampaignId }: Of<'carry'>,
  { by, now, today, lastDueOn }: Said,
): Decided | Refusal {
  if (dueOn <= today || dueOn > lastDueOn)
    return refuse('invalid', 'Some fields are not as they must be.', [
      {
        field: 'dueOn',
        problem: dueOn <= today ? `is not after today, ${today}` : `is more than ${LONGEST_CARRY_DAYS} days ahead`,
        fix: `name a day after ${today} and up to ${lastDueOn}`,
      },
    ]);
  const { proposal: _proposal, ...rest } = item;
  const carried = { reason, by, at: now, dueOn, ...(toCampaignId === undefined ? {} : { toCampaignId }) };
  return { kind: 'decided', item: { ...rest, state: 'carried', carried, version: item.version + 1 } };
}

function resolved(
  item: ReconciliationItem,
  { kind, reason, evidence }: Of<'resolve'>,
  { by, now }: Said,
): Decided | Refusal {
  const version = item.version + 1;
  const { proposal, carried: _carried, ...rest } = item;
  if (kind === 'written-off') {
    if (proposal === undefined)
      return { kind: 'decided', item: { ...item, proposal: { by, at: now, reason }, version } };
    if (proposal.by === by)
      return refuse('own-proposal', 'Nobody writes off alone. Ask a second person to say the same.');
  }
  const resolution = {
    kind,
    reason,
    by,
    ...(kind === 'written-off' && proposal !== undefined ? { proposedBy: proposal.by } : {}),
    at: now,
    ...(evidence === undefined ? {} : { evidence }),
  };
  return { kind: 'decided', item: { ...rest, state: 'resolved', resolution, version } };
}
