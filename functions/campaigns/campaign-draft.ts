import * as z from 'zod';
import { instantSchema } from '../kernel/time.ts';
import { organisationIdSchema } from '../organisations/organisation.ts';
import { PROPOSAL_FIELDS, type ProposalField } from './campaign-proposal.ts';
import type { ProposalDraft } from './proposal-draft.ts';

export const draftSchema = z.object({ organisationId: organisationIdSchema }).catchall(z.json());
/** A proposal as something that is being written: without fields that are `undefined`, which JSON does not know. */
export const asDraft = (proposal: object): ProposalDraft => draftSchema.parse(JSON.parse(JSON.stringify(proposal)));

export const lookAgainSchema = z.array(
  z.object({ field: z.enum(PROPOSAL_FIELDS as [ProposalField, ...ProposalField[]]), because: z.string() }),
);

/**
 * A campaign that was never submitted, stored where the campaign will be. A kind of item of its own: whoever asks for
 * campaigns does not find it, and no money can come to it.
 */
export const campaignDraftSchema = z.object({
  type: z.literal('draft-campaign'),
  campaignId: z.string(),
  status: z.enum(['draft', 'withdrawn']),
  /** What has been written so far. */
  proposal: draftSchema,
  /** Number of changes so far; guards every change. */
  version: z.number().int().min(1),
  /** Of the request that made it, to know its repeat. */
  madeFrom: z.string(),
  /** Copied fields that nobody has sent again since. */
  lookAgain: lookAgainSchema.default([]),
  /** Whoever has written any of it: they will decide on none of it. */
  workedOnBy: z.array(z.string()).default([]),
  createdBy: z.string(),
  createdAt: instantSchema,
  updatedAt: instantSchema,
});
export type CampaignDraft = z.infer<typeof campaignDraftSchema>;
