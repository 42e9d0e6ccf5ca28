import * as z from 'zod';
import { LARGEST_AUDITED_TRANSACTION } from '../audit/audited-table.ts';
import { providerSchema } from '../donations/payment-event.ts';
import type { FieldProblem } from '../kernel/errors.ts';
import { donorIdOf } from '../kernel/ids.ts';
import type { Instant } from '../kernel/time.ts';
import { standingKey } from '../platform/keys.ts';
import type { MatchingPlan } from './matching-plan.ts';
import { slugSchema } from './rules/slug.ts';

/** What a charity's own list says of one donor. An entry with nothing but the donor takes them off the lists. */
const listedDonorSchema = z.strictObject({
  provider: providerSchema,
  /** The provider's account reference of the payer; hashed at once, never stored and never logged. */
  payerReference: z.string().min(1).max(128),
  /** How many people the donor has moved. */
  reach: z.number().int().min(0).max(1_000_000).optional(),
  /** In how many years the donor has given before. */
  years: z.number().int().min(0).max(100).optional(),
  /** The employers' rules on whose lists the donor stands. */
  employerRuleIds: z.array(slugSchema).max(10).optional(),
});
export type ListedDonor = z.infer<typeof listedDonorSchema>;

/** As many as one transaction takes, so that a list is stored whole or not at all; longer lists come in several calls. */
export const standingsSchema = z.strictObject({
  standings: z
    .array(listedDonorSchema)
    .min(1)
    .max(
      LARGEST_AUDITED_TRANSACTION,
      `must be at most ${LARGEST_AUDITED_TRANSACTION} in one call: send a longer list in several`,
    ),
});

/** Entries that contradict each other or the plan. Nothing here repeats a payer's reference. */
export function standingProblems(standings: readonly ListedDonor[], plan: MatchingPlan): FieldProblem[] {
  const employers = new Set(plan.rules.filter(({ kind }) => kind === 'employer').map(({ id }) => id));
  const seen = new Set<string>();
  return standings.flatMap(({ provider, payerReference, employerRuleIds = [] }, position) => {
    const isNew = seen.size < seen.add(JSON.stringify([provider, payerReference])).size;
    const unknown = employerRuleIds.flatMap((ruleId, place) => (employers.has(ruleId) ? [] : [place]));
    return [
      ...(isNew
        ? []
        : [{ field: `standings[${position}]`, problem: 'names a donor for the second time', fix: 'name each once' }]),
      ...unknown.map((place) => ({
        field: `standings[${position}].employerRuleIds[${place}]`,
        problem: 'is no employer’s rule of this campaign',
        fix: employers.size === 0 ? 'leave it out' : `send some of ${[...employers].join(', ')}`,
      })),
    ];
  });
}

/** A donor's standing as an item: the donor by the keyed hash under which their gifts stand. */
export function standingItemOf(
  { provider, payerReference, reach, years, employerRuleIds }: ListedDonor,
  about: { readonly campaignId: string; readonly donorKey: string; readonly by: string; readonly now: Instant },
) {
  const { campaignId, donorKey, by, now } = about;
  const donorId = donorIdOf(donorKey, provider, payerReference);
  const listed = { reach, years, employerRuleIds };
  return {
    ...standingKey(campaignId, donorId),
    type: 'standing',
    campaignId,
    donorId,
    ...listed,
    listedBy: by,
    listedAt: now,
  };
}
