import * as z from 'zod';

/**
 * Rule R1: 1 and 1 is "yuan for yuan", 1 and 2 is half. Whole numbers, so that nothing is rounded but the result. Zero is
 * refused: a rule that gives nothing is no rule.
 */
export const ratioShape = {
  numerator: z.number().int().min(1, 'must be at least 1: a ratio of 0 would give nothing').max(1000),
  denominator: z.number().int().min(1, 'must be at least 1').max(1000),
} as const;
