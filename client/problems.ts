import * as z from 'zod';

/** An RFC 9457 problem document as every route answers it. */
export const problemSchema = z
  .object({
    type: z.string(),
    /** Stable: programs compare it. */
    title: z.string(),
    status: z.number().int(),
    /** For people. */
    detail: z.string(),
    /** Every wrong field at once. */
    problems: z
      .array(
        z.object({
          field: z.string(),
          problem: z.string(),
          fix: z.string(),
          rule: z.string().optional().describe('The law or the contract that asks for it'),
        }),
      )
      .optional(),
  })
  .describe('What went wrong, as RFC 9457 describes it. `title` is stable, `detail` is for people.');
export type Problem = z.infer<typeof problemSchema>;

export const PROBLEM_TYPE = 'application/problem+json';

/** What a call can answer apart from its own, by what it takes. */
export type Takes = {
  readonly isStaff: boolean;
  readonly body: boolean;
  readonly ifMatch: boolean;
  readonly key: boolean;
};

/** Status -> codes that every route of this kind knows. 429 and a staff call's 401 come from the gateway, before any function. */
export function commonProblems({ isStaff, body, ifMatch, key }: Takes): Record<number, readonly string[]> {
  return {
    ...(body || key ? { 400: [...(body ? ['not-json'] : []), ...(key ? ['bad-idempotency-key'] : [])] } : {}),
    ...(isStaff ? { 403: ['forbidden'] } : {}),
    ...(ifMatch ? { 412: ['changed-meanwhile'], 428: ['if-match-needed'] } : {}),
    ...(body ? { 413: ['body-too-large'], 422: ['invalid'] } : {}),
    503: ['unavailable'],
  };
}
