import * as z from 'zod';
import { minutesSchema } from '../approvals/approval.ts';
import { campaignIdSchema } from '../campaigns/campaign-id.ts';
import { SECOND_PERSON_FROM_MINOR } from '../donations/offline-gift.ts';
import { derivedId, fingerprint } from '../kernel/ids.ts';
import { add, type Minor, positiveAmountMinorSchema } from '../kernel/money.ts';
import { lineSchema, paragraphsSchema } from '../kernel/plain-text.ts';
import { instantSchema, localDateSchema } from '../kernel/time.ts';
import { spendingRequestIndexKey, spendingRequestKey } from '../platform/keys.ts';
import type { Item } from '../platform/table.ts';
import { beneficiaryIdSchema } from './beneficiary-id.ts';
import { evidenceListSchema, paperListSchema } from './evidence.ts';
import { SURPLUS_DESTINATIONS } from './spending-entry.ts';

/** A number that a plan or a book gives: 100 lines a plan, and what amendments added to them. */
const lineNo = z.number().int().min(1).max(9_999);
const entryNo = z.number().int().min(1).max(999_999);
const reason = paragraphsSchema(500);
const payment = {
  lineNo,
  amountMinor: positiveAmountMinorSchema,
  /** A day in the campaign's zone. */
  paidOn: localDateSchema,
  voucherNo: lineSchema(64),
  evidence: evidenceListSchema,
  /** Needed where the same paper, or a payment of aid to the same person, is in the books. */
  repeatReason: reason.optional(),
  /** Needed where the campaign has not that much money: who lends it, and why it could not wait. */
  advanceReason: reason.optional(),
};

const kinds = {
  expenditure: z.strictObject({
    kind: z.literal('expenditure'),
    ...payment,
    payee: lineSchema(120),
    purpose: lineSchema(200),
  }),
  /** No name, not in the purpose and not on a scan: who it is stands in the beneficiary's own record. */
  aid: z.strictObject({
    kind: z.literal('aid'),
    ...payment,
    beneficiaryId: beneficiaryIdSchema,
    purpose: lineSchema(200),
    evidence: paperListSchema,
  }),
  reversal: z.strictObject({
    kind: z.literal('reversal'),
    of: entryNo,
    amountMinor: positiveAmountMinorSchema,
    reversedOn: localDateSchema,
    reason,
  }),
  transfer: z.strictObject({
    kind: z.literal('transfer'),
    fromLineNo: lineNo,
    toLineNo: lineNo,
    amountMinor: positiveAmountMinorSchema,
    reason,
  }),
  surplus: z.strictObject({
    kind: z.literal('surplus'),
    amountMinor: positiveAmountMinorSchema,
    destination: z.enum(SURPLUS_DESTINATIONS),
    /** What it is called; of a campaign its title is taken. */
    destinationName: lineSchema(120).optional(),
    toCampaignId: campaignIdSchema.optional(),
    reason,
  }),
  'variance-note': z.strictObject({ kind: z.literal('variance-note'), lineNo, reason }),
};
/** What a person asks to be booked. Amounts are in the campaign's currency, in minor units. */
export const spendingRequestSchema = z
  .discriminatedUnion('kind', [
    kinds.expenditure,
    kinds.aid,
    kinds.reversal,
    kinds.transfer,
    kinds.surplus,
    kinds['variance-note'],
  ])
  .refine(
    (request) =>
      request.kind !== 'surplus' || (request.destination === 'campaign') === (request.toCampaignId !== undefined),
    {
      path: ['toCampaignId'],
      message: 'goes with the destination "campaign", and with no other',
    },
  )
  .refine(
    (request) =>
      request.kind !== 'surplus' || request.destination === 'campaign' || request.destinationName !== undefined,
    { path: ['destinationName'], message: 'is needed: what the money goes to' },
  );
export type SpendingRequest = z.infer<typeof spendingRequestSchema>;
export type RequestOf<Kind extends SpendingRequest['kind']> = Extract<SpendingRequest, { readonly kind: Kind }>;

export const REQUEST_STATES = ['awaiting-confirmation', 'booked', 'rejected'] as const;
const stored = {
  type: z.literal('spending-request'),
  campaignId: z.string(),
  requestId: z.string(),
  state: z.enum(REQUEST_STATES),
  enteredBy: z.string(),
  enteredAt: instantSchema,
  decidedBy: z.string().optional(),
  /** Whose right it was, where somebody decided for another, and by which delegation. */
  onBehalfOf: z.string().optional(),
  delegationId: z.string().optional(),
  decidedAt: instantSchema.optional(),
  /** Why it was rejected. */
  rejection: z.string().optional(),
  minutes: minutesSchema.optional(),
  /** The number of its entry, once it is booked. */
  number: z.number().int().min(1).optional(),
};
/** A request as it is kept: what was asked, and what became of it. `booked` and `rejected` are final. */
export const standingRequestSchema = z.discriminatedUnion('kind', [
  z.object({ ...kinds.expenditure.shape, ...stored }),
  z.object({ ...kinds.aid.shape, ...stored }),
  z.object({ ...kinds.reversal.shape, ...stored }),
  z.object({ ...kinds.transfer.shape, ...stored }),
  z.object({ ...kinds.surplus.shape, ...stored }),
  z.object({ ...kinds['variance-note'].shape, ...stored }),
]);
export type StandingRequest = z.infer<typeof standingRequestSchema>;

/** A request as an item: among those that wait for as long as it does. */
export const requestItem = (request: StandingRequest): Item => {
  const { campaignId, requestId, enteredAt, state } = request;
  return {
    ...spendingRequestKey(campaignId, requestId),
    ...(state === 'awaiting-confirmation' ? spendingRequestIndexKey(campaignId, enteredAt, requestId) : {}),
    ...request,
  };
};

/** A second person's word on a request. */
export const spendingDecisionSchema = z
  .strictObject({
    decision: z.enum(['confirm', 'reject']),
    /** Needed to reject. */
    reason: reason.optional(),
    /** Needed for a surplus, and for what an organisation's own rules have decided by a meeting. */
    minutes: minutesSchema.optional(),
    /** The person who delegated the decision to the caller. */
    onBehalfOf: z.string().min(1).max(64).optional(),
  })
  .refine(({ decision, reason: given }) => decision === 'confirm' || given !== undefined, {
    path: ['reason'],
    message: 'is needed to reject',
  });
export type SpendingDecision = z.infer<typeof spendingDecisionSchema>;

/** The id under which a repeat finds what was asked: of the campaign and of the caller's key. */
export const requestIdOf = (campaignId: string, key: string): string => derivedId('spending', campaignId, key);

/** What was asked, without who, when and what became of it: a repeat asks the same again. */
export function contentOf(request: SpendingRequest | StandingRequest): string {
  const asked = Object.entries(request).filter(([name]) => !Object.hasOwn(stored, name));
  return JSON.stringify(asked.filter(([, value]) => value !== undefined).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** By whom a payee is told from others: however it is spaced and written. A fingerprint, because it may be a person. */
export const payeeOf = ({ payee }: RequestOf<'expenditure'>): string =>
  fingerprint([payee.normalize('NFKC').replace(/\s+/g, '').toLowerCase()]);

/**
 * Whether a second person decides. Always, but for a small expenditure and for words about a line. `beforeMinor`: what was asked
 * for to the same payee on the same day: who could pay a large bill in two halves would need no second person ever.
 */
export function needsSecondPerson(request: SpendingRequest, beforeMinor: Minor): boolean {
  if (request.kind === 'variance-note') return false;
  if (request.kind !== 'expenditure') return true;
  return request.advanceReason !== undefined || add(beforeMinor, request.amountMinor) >= SECOND_PERSON_FROM_MINOR;
}
