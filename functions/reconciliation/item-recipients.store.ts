import { membershipSchema, rolesIn } from '../access/membership.ts';
import type { Role } from '../access/role.ts';
import type { Organisation } from '../organisations/organisation.ts';
import { membersOfOrganisation } from '../platform/keys.ts';
import { everyItem, type Table } from '../platform/table.ts';

/** The addresses of everybody with one of these roles, and of everybody whose an item is. */
export async function addressesOf(
  table: Table,
  { path }: Organisation,
  roles: readonly Role[],
  assignees: ReadonlySet<string>,
): Promise<string[]> {
  const addresses = new Set<string>();
  for (const organisationId of path)
    for await (const item of everyItem(table, membersOfOrganisation(organisationId))) {
      const member = membershipSchema.parse(item);
      const held = rolesIn([member], path);
      if (roles.some((role) => held.has(role)) || (held.size > 0 && assignees.has(member.personId)))
        addresses.add(member.email);
    }
  return [...addresses];
}
