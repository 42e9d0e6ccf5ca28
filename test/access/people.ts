import { membershipPuts } from '../../functions/access/membership.store.ts';
import type { Membership } from '../../functions/access/membership.ts';
import { ROLES, type Role } from '../../functions/access/role.ts';
import { instantSchema } from '../../functions/kernel/time.ts';
import { organisationKey } from '../../functions/platform/keys.ts';
import type { Put, Table } from '../../functions/platform/table.ts';

/** The top of the tree in tests: its people work in everything below it. */
export const ROOT = 'sichuan';
const CREATED_AT = instantSchema.parse('2026-01-01T00:00:00.000Z');

/** An organisation under the given ones, the root of them first. */
export function organisationPut(path: readonly string[], name: string): Put {
  const organisationId = path.at(-1) ?? '';
  const parentId = path.at(-2);
  return {
    put: {
      ...organisationKey(organisationId),
      type: 'organisation',
      organisationId,
      name,
      ...(parentId === undefined ? {} : { parentId }),
      path,
      createdAt: CREATED_AT,
    },
  };
}

/** Somebody's membership, active and with everything below unless said otherwise. */
export const membershipOf = (
  personId: string,
  organisationId: string,
  roles: readonly Role[],
  changes: Partial<Membership> = {},
): Membership => ({
  type: 'membership',
  organisationId,
  personId,
  name: personId,
  email: `${personId}@example.org`,
  roles: [...roles],
  reach: 'and-below',
  state: 'active',
  version: 1,
  invitedBy: 'operator',
  createdAt: CREATED_AT,
  updatedAt: CREATED_AT,
  ...changes,
});

/** Everybody who acts in tests and stories, and the roles that they have at the top of the tree. */
const PEOPLE: Readonly<Record<string, readonly Role[]>> = {
  'admin-zhao': ['admin'],
  'manager-li': ['manager', 'approver'],
  'manager-wu': ['manager'],
  'manager-zhou': ['manager'],
  'approver-wang': ['approver'],
  'approver-sun': ['approver'],
  'approver-he': ['approver'],
  'finance-chen': ['finance'],
  'finance-li': ['finance'],
  'auditor-sun': ['auditor'],
};

/** Puts the top of the tree with its people, straight into the table. */
export async function putPeople(table: Table): Promise<void> {
  await table.write(organisationPut([ROOT], '四川省红十字会'));
  for (const [personId, roles] of Object.entries(PEOPLE))
    await putMembership(table, membershipOf(personId, ROOT, roles));
}

/** Puts one membership, straight into the table. */
export async function putMembership(table: Table, membership: Membership): Promise<void> {
  for (const put of membershipPuts(membership, undefined)) await table.write(put);
}

/** Everybody's roles, for tests that put others. */
export const EVERY_ROLE: readonly Role[] = ROLES;
