import * as z from 'zod';
import { instantSchema } from '../kernel/time.ts';

/** Why an address is not written to: it does not exist, or whoever reads it called our mail spam. */
export const SUPPRESSION_REASONS = ['bounced', 'complained'] as const;
export type SuppressionReason = (typeof SUPPRESSION_REASONS)[number];

/** What is remembered of an address, under its keyed hash. Holds no address. */
export const suppressionSchema = z.object({
  type: z.literal('suppression'),
  /** Left out while mail to it only failed for a time. */
  reason: z.enum(SUPPRESSION_REASONS).optional(),
  suppressedAt: instantSchema.optional(),
  liftedAt: instantSchema.optional(),
  /** Mails that came back for a reason that passes, such as a full mailbox. */
  transientBounces: z.number().int().min(0),
  /** The last report that was counted: the provider may send one twice. */
  lastReport: z.string().optional(),
  version: z.number().int().min(1),
});
export type Suppression = z.infer<typeof suppressionSchema>;

/** What a provider reports of a mail that it had taken. */
export type DeliveryReport = {
  readonly reportId: string;
  readonly kind: SuppressionReason | 'bounced-for-now';
};

export const isSuppressed = (suppression: Suppression | undefined): suppression is Suppression =>
  suppression?.reason !== undefined;

/** What a report makes of what is known; `undefined` where it says nothing new. */
export function afterReport(
  known: Suppression | undefined,
  { kind, reportId }: DeliveryReport,
  now: string,
): Suppression | undefined {
  if (known?.lastReport === reportId) return undefined;
  const base = known ?? { type: 'suppression' as const, transientBounces: 0, version: 0 };
  const next = { ...base, lastReport: reportId, version: base.version + 1 };
  if (kind === 'bounced-for-now') return { ...next, transientBounces: next.transientBounces + 1 } as Suppression;
  // A complaint outweighs a bounce: it is a person's word.
  if (known?.reason === 'complained' || known?.reason === kind) return undefined;
  return { ...next, reason: kind, suppressedAt: now } as Suppression;
}

/** The address that a person wants written to again, as its owner spells it. */
export const liftingSchema = z.strictObject({ address: z.string().trim().min(3).max(254) });
