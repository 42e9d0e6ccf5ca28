import { type Membership, membershipSchema, rolesIn } from '../access/membership.ts';
import type { Role } from '../access/role.ts';
import type { Organisation } from '../organisations/organisation.ts';
import { membersOfOrganisation } from '../platform/keys.ts';
import { everyItem, type Table } from '../platform/table.ts';

/**
 * The addresses of everybody who has one of these roles in an organisation, by a membership in it or in one above it that
 * reaches down; whoever is suspended is not written to.
 */
export async function addressesOf(
  table: Table,
  { path }: Pick<Organisation, 'path'>,
  roles: readonly Role[],
): Promise<string[]> {
  const members: Membership[] = [];
  for (const organisationId of path)
    for await (const item of everyItem(table, membersOfOrganisation(organisationId)))
      members.push(membershipSchema.parse(item));
  return [...Map.groupBy(members, ({ personId }) => personId).values()].flatMap((memberships) => {
    const held = rolesIn(memberships, path);
    const [member] = memberships;
    return member !== undefined && roles.some((role) => held.has(role)) ? [member.email] : [];
  });
}
