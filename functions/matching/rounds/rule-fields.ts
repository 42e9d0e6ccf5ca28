import * as z from 'zod';
import { positiveAmountMinorSchema } from '../../kernel/money.ts';
import { slugSchema, sponsorSchema } from '../rules/slug.ts';

/** What every rule of a round states: whose money it is, how much, and by which name its results know it. */
export const roundRuleFields = {
  version: z.literal(2),
  id: slugSchema,
  sponsor: sponsorSchema,
  poolMinor: positiveAmountMinorSchema,
} as const;
