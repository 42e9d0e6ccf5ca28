import * as z from 'zod';
import { type Refusal, refuse } from '../kernel/errors.ts';
import { instantSchema } from '../kernel/time.ts';
import { plainText } from './donation-intent.ts';

/**
 * That two payers are one person, or are not after all. They are named by a gift of each, so that both are donors of ours. Only what
 * somebody has verified counts, such as an identity card or a bank's confirmation: names and addresses are shared by many.
 */
export const donorLinkRequestSchema = z
  .strictObject({
    decision: z.enum(['link', 'unlink']),
    /** A gift of the payer whose future gifts are to be the other's. */
    giftId: z.string().regex(/^gft_[a-z0-9]{1,60}$/, 'must be the id of a gift'),
    /** A gift of the donor that they are. */
    sameAsGiftId: z.string().regex(/^gft_[a-z0-9]{1,60}$/, 'must be the id of a gift'),
    /** What was verified, by what paper, and where it is. */
    evidence: plainText(500),
  })
  .refine(({ giftId, sameAsGiftId }) => giftId !== sameAsGiftId, {
    path: ['sameAsGiftId'],
    message: 'must be another gift',
  });
export type DonorLinkRequest = z.infer<typeof donorLinkRequestSchema>;

/** A payer's link as it stands; each change of it is kept beside it. Entries that were written before keep the donor that they have. */
export const donorLinkSchema = z.object({
  type: z.literal('donor-link'),
  /** The payer's own id, as entries had it before. */
  aliasId: z.string(),
  /** Whose gifts theirs are from now on. */
  donorId: z.string(),
  state: z.enum(['linked', 'unlinked']),
  version: z.number().int().min(1),
  evidence: z.string(),
  by: z.string(),
  at: instantSchema,
});
export type DonorLink = z.infer<typeof donorLinkSchema>;

/** The donor that a payer's gift is booked for. */
export const donorBehind = (payerId: string, link: DonorLink | undefined): string =>
  link?.state === 'linked' ? link.donorId : payerId;

/** What is known of two payers before they are linked: their own links, and how many others are linked to the one. */
export type Standing = {
  readonly aliasId: string;
  readonly donorId: string;
  readonly ofAlias: DonorLink | undefined;
  readonly ofDonor: DonorLink | undefined;
  readonly linkedToAlias: number;
};

/** Whether a change would make a chain, which one read could not follow, or undo what is not there. */
export function linkProblem(
  decision: DonorLinkRequest['decision'],
  { aliasId, donorId, ofAlias, ofDonor, linkedToAlias }: Standing,
): Refusal | undefined {
  if (aliasId === donorId) return refuse('same-donor', 'Both gifts are booked for one donor already.');
  const isLinked = ofAlias?.state === 'linked';
  if (decision === 'unlink')
    return isLinked && ofAlias.donorId === donorId ? undefined : refuse('not-linked', 'These two are not linked.');
  if (isLinked) return refuse('already-linked', 'This payer is linked to another donor. Unlink them first.');
  if (ofDonor?.state === 'linked')
    return refuse(
      'linked-elsewhere',
      'The second gift’s payer is linked to another donor themselves. Name a gift of that one.',
    );
  if (linkedToAlias > 0)
    return refuse('others-linked', 'Others are linked to the first gift’s payer. Swap the two gifts.');
  return undefined;
}
