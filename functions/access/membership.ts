import * as z from 'zod';
import { instantSchema } from '../kernel/time.ts';
import { ROLES, type Role, roleSchema } from './role.ts';

/** Where a membership counts: in its own organisation only, or in everything below it too. */
export const REACHES = ['here', 'and-below'] as const;
export const reachSchema = z.enum(REACHES);
export type Reach = (typeof REACHES)[number];

/**
 * A person's place in one organisation. It stands under the person, by whom a call is checked, and as a copy (type `member`)
 * under the organisation, which lists it; both are always written together.
 */
export const membershipSchema = z.object({
  type: z.enum(['membership', 'member']),
  organisationId: z.string(),
  /** The `sub` of the user pool. */
  personId: z.string().min(1),
  name: z.string(),
  /** Where the person is written to; never logged. */
  email: z.string(),
  roles: z.array(roleSchema).min(1).max(ROLES.length),
  reach: reachSchema,
  state: z.enum(['active', 'suspended']),
  /** Number of changes so far; guards every further one. */
  version: z.number().int().min(1),
  invitedBy: z.string(),
  createdAt: instantSchema,
  updatedAt: instantSchema,
});
export type Membership = z.infer<typeof membershipSchema>;

/** The roles that somebody's memberships give in an organisation, by its path from the root down to itself. */
export function rolesIn(memberships: readonly Membership[], path: readonly string[]): ReadonlySet<Role> {
  const here = path.at(-1);
  const counting = memberships.filter(
    ({ organisationId, reach, state }) =>
      state === 'active' && (organisationId === here || (reach === 'and-below' && path.includes(organisationId))),
  );
  return new Set(counting.flatMap(({ roles }) => roles));
}
