import * as z from 'zod';
import { campaignIdSchema } from '../campaigns/campaign-id.ts';
import type { CampaignTerms } from '../campaigns/campaign-terms.ts';
import { type Refusal, refuse } from '../kernel/errors.ts';
import { derivedId } from '../kernel/ids.ts';
import { currencySchema, positiveAmountMinorSchema } from '../kernel/money.ts';
import { paragraphsSchema } from '../kernel/plain-text.ts';
import { type Instant, instantSchema, SECONDS_PER_DAY, secondsUntil } from '../kernel/time.ts';
import { unassignedIndexKey, unassignedMoneyKey } from '../platform/keys.ts';
import type { Item } from '../platform/table.ts';
import { type DonationEntry, UNASSIGNED_REASONS } from './donation-entry.ts';
import { SECOND_PERSON_FROM_MINOR } from './offline-gift.ts';
import { providerSchema } from './payment-event.ts';

/**
 * `waiting`: nobody has said what becomes of it. `proposed`: one person has, a second confirms. `assigned`: it is a campaign's.
 * `returning`: it goes back to who paid it, and has not gone yet. `returned`: all of it has gone back, whoever asked for it.
 */
export const UNASSIGNED_STATES = ['waiting', 'proposed', 'assigned', 'returning', 'returned'] as const;

const reason = paragraphsSchema(500);
const kinds = {
  assign: z.strictObject({
    kind: z.literal('assign'),
    campaignId: campaignIdSchema,
    unitId: z.string().min(1).max(64).optional(),
    teamId: z.string().min(1).max(64).optional(),
    /** How it is known what the money was given for: what was found, and where it can be read. */
    reason,
  }),
  return: z.strictObject({ kind: z.literal('return'), reason }),
};
/** What a person says is to become of unassigned money. */
export const proposalRequestSchema = z.discriminatedUnion('kind', [kinds.assign, kinds.return]);
export type ProposalRequest = z.infer<typeof proposalRequestSchema>;
export type AssignRequest = Extract<ProposalRequest, { readonly kind: 'assign' }>;

const made = { proposalId: z.string(), by: z.string(), at: instantSchema };
export const proposalSchema = z.discriminatedUnion('kind', [
  z.object({ ...kinds.assign.shape, ...made }),
  z.object({ ...kinds.return.shape, ...made }),
]);
export type Proposal = z.infer<typeof proposalSchema>;

/** A second person's word on a proposal, which it names: of two that follow each other the wrong one is never confirmed. */
export const proposalDecisionSchema = z
  .strictObject({
    proposalId: z.string().regex(/^asg_[a-z0-9]{20}$/, 'must be the id of the proposal that waits'),
    decision: z.enum(['confirm', 'reject']),
    /** Needed to reject. */
    reason: reason.optional(),
  })
  .refine(({ decision, reason: why }) => decision === 'confirm' || why !== undefined, {
    path: ['reason'],
    message: 'is needed to reject',
  });
export type ProposalDecision = z.infer<typeof proposalDecisionSchema>;

/** How one payment that came for no campaign stands. Holds no contact data; the money itself is the donation's entry. */
export const unassignedMoneySchema = z.object({
  type: z.literal('unassigned-money'),
  giftId: z.string(),
  version: z.number().int().min(1),
  state: z.enum(UNASSIGNED_STATES),
  /** Whose it is to look after: the organisation of the campaign that was meant; of nobody's, the top of the tree. */
  organisationId: z.string().optional(),
  why: z.enum(UNASSIGNED_REASONS),
  intendedCampaignId: z.string().optional(),
  provider: providerSchema,
  merchantId: z.string(),
  paymentId: z.string(),
  orderNo: z.string(),
  amountMinor: positiveAmountMinorSchema,
  currency: currencySchema,
  occurredAt: instantSchema,
  recordedAt: instantSchema,
  /** What waits for a second person or was done. */
  proposal: proposalSchema.optional(),
  decidedBy: z.string().optional(),
  decidedAt: instantSchema.optional(),
  /** The last proposal that a second person turned down. Those before it are in the audit trail. */
  rejected: z.object({ proposal: proposalSchema, by: z.string(), at: instantSchema, reason: z.string() }).optional(),
});
export type UnassignedMoney = z.infer<typeof unassignedMoneySchema>;

/** What is kept beside an entry that came for no campaign. `organisationId`: that of the campaign that was meant. */
export function waitingMoneyOf(entry: DonationEntry, organisationId: string | undefined): UnassignedMoney {
  const { giftId, unassignedReason = 'unknown-order', intendedCampaignId, provider, merchantId, paymentId } = entry;
  const { orderNo, amountMinor, currency, occurredAt, recordedAt } = entry;
  return {
    type: 'unassigned-money',
    giftId,
    version: 1,
    state: 'waiting',
    ...(organisationId === undefined ? {} : { organisationId }),
    why: unassignedReason,
    ...(intendedCampaignId === undefined ? {} : { intendedCampaignId }),
    provider,
    merchantId,
    paymentId,
    orderNo,
    amountMinor,
    currency,
    occurredAt,
    recordedAt,
  };
}

/** As an item: on the list until nothing is left to do. */
export function unassignedItemOf(money: UnassignedMoney): Item {
  const isDone = money.state === 'assigned' || money.state === 'returned';
  const place = isDone ? {} : unassignedIndexKey(money.occurredAt, money.giftId);
  return { ...unassignedMoneyKey(money.giftId), ...place, ...money };
}

/** Whole days since it was paid. */
export const ageDaysOf = ({ occurredAt }: Pick<UnassignedMoney, 'occurredAt'>, now: Instant): number =>
  Math.max(0, Math.floor(-secondsUntil(occurredAt, now) / SECONDS_PER_DAY));

/**
 * Whether a second person confirms: from the same amount on as a gift by hand, since who assigns money may spend a sponsor's
 * match with it; whenever it is to go elsewhere than its donor said, which changes the purpose of a gift (Charity Law art. 56); and
 * where its return was decided on before, which may be under way by hand.
 */
export const needsConfirmation = (money: UnassignedMoney, request: ProposalRequest): boolean =>
  money.amountMinor >= SECOND_PERSON_FROM_MINOR ||
  money.state === 'returning' ||
  (request.kind === 'assign' &&
    money.intendedCampaignId !== undefined &&
    request.campaignId !== money.intendedCampaignId);

/** The id under which a repeat finds what was proposed: of the gift and of the caller's key. */
export const proposalIdOf = (giftId: string, key: string): string => derivedId('assignment', giftId, key);

/** What was proposed, without who and when: a repeat says the same again. */
export const contentOf = (request: ProposalRequest): string =>
  JSON.stringify(
    request.kind === 'return'
      ? [request.kind, request.reason]
      : [request.kind, request.campaignId, request.unitId, request.teamId, request.reason],
  );

/** Why this campaign cannot take this money; `undefined` where it can. `isTeam`: whether the named team takes gifts. */
export function refuseTarget(
  money: UnassignedMoney,
  request: AssignRequest,
  terms: CampaignTerms,
  isTeam: boolean,
): Refusal | undefined {
  if (!terms.hasOpened)
    return refuse('campaign-not-open', 'This campaign has not opened, so it has no books. Choose another, or wait.');
  const problems = [
    ...(terms.currency === money.currency
      ? []
      : [
          {
            field: 'campaignId',
            problem: `books ${terms.currency}, and the money is ${money.currency}`,
            fix: `choose a campaign in ${money.currency}, or return the money`,
          },
        ]),
    ...(request.unitId === undefined || terms.unitIds.has(request.unitId)
      ? []
      : [
          {
            field: 'unitId',
            problem: 'is not a unit of this campaign',
            fix: 'send the id of one of its units, or leave the field out',
          },
        ]),
    ...(isTeam
      ? []
      : [
          {
            field: 'teamId',
            problem: 'is not a team of this campaign that takes gifts',
            fix: 'send the id of one of its teams, or leave the field out',
          },
        ]),
  ];
  return problems.length === 0 ? undefined : refuse('invalid', 'Some fields are not as they must be.', problems);
}
