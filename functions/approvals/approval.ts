import * as z from 'zod';
import { attachmentIdSchema } from '../campaigns/attachment-id.ts';
import { amountMinorSchema, currencySchema } from '../kernel/money.ts';
import { instantSchema, localDateSchema, timeZoneSchema } from '../kernel/time.ts';
import { approvalSubjectSchema, routeStepSchema } from './approval-route.ts';

/** One thing to change or to object to; `field` as in the proposal, `budgetLines[2].amountMinor`, or left out for the whole. */
export const reasonSchema = z.strictObject({
  field: z
    .string()
    .regex(/^[A-Za-z0-9_.[\]-]{1,120}$/, 'must be the path of a field, such as budgetLines[2].amountMinor')
    .optional(),
  reason: z.string().trim().min(1).max(1000),
});
export type Reason = z.infer<typeof reasonSchema>;

/** What shows that a meeting decided: its minutes as an attachment, when it was held and who was there. */
export const minutesSchema = z.strictObject({
  attachmentId: attachmentIdSchema,
  heldOn: localDateSchema,
  /** One person's meeting decides nothing collectively. */
  attendees: z.array(z.string().trim().min(1).max(60)).min(2).max(60),
});
export type Minutes = z.infer<typeof minutesSchema>;

export const DECISIONS = ['approve', 'return', 'reject'] as const;

/** One person's decision on one step, kept for ever. */
export const decisionSchema = z.object({
  decision: z.enum(DECISIONS),
  by: z.string(),
  /** Whose right it was, where somebody decided for another. */
  onBehalfOf: z.string().optional(),
  delegationId: z.string().optional(),
  at: instantSchema,
  reasons: z.array(reasonSchema).default([]),
  minutes: minutesSchema.optional(),
});
export type Decision = z.infer<typeof decisionSchema>;

/** A step of the route as it was when the approval began, with what became of it. */
export const approvalStepSchema = routeStepSchema.extend({
  begunAt: instantSchema.optional(),
  doneAt: instantSchema.optional(),
  decisions: z.array(decisionSchema).default([]),
});
export type ApprovalStep = z.infer<typeof approvalStepSchema>;

export const APPROVAL_STATES = ['waiting', 'approved', 'returned', 'rejected', 'expired'] as const;

/**
 * The approval of one round of a proposal, or of one change. It is the truth of what was decided; the workflow only asks it.
 * The steps are a copy, so that a route that is changed later does not touch what runs.
 */
export const approvalSchema = z.object({
  type: z.literal('approval'),
  campaignId: z.string(),
  subject: approvalSubjectSchema,
  /** Round of the proposal, or number of the amendment. */
  round: z.number().int().min(1),
  title: z.string(),
  language: z.enum(['zh-CN', 'en']),
  zone: timeZoneSchema,
  organisationId: z.string(),
  /** From the root down to and including the organisation. */
  organisationPath: z.array(z.string()).min(1),
  amountMinor: amountMinorSchema,
  currency: currencySchema,
  generatedData: z.boolean(),
  /** Whose route it is and which version; `null` for the default. */
  route: z.object({ organisationId: z.string().nullable(), version: z.number().int().min(1) }),
  mayRepeat: z.boolean(),
  steps: z.array(approvalStepSchema).min(1),
  /** Whoever submitted or edited what is decided, in any round: they decide on none of it. The last is who submitted this round. */
  workedOnBy: z.array(z.string()).min(1),
  state: z.enum(APPROVAL_STATES),
  begunAt: instantSchema,
  /** From then on it has ended undecided, whether or not anything noticed. */
  decideBy: instantSchema,
  finishedAt: instantSchema.optional(),
  /** Nobody returned it: what was to be decided is no more what people were shown. Its `state` is `returned`. */
  withdrawn: z.object({ at: instantSchema, why: z.string() }).optional(),
  version: z.number().int().min(1),
});
export type Approval = z.infer<typeof approvalSchema>;
export type ApprovalState = Approval['state'];

/** What a person sends to decide. */
export const decisionRequestSchema = z
  .strictObject({
    subject: approvalSubjectSchema.default('campaign'),
    /** The round that was read, so that nobody decides on what they have not seen; for an amendment its number. */
    round: z.number().int().min(1),
    decision: z.enum(DECISIONS),
    /** Number of the step, from 1. Needed only by who decides a second step of one approval. */
    step: z.number().int().min(1).optional(),
    /** Needed unless it is approved: the manager has to know what to change, and the record why not. */
    reasons: z.array(reasonSchema).min(1).max(50).optional(),
    minutes: minutesSchema.optional(),
    /** The person who delegated the decision to the caller. */
    onBehalfOf: z.string().min(1).max(64).optional(),
  })
  .refine(({ decision, reasons }) => decision === 'approve' || reasons !== undefined, {
    path: ['reasons'],
    message: 'are needed when something is returned or rejected',
  });
export type DecisionRequest = z.infer<typeof decisionRequestSchema>;
