import * as z from 'zod';
import { type Refusal, refuse } from '../kernel/errors.ts';
import { currencySchema, positiveAmountMinorSchema } from '../kernel/money.ts';
import { type Instant, instantSchema, plusSeconds, SECONDS_PER_HOUR } from '../kernel/time.ts';
import { type Who, whoSchema } from './approval-route.ts';
import { type Decider, isOneOf } from './entitlement.ts';

/** What waits for a second person beside approvals: entries of the book of spending, and of that of goods. */
export const CONFIRMATION_SUBJECTS = ['spending', 'goods'] as const;
export type ConfirmationSubject = (typeof CONFIRMATION_SUBJECTS)[number];
export const CONFIRMATION_KINDS = [
  'expenditure',
  'aid',
  'reversal',
  'transfer',
  'surplus',
  'write-off',
  'return',
] as const;

/** Two days as for approvals where a route says nothing, and a day more until those above hear that nobody has. */
export const USUAL_ESCALATION_HOURS = 72;

/**
 * That an entry which somebody has asked for waits for a second person. Made with the request and gone with the decision, in their
 * transactions; says nothing of who is paid. The times, and whom an escalation brings in, are a copy of the organisation's
 * route as it was when it was entered, so that a route that is changed later does not touch what waits.
 */
export const confirmationSchema = z.object({
  type: z.literal('confirmation'),
  subject: z.enum(CONFIRMATION_SUBJECTS),
  campaignId: z.string(),
  requestId: z.string(),
  kind: z.enum(CONFIRMATION_KINDS),
  /** Of the campaign. */
  title: z.string(),
  language: z.enum(['zh-CN', 'en']),
  generatedData: z.boolean(),
  organisationId: z.string(),
  /** From the root down to and including the organisation. */
  organisationPath: z.array(z.string()).min(1),
  currency: currencySchema,
  /** Of money; goods are pieces. */
  amountMinor: positiveAmountMinorSchema.optional(),
  quantity: z.number().int().min(1).optional(),
  enteredBy: z.string(),
  enteredAt: instantSchema,
  /** Whose route the times are of; `null` for the default. */
  route: z.object({ organisationId: z.string().nullable(), version: z.number().int().min(1) }),
  remindAfterHours: z.number().int().min(1),
  escalateAfterHours: z.number().int().min(1),
  /** Who may decide as well from then on; absent where the route brings nobody in, and then the admins are told. */
  escalateTo: whoSchema.optional(),
});
export type Confirmation = z.infer<typeof confirmationSchema>;

/** The roles, in the campaign's organisation, that a second person has one of. */
export const CONFIRMING_ROLES = ['finance', 'approver'] as const;
/** Everybody with one of them. */
export const SECOND_PERSONS: readonly Who[] = CONFIRMING_ROLES.map((role) => ({ role, of: 'campaign' }));
/** Who is told of an escalation that brings nobody in: they see to it that somebody decides. */
const ADMINS: Who = { role: 'admin', of: 'campaign' };

export const escalatesAt = ({ enteredAt, escalateAfterHours }: Confirmation): Instant =>
  plusSeconds(enteredAt, escalateAfterHours * SECONDS_PER_HOUR);

/** Everybody who may decide at a moment. By the clock alone, so that no job has to have noticed. */
export function whoConfirms(confirmation: Confirmation, now: Instant): readonly Who[] {
  const { escalateTo } = confirmation;
  return escalateTo !== undefined && now >= escalatesAt(confirmation)
    ? [...SECOND_PERSONS, escalateTo]
    : SECOND_PERSONS;
}
/** Whom an escalation tells. */
export const escalationTells = ({ escalateTo }: Confirmation): Who => escalateTo ?? ADMINS;

/** Whether somebody may decide it, for themselves or for another, as far as roles and delegations go. */
export const mayConfirm = (confirmation: Confirmation, decider: Decider, now: Instant): boolean =>
  isOneOf(confirmation, whoConfirms(confirmation, now), decider, now);

/** Whether it is somebody's own entry: nobody confirms what they have entered, nor lets another do it for them. */
export const isOwnEntry = ({ enteredBy }: Pick<Confirmation, 'enteredBy'>, { person, for: other }: Decider): boolean =>
  enteredBy === person.personId || enteredBy === other?.person.personId;

/** Who decided: a person, and for whom and by which delegation where it was another's right. */
export type DecidedBy = {
  readonly by: string;
  readonly onBehalfOf?: string | undefined;
  readonly delegationId?: string | undefined;
};

/** The same as a request keeps it. */
export const decisionFields = ({ by, onBehalfOf, delegationId }: DecidedBy) => ({
  decidedBy: by,
  ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
  ...(delegationId === undefined ? {} : { delegationId }),
});

export const refuseOwnEntry = (
  { enteredBy }: Pick<Confirmation, 'enteredBy'>,
  { by, onBehalfOf }: DecidedBy,
): Refusal | undefined =>
  enteredBy === by || enteredBy === onBehalfOf
    ? refuse(
        'own-entry',
        'Nobody confirms what they have entered, nor lets another do it for them. Ask a second person.',
      )
    : undefined;

/** Whether it waits for somebody: what their inbox shows, and whom mails are written to. */
export const waitsFor = (confirmation: Confirmation, decider: Decider, now: Instant): boolean =>
  mayConfirm(confirmation, decider, now) && !isOwnEntry(confirmation, decider);
