import { membershipsOf } from '../access/membership.store.ts';
import { type Membership, membershipSchema } from '../access/membership.ts';
import { organisationSchema } from '../organisations/organisation.ts';
import { membersOfOrganisation, organisationKey } from '../platform/keys.ts';
import { everyItem, readMany, type Table } from '../platform/table.ts';
import type { Who } from './approval-route.ts';
import { type Ground, type HeldMembership, isAmong, type Person, pathOf } from './entitlement.ts';

/** A person as approvals need them: what they may do, and how to write to them. */
export type KnownPerson = Person & {
  /** Absent for somebody who was never a member. */
  readonly name?: string;
  /** Absent where no membership is active: whoever has left is not written to. */
  readonly email?: string;
};

/** People by id, with all their memberships and where in the tree these are. Somebody unknown has none. */
export async function readPeople(table: Table, personIds: readonly string[]): Promise<KnownPerson[]> {
  const lists = await Promise.all(
    [...new Set(personIds)].map(async (id) => [id, await membershipsOf(table, id)] as const),
  );
  const paths = await pathsOf(
    table,
    new Set(lists.flatMap(([, held]) => held.map(({ organisationId }) => organisationId))),
  );
  return lists.map(([id, held]) => knownPerson(id, held, (organisationId) => paths.get(organisationId)));
}

export async function readPerson(table: Table, personId: string): Promise<KnownPerson> {
  const [person] = await readPeople(table, [personId]);
  return person ?? { personId, memberships: [] };
}

/** Everybody whom a step or an escalation names: those listed, or the members of the organisations on the way up to its root. */
export async function peopleAmong(table: Table, ground: Ground, who: Who): Promise<KnownPerson[]> {
  if ('personIds' in who) return readPeople(table, who.personIds);
  const path = pathOf(ground, who);
  const members = (await Promise.all(path.map((organisationId) => membersOf(table, organisationId)))).flat();
  const byPerson = Map.groupBy(members, ({ personId }) => personId);
  const pathTo = (organisationId: string) => path.slice(0, path.indexOf(organisationId) + 1);
  return [...byPerson]
    .map(([personId, held]) => knownPerson(personId, held, pathTo))
    .filter((person) => isAmong(ground, who, person));
}

async function membersOf(table: Table, organisationId: string): Promise<Membership[]> {
  const members: Membership[] = [];
  for await (const item of everyItem(table, membersOfOrganisation(organisationId)))
    members.push(membershipSchema.parse(item));
  return members;
}

async function pathsOf(
  table: Table,
  organisationIds: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const items = await readMany(table, [...organisationIds].map(organisationKey));
  return new Map(
    items.map((item) => organisationSchema.parse(item)).map(({ organisationId, path }) => [organisationId, path]),
  );
}

function knownPerson(
  personId: string,
  held: readonly Membership[],
  pathTo: (organisationId: string) => readonly string[] | undefined,
): KnownPerson {
  const memberships = held.flatMap(({ organisationId, roles, reach, state }): HeldMembership[] => {
    const path = pathTo(organisationId);
    return path === undefined ? [] : [{ path, roles, reach, isActive: state === 'active' }];
  });
  const name = held[0]?.name;
  const email = held.find(({ state }) => state === 'active')?.email;
  return { personId, memberships, ...(name === undefined ? {} : { name }), ...(email === undefined ? {} : { email }) };
}
