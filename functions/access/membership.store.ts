import { memberKey, membershipKey, membershipsOfPerson } from '../platform/keys.ts';
import { everyItem, type Put, type Table } from '../platform/table.ts';
import { type Membership, membershipSchema } from './membership.ts';

/** A person's memberships, suspended ones included. Consistent: a suspension counts from the next call on. */
export async function membershipsOf(table: Table, personId: string): Promise<Membership[]> {
  const memberships: Membership[] = [];
  for await (const item of everyItem(table, membershipsOfPerson(personId)))
    memberships.push(membershipSchema.parse(item));
  return memberships;
}

/** A membership and its copy, to be written in one transaction. The guard of a change is on the membership. */
export function membershipPuts(membership: Membership, when: Put['when']): readonly [Put, Put] {
  const { personId, organisationId } = membership;
  const put = { ...membershipKey(personId, organisationId), ...membership, type: 'membership' };
  const copy = { ...memberKey(organisationId, personId), ...membership, type: 'member' };
  return [when === undefined ? { put } : { put, when }, { put: copy }];
}
