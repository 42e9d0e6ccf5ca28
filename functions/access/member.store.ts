import { PermanentError, type Refusal, refuse, TransientError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { membershipKey, membersOfOrganisation, organisationKey } from '../platform/keys.ts';
import { everyItem, type Table, type TransactWrite } from '../platform/table.ts';
import {
  changedMembership,
  type Invitation,
  invitedMembership,
  isActiveAdmin,
  isSameInvitation,
  type MemberChange,
} from './member.ts';
import { membershipPuts } from './membership.store.ts';
import { type Membership, membershipSchema } from './membership.ts';

/** Members on one page. */
const PAGE_SIZE = 50;

/** A page of an organisation's members in order of their ids, after one; `next` is the last of them where there are more. */
export async function membersOf(
  table: Table,
  organisationId: string,
  after?: string,
): Promise<{ readonly members: readonly Membership[]; readonly next: string | undefined }> {
  // One more than a page tells whether there is another; the one after which it begins may be among them.
  const { items } = await table.query(membersOfOrganisation(organisationId, after), { limit: PAGE_SIZE + 2 });
  const found = items.map((item) => membershipSchema.parse(item)).filter(({ personId }) => personId !== after);
  const members = found.slice(0, PAGE_SIZE);
  return { members, next: found.length > PAGE_SIZE ? members.at(-1)?.personId : undefined };
}

/** Every member of an organisation, suspended ones included: for whoever has to write to some of them. */
export async function everyMemberOf(table: Table, organisationId: string): Promise<Membership[]> {
  const members: Membership[] = [];
  for await (const item of everyItem(table, membersOfOrganisation(organisationId)))
    members.push(membershipSchema.parse(item));
  return members;
}

export async function findMember(
  table: Table,
  organisationId: string,
  personId: string,
): Promise<Membership | undefined> {
  const item = await table.get(membershipKey(personId, organisationId));
  return item === undefined ? undefined : membershipSchema.parse(item);
}

export type Added = { readonly kind: 'added' | 'already-there'; readonly membership: Membership };

/** Makes somebody a member, once: the same invitation again finds what stands. */
export async function addMember(
  table: Table,
  invitation: Invitation,
  about: { organisationId: string; personId: string; by: string; now: Instant },
): Promise<Added | Refusal> {
  const membership = invitedMembership(invitation, about);
  const outcome = await table.transact(membershipPuts(membership, { absent: true }));
  if (outcome.kind === 'committed') return { kind: 'added', membership };
  const standing = await findMember(table, about.organisationId, about.personId);
  if (standing === undefined) throw new TransientError('the member could not be added just now');
  if (isSameInvitation(standing, invitation)) return { kind: 'already-there', membership: standing };
  return refuse('already-member', 'This person is a member already, with other roles. Change the membership instead.');
}

export type Changed = { readonly kind: 'changed' | 'as-it-was'; readonly membership: Membership };

/**
 * Changes a membership as it was read. Throws TransientError where it, or who else is admin, changed meanwhile: whoever reads it
 * again sees what is new.
 */
export async function changeMember(
  table: Table,
  membership: Membership,
  change: MemberChange,
  now: Instant,
): Promise<Changed | Refusal> {
  const changed = changedMembership(membership, change, now);
  if (changed === undefined) return { kind: 'as-it-was', membership };
  const writes: TransactWrite[] = [...membershipPuts(changed, { equals: { version: membership.version } })];
  if (isActiveAdmin(membership) && !isActiveAdmin(changed)) {
    const guard = await withoutAnAdmin(table, membership);
    if ('kind' in guard) return guard;
    writes.push(...guard);
  }
  const outcome = await table.transact(writes);
  if (outcome.kind === 'committed') return { kind: 'changed', membership: changed };
  throw new TransientError('the membership changed meanwhile');
}

/**
 * What has to be written with the change that takes an admin from an organisation. The root of a tree keeps one: nobody above
 * could give it another. Two admins who take the role from each other at once both count the other, so each counts up on
 * the organisation what it read, and the second is refused by that.
 */
async function withoutAnAdmin(
  table: Table,
  { organisationId, personId }: Membership,
): Promise<readonly TransactWrite[] | Refusal> {
  const organisation = await findOrganisation(table, organisationId);
  if (organisation === undefined) throw new PermanentError(`there is no organisation ${organisationId}`);
  if (organisation.parentId !== undefined) return [];
  const members = await everyMemberOf(table, organisationId);
  if (!members.some((member) => member.personId !== personId && isActiveAdmin(member)))
    return refuse('last-admin', 'This is the last admin at the top of the tree. Make somebody else admin first.');
  const guard = { equals: { adminRemovals: organisation.adminRemovals ?? null } };
  return [{ update: organisationKey(organisationId), add: { adminRemovals: 1 }, when: guard }];
}
