import type { Role } from '../access/role.ts';
import { type Instant, plusSeconds, SECONDS_PER_HOUR } from '../kernel/time.ts';
import type { Approval, ApprovalStep } from './approval.ts';
import type { Who } from './approval-route.ts';
import { type Delegation, isInForce } from './delegation.ts';

/** What a person may do in one organisation, with where that organisation stands in the tree. */
export type HeldMembership = {
  /** From the root down to and including the organisation. */
  readonly path: readonly string[];
  readonly roles: readonly Role[];
  /** Whether it also holds for the organisations below. */
  readonly reach: 'here' | 'and-below';
  readonly isActive: boolean;
};
export type Person = { readonly personId: string; readonly memberships: readonly HeldMembership[] };

/** Who decides: a person for themselves, or for another who delegated it to them. */
export type Decider = { readonly person: Person; readonly for?: { readonly person: Person; readonly by: Delegation } };

/** Where something is decided: the campaign's organisation from the root down, and whose route it is. */
export type Ground = Pick<Approval, 'organisationPath' | 'route'>;

/** The person whose right is used. */
export const principalOf = ({ person, for: other }: Decider): Person => other?.person ?? person;

/** Whether the people of a step's escalation may decide it by now. By the clock alone, so that no workflow has to have noticed. */
export function isEscalated({ begunAt, escalateAfterHours }: ApprovalStep, now: Instant): boolean {
  if (begunAt === undefined || escalateAfterHours === undefined) return false;
  return now >= plusSeconds(begunAt, escalateAfterHours * SECONDS_PER_HOUR);
}

/** Everybody who may decide a step at a moment. */
export function whoDecides(step: ApprovalStep, now: Instant): readonly Who[] {
  return step.escalateTo !== undefined && isEscalated(step, now) ? [step.who, step.escalateTo] : [step.who];
}

/** Whether somebody may decide a step at a moment, as far as roles, lists and delegations go; own proposals are another matter. */
export const isEntitled = (approval: Approval, step: ApprovalStep, decider: Decider, now: Instant): boolean =>
  isOneOf(approval, whoDecides(step, now), decider, now);

/** Whether somebody is among these people, or decides for one of them by a delegation that holds. */
export function isOneOf(ground: Ground, whos: readonly Who[], decider: Decider, now: Instant): boolean {
  const { person, for: other } = decider;
  if (!isMemberOfTree(ground, person)) return false;
  if (other === undefined) return whos.some((who) => isAmong(ground, who, person));
  if (!holds(ground, other.by, { from: other.person.personId, to: person.personId }, now)) return false;
  return whos.some(
    (who) => isDelegated(other.by, who) && isMemberOfTree(ground, other.person) && isAmong(ground, who, other.person),
  );
}

/**
 * Whether somebody may give back what waits, though the step waits for others: an admin of the campaign's organisation, for
 * themselves. So nothing waits for thirty days for people who have left; and nobody gets anything approved by it.
 */
export function mayGiveBack(approval: Approval, { person, for: other }: Decider): boolean {
  return other === undefined && isAmong(approval, { role: 'admin', of: 'campaign' }, person);
}

/** Whether somebody has a right to any step, whatever step it is at: such a person may hear how it stands. */
export function isConcerned(approval: Approval, decider: Decider, now: Instant): boolean {
  return mayGiveBack(approval, decider) || approval.steps.some((step) => isEntitled(approval, step, decider, now));
}

/** Whether a person is among those whom a step or an escalation names. */
export function isAmong(ground: Ground, who: Who, { personId, memberships }: Person): boolean {
  if ('personIds' in who) return who.personIds.includes(personId);
  const path = pathOf(ground, who);
  return memberships.some((membership) => membership.roles.includes(who.role) && reaches(membership, path));
}

/** The organisation for which a role must be held, as its path from the root. */
export function pathOf({ organisationPath, route }: Ground, who: Extract<Who, { role: Role }>): readonly string[] {
  if (who.of === 'campaign' || route.organisationId === null) return organisationPath;
  return organisationPath.slice(0, organisationPath.indexOf(route.organisationId) + 1);
}

/** Whether a membership holds for the organisation at the end of a path. */
export function reaches({ path, reach, isActive }: HeldMembership, target: readonly string[]): boolean {
  const organisationId = path.at(-1);
  if (!isActive || organisationId === undefined) return false;
  return organisationId === target.at(-1) || (reach === 'and-below' && target.includes(organisationId));
}

// Whoever has left or is suspended everywhere decides nothing, listed by name or not.
const isMemberOfTree = ({ organisationPath }: Ground, { memberships }: Person): boolean =>
  memberships.some(({ isActive, path }) => isActive && path[0] === organisationPath[0]);

function holds(
  { organisationPath }: Ground,
  delegation: Delegation,
  { from, to }: { readonly from: string; readonly to: string },
  now: Instant,
): boolean {
  const { fromPersonId, toPersonId, organisationId } = delegation;
  const isTheirs = fromPersonId === from && toPersonId === to;
  return isTheirs && isInForce(delegation, now) && organisationPath.includes(organisationId);
}

const isDelegated = ({ roles }: Delegation, who: Who): boolean =>
  roles === undefined || ('role' in who && roles.includes(who.role));
