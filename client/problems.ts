import * as z from 'zod';
import type { RouteContract } from '../functions/platform/contract.ts';

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

/** Status -> codes of the problems that a route can answer: those of its kind, and its own. */
export function problemCodesOf(route: RouteContract, isStaff: boolean): Readonly<Record<number, readonly string[]>> {
  const codes = new Map<number, readonly string[]>();
  for (const source of [commonProblems(route, isStaff), route.problems ?? {}]) {
    for (const [status, more] of Object.entries(source))
      codes.set(Number(status), [...new Set([...(codes.get(Number(status)) ?? []), ...more])]);
  }
  return Object.fromEntries(codes);
}

// 429 and a staff call's 401 come from the gateway, before any function.
function commonProblems(route: RouteContract, isStaff: boolean): Record<number, readonly string[]> {
  if (route.ownProblems === true) return {};
  const [body, key] = [route.body !== undefined, route.idempotencyKey !== undefined];
  return {
    ...(body || key ? { 400: [...(body ? ['not-json'] : []), ...(key ? ['bad-idempotency-key'] : [])] } : {}),
    ...(isStaff ? { 403: ['forbidden'] } : {}),
    ...(route.ifMatch === true ? { 412: ['changed-meanwhile'], 428: ['if-match-needed'] } : {}),
    ...(body ? { 413: ['body-too-large'], 422: ['invalid'] } : {}),
    503: ['unavailable'],
  };
}
