import * as z from 'zod';
import { ROLES } from '../access/role.ts';
import type { FieldProblem } from '../kernel/errors.ts';
import { type Instant, instantSchema, plusSeconds, SECONDS_PER_DAY } from '../kernel/time.ts';
import { organisationIdSchema } from '../organisations/organisation.ts';
import { personIdSchema } from './approval-route.ts';

/** Longer than a quarter is no absence but another person's office: give them the role. */
export const LONGEST_DELEGATION_DAYS = 90;

export const delegationRequestSchema = z.strictObject({
  toPersonId: personIdSchema,
  /** For what this organisation and those below it propose. */
  organisationId: organisationIdSchema,
  /** Only what is decided by these roles; left out, also what the person is listed for by name. */
  roles: z.array(z.enum(ROLES)).min(1).max(ROLES.length).optional(),
  from: instantSchema,
  /** The first moment at which it no longer holds. */
  until: instantSchema,
  reason: z.string().trim().min(1).max(200),
});
export type DelegationRequest = z.infer<typeof delegationRequestSchema>;

/** That one person decides for another for a time. Kept for ever: decisions taken by it name it. */
export const delegationSchema = z.object({
  ...delegationRequestSchema.shape,
  type: z.enum(['delegation', 'delegation-received']),
  delegationId: z.string(),
  fromPersonId: z.string(),
  createdAt: instantSchema,
  revokedAt: instantSchema.optional(),
});
export type Delegation = z.infer<typeof delegationSchema>;

/** What is wrong with a delegation before anybody is looked up; empty when nothing is. */
export function delegationProblems(request: DelegationRequest, fromPersonId: string, now: Instant): FieldProblem[] {
  const { toPersonId, from, until } = request;
  const problems: FieldProblem[] = [];
  if (toPersonId === fromPersonId)
    problems.push({ field: 'toPersonId', problem: 'is yourself', fix: 'name the colleague who decides for you' });
  if (until <= from)
    problems.push({ field: 'until', problem: 'is not after "from"', fix: 'give the moment at which it ends' });
  else if (until > plusSeconds(from, LONGEST_DELEGATION_DAYS * SECONDS_PER_DAY)) {
    problems.push({
      field: 'until',
      problem: `is more than ${LONGEST_DELEGATION_DAYS} days after "from"`,
      fix: 'delegate for a shorter time, or have the role given to your colleague',
    });
  }
  if (until <= now) problems.push({ field: 'until', problem: 'is over already', fix: 'give a moment that lies ahead' });
  return problems;
}

/** Whether a delegation holds at a moment: it has begun, has not ended, and was not taken back. */
export const isInForce = ({ from, until, revokedAt }: Delegation, now: Instant): boolean =>
  from <= now && now < until && (revokedAt === undefined || now < revokedAt);
