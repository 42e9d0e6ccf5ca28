import * as z from 'zod';
import { positiveAmountMinorSchema } from '../../kernel/money.ts';

/** What every rule of a round states: whose money it is, how much, and by which name its results know it. */
export const roundRuleFields = {
  version: z.literal(2),
  id: z.string().regex(/^[a-z0-9-]{1,40}$/, 'must be 1 to 40 lower-case letters, digits or hyphens'),
  sponsor: z.string().trim().min(1).max(120),
  poolMinor: positiveAmountMinorSchema,
} as const;
