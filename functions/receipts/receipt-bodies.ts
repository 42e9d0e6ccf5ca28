import * as z from 'zod';
import { LONGEST_PAYER_NAME } from '../donations/donation-intent.ts';
import { lineSchema } from '../kernel/plain-text.ts';
import { creditCodeSchema } from './credit-code.ts';

/** Who paid, where it is not who left their name with the order. */
export const issueBodySchema = z.strictObject({
  payer: z.strictObject({ name: lineSchema(LONGEST_PAYER_NAME), creditCode: creditCodeSchema.optional() }).optional(),
});
/** What was wrong with a receipt that is made void or reversed. */
export const mistakeBodySchema = z.strictObject({ reason: lineSchema(200) });
