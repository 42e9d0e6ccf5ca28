import { findOrganisation } from '../organisations/organisation.store.ts';
import { type Actor, FORBIDDEN, type HttpAnswer } from '../platform/http.ts';
import type { Table } from '../platform/table.ts';
import { membershipsOf } from './membership.store.ts';
import { type Membership, rolesIn } from './membership.ts';
import type { Role } from './role.ts';

/** What a caller may do, asked of their memberships as they stand now. */
export type Standing = {
  /**
   * The answer for a caller who has none of the roles (those of the route unless others are given) in the organisation;
   * `undefined` lets the call pass. What belongs to no organisation, because it does not exist, is refused alike.
   */
  refuse(organisationId: string | undefined, roles?: readonly Role[]): Promise<HttpAnswer | undefined>;
  /** The same for what belongs to no organisation: anybody passes who has one of the route's roles anywhere. */
  refuseStranger(): Promise<HttpAnswer | undefined>;
  /**
   * Lets a call pass by a rule that is not about the caller's own roles there (listed by name, deciding for another), and says
   * whose audit trail it is written to. For handlers that have asked that rule themselves.
   */
  admit(organisationId: string): void;
  /** The caller's memberships that are not suspended: for lists of what is theirs. */
  memberships(): Promise<readonly Membership[]>;
  /** The first organisation for which the call was let pass: whose audit trail it is written to. */
  readonly organisationId: string | undefined;
  /** Whether `refuse`, `refuseStranger`, `admit` or `memberships` was called. */
  readonly wasAsked: boolean;
  /** Whether the caller has none of the route's roles anywhere. */
  isStranger(): Promise<boolean>;
};

/**
 * A role counts where both a membership and the token have it. The membership decides, and is read now; the token is an
 * hour old at most, and a second lock: whoever can write the table alone lets nobody in.
 */
export function standingOf(table: Table, actor: Actor, routeRoles: readonly Role[]): Standing {
  let reading: Promise<Membership[]> | undefined;
  const all = (): Promise<Membership[]> => {
    reading ??= membershipsOf(table, actor.id);
    return reading;
  };
  const isInToken = (role: Role): boolean => actor.groups.includes(role);
  async function isStranger(): Promise<boolean> {
    if (!routeRoles.some(isInToken)) return true;
    const active = (await all()).filter(({ state }) => state === 'active');
    return !active.some(({ roles }) => roles.some((role) => routeRoles.includes(role) && isInToken(role)));
  }
  let passed: string | undefined;
  let wasAsked = false;

  return {
    async refuse(organisationId, roles = routeRoles) {
      wasAsked = true;
      if (organisationId === undefined || !roles.some(isInToken)) return FORBIDDEN;
      const [memberships, organisation] = await Promise.all([all(), findOrganisation(table, organisationId)]);
      if (organisation === undefined) return FORBIDDEN;
      const held = rolesIn(memberships, organisation.path);
      if (!roles.some((role) => held.has(role) && isInToken(role))) return FORBIDDEN;
      passed ??= organisationId;
      return undefined;
    },
    async refuseStranger() {
      wasAsked = true;
      return (await isStranger()) ? FORBIDDEN : undefined;
    },
    isStranger,
    admit(organisationId) {
      wasAsked = true;
      passed ??= organisationId;
    },
    async memberships() {
      wasAsked = true;
      return (await all()).filter(({ state }) => state === 'active');
    },
    get organisationId() {
      return passed;
    },
    get wasAsked() {
      return wasAsked;
    },
  };
}
