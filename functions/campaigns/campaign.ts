import * as z from 'zod';
import { emergencySchema, filingSchema } from '../filing/filing.ts';
import { instantSchema } from '../kernel/time.ts';
import { draftSchema } from './campaign-draft.ts';
import { campaignProposalSchema } from './campaign-proposal.ts';
import { CAMPAIGN_STATUSES } from './campaign-state.ts';

/** What becomes of the gifts of a cancelled campaign. */
export const REFUND_POLICIES = ['refund-all', 'keep-for-purpose'] as const;

export const cancellationSchema = z.object({
  at: instantSchema,
  by: z.string(),
  reason: z.string(),
  /** `refund-all`: every gift goes back. `keep-for-purpose`: they are used as the plan says of a surplus (Charity Law art. 58). */
  refundPolicy: z.enum(REFUND_POLICIES),
});
export type Cancellation = z.infer<typeof cancellationSchema>;

/** A campaign as it is stored. */
export const campaignSchema = z.object({
  type: z.literal('campaign'),
  campaignId: z.string(),
  status: z.enum(CAMPAIGN_STATUSES),
  proposal: campaignProposalSchema,
  /** How many times it has been submitted: each round has its own approval and its own workflow execution. */
  round: z.number().int().min(1),
  /** What is being written for the next round, while it is `returned`. */
  draft: draftSchema.nullish(),
  /** Number of changes so far; guards every change. */
  version: z.number().int().min(1),
  submittedBy: z.string(),
  /** Whoever has written any of it, in whatever round, beside those who submitted it: they decide on none of it. */
  workedOnBy: z.array(z.string()).default([]),
  /** Of the request that made its draft, to know that one's repeat. */
  madeFrom: z.string().optional(),
  createdAt: instantSchema,
  updatedAt: instantSchema,
  /** When it first opened: from then on it has a pool and books, whatever becomes of it. */
  openedAt: instantSchema.nullish(),
  /** When it came to each status for the last time. */
  reached: z.partialRecord(z.enum(CAMPAIGN_STATUSES), instantSchema).optional(),
  /** That the authority has its plan. */
  filing: filingSchema.nullish(),
  /** That it answers an emergency, and may open before it is filed. */
  emergency: emergencySchema.nullish(),
  /** Why it takes no gifts for the time being, while it is `paused`. */
  pauseReason: z.string().nullish(),
  /** That it was ended before its time, and what becomes of its gifts. */
  cancellation: cancellationSchema.nullish(),
  /** Number of the last amendment of its plan; none before the first. */
  amendments: z.number().int().min(1).optional(),
  /** Why it came back, while it is `returned`. */
  returnReason: z.string().nullish(),
  /** Of each random rule of the plan, what its secret seed hashes to: public from the approval on. */
  seedHashes: z.record(z.string(), z.string()).optional(),
  /** Set when the workflow could not go on by itself (docs/runbook.md). */
  attention: z.object({ phase: z.string(), reason: z.string(), at: instantSchema }).nullish(),
});
export type Campaign = z.infer<typeof campaignSchema>;

/** One step of a campaign's life, kept for ever. */
export const transitionSchema = z.object({
  type: z.literal('transition'),
  campaignId: z.string(),
  number: z.number().int().min(1),
  from: z.enum(CAMPAIGN_STATUSES).nullable(),
  to: z.enum(CAMPAIGN_STATUSES),
  at: instantSchema,
  by: z.string(),
  reason: z.string().optional(),
});
export type Transition = z.infer<typeof transitionSchema>;
