import * as z from 'zod';
import type { Instant } from '../kernel/time.ts';
import { type Membership, reachSchema } from './membership.ts';
import { type Role, roleSchema } from './role.ts';

const rolesSchema = z
  .array(roleSchema)
  .min(1)
  .refine((roles) => new Set(roles).size === roles.length, 'must name each role once');
/** RFC 5321 lets an address have 254 characters. Compared in lower case, as the user pool signs people in. */
export const emailSchema = z.email().max(254).toLowerCase();
export const personNameSchema = z.string().trim().min(1).max(60);

/** Somebody is invited into an organisation. */
export const invitationSchema = z.strictObject({
  email: emailSchema,
  name: personNameSchema,
  roles: rolesSchema,
  reach: reachSchema.default('here'),
  /** Sends the invitation mail again to who never signed in: its password is good for three days. */
  resend: z.boolean().default(false),
});
export type Invitation = z.infer<typeof invitationSchema>;

/** What of a membership is changed; what is left out stays. */
export const memberChangeSchema = z
  .strictObject({
    roles: rolesSchema.optional(),
    reach: reachSchema.optional(),
    state: z.enum(['active', 'suspended']).optional(),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), 'must change something');
export type MemberChange = z.infer<typeof memberChangeSchema>;

/** The membership that an invitation makes. */
export const invitedMembership = (
  { email, name, roles, reach }: Invitation,
  { organisationId, personId, by, now }: { organisationId: string; personId: string; by: string; now: Instant },
): Membership => ({
  type: 'membership',
  organisationId,
  personId,
  name,
  email,
  roles,
  reach,
  state: 'active',
  version: 1,
  invitedBy: by,
  createdAt: now,
  updatedAt: now,
});

/** A membership after a change, as its next version; `undefined` where it is so already. */
export function changedMembership(membership: Membership, change: MemberChange, now: Instant): Membership | undefined {
  const { roles = membership.roles, reach = membership.reach, state = membership.state } = change;
  if (sameRoles(roles, membership.roles) && reach === membership.reach && state === membership.state) return undefined;
  return { ...membership, roles, reach, state, version: membership.version + 1, updatedAt: now };
}

/** Whether an invitation asks for what stands already. */
export const isSameInvitation = (membership: Membership, { roles, reach }: Invitation): boolean =>
  sameRoles(roles, membership.roles) && reach === membership.reach;

const sameRoles = (left: readonly Role[], right: readonly Role[]): boolean =>
  left.length === right.length && left.every((role) => right.includes(role));

/** Whether somebody with this membership looks after its organisation. */
export const isActiveAdmin = ({ state, roles }: Membership): boolean => state === 'active' && roles.includes('admin');

/** A member as admins and auditors see them. */
export const memberView = (membership: Membership) => {
  const { organisationId, personId, name, email, roles, reach, state, invitedBy, createdAt, updatedAt } = membership;
  return { organisationId, personId, name, email, roles, reach, state, invitedBy, createdAt, updatedAt };
};
