import { type Refusal, refuse, TransientError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import type { Actor } from '../platform/http.ts';
import { delegatedKey, delegationKey, delegationsBy, delegationsTo, type Question } from '../platform/keys.ts';
import { everyItem, type Table } from '../platform/table.ts';
import { type Delegation, delegationSchema, isInForce } from './delegation.ts';
import type { Decider } from './entitlement.ts';
import { type KnownPerson, readPeople, readPerson } from './people.store.ts';

/** Colleagues that one person can have decide for them at once: more would be a way to hand out an office. */
export const MOST_DELEGATIONS = 10;

async function delegationsIn(table: Table, question: Question): Promise<Delegation[]> {
  const delegations: Delegation[] = [];
  for await (const item of everyItem(table, question, 100)) delegations.push(delegationSchema.parse(item));
  return delegations;
}

/** What a person has delegated, ended and revoked ones included. */
export const delegationsFrom = (table: Table, personId: string): Promise<Delegation[]> =>
  delegationsIn(table, delegationsBy(personId));

/** What was delegated to a person, likewise. */
export const delegationsGivenTo = (table: Table, personId: string): Promise<Delegation[]> =>
  delegationsIn(table, delegationsTo(personId));

export type DelegateOutcome =
  | { readonly kind: 'delegated'; readonly delegation: Delegation }
  | { readonly kind: 'already-delegated'; readonly delegation: Delegation }
  | Refusal;

/** Writes a delegation and its copy under the other person, once for each id. */
export async function keepDelegation(table: Table, delegation: Delegation, now: Instant): Promise<DelegateOutcome> {
  const { fromPersonId, toPersonId, delegationId } = delegation;
  const key = delegationKey(fromPersonId, delegationId);
  const existing = await table.get(key);
  if (existing !== undefined) return repeated(delegationSchema.parse(existing), delegation);
  const open = (await delegationsFrom(table, fromPersonId)).filter(
    ({ until, revokedAt }) => now < until && revokedAt === undefined,
  );
  if (open.length >= MOST_DELEGATIONS)
    return refuse('too-many-delegations', `You have ${open.length} delegations already: revoke one first.`);
  const outcome = await table.transact([
    { put: { ...key, ...delegation }, when: { absent: true } },
    { put: { ...delegatedKey(toPersonId, delegationId), ...delegation, type: 'delegation-received' } },
  ]);
  if (outcome.kind === 'committed') return { kind: 'delegated', delegation };
  const standing = await table.get(key);
  return standing === undefined
    ? refuse('try-again', 'The delegation could not be written just now. Try again.')
    : repeated(delegationSchema.parse(standing), delegation);
}

function repeated(standing: Delegation, asked: Delegation): DelegateOutcome {
  const isSame = (['toPersonId', 'organisationId', 'from', 'until', 'reason'] as const).every(
    (field) => standing[field] === asked[field],
  );
  return isSame
    ? { kind: 'already-delegated', delegation: standing }
    : refuse('idempotency-key-reused', 'This Idempotency-Key belongs to another delegation. Use a new one.');
}

/** Takes a delegation back from now on; revoked twice it is revoked once. Throws TransientError where it still stands. */
export async function revokeDelegation(table: Table, delegation: Delegation, now: Instant): Promise<Delegation> {
  if (delegation.revokedAt !== undefined) return delegation;
  const key = delegationKey(delegation.fromPersonId, delegation.delegationId);
  const outcome = await table.transact([
    { update: key, set: { revokedAt: now }, when: { equals: { type: 'delegation', revokedAt: null } } },
    { update: delegatedKey(delegation.toPersonId, delegation.delegationId), set: { revokedAt: now } },
  ]);
  const standing = delegationSchema.parse(await table.get(key));
  // Refused because it is revoked already, it is; refused for anything else, the deputy still decides, and must not be thought gone.
  if (outcome.kind !== 'committed' && standing.revokedAt === undefined)
    throw new TransientError('the delegation could not be revoked just now');
  return standing;
}

/** A person for themselves, and for everybody who has delegated to them by now. */
export async function decidersOf(table: Table, actor: Actor, now: Instant): Promise<DecidesAs[]> {
  const person = inToken(await readPerson(table, actor.id), actor);
  const given = (await delegationsGivenTo(table, person.personId)).filter((delegation) => isInForce(delegation, now));
  const others = await readPeople(
    table,
    given.map(({ fromPersonId }) => fromPersonId),
  );
  const byId = new Map(others.map((other) => [other.personId, other]));
  return [
    { person },
    ...given.flatMap((by): DecidesAs[] => {
      const other = byId.get(by.fromPersonId);
      return other === undefined ? [] : [{ person, for: { person: other, by } }];
    }),
  ];
}
export type DecidesAs = Omit<Decider, 'for'> & {
  readonly for?: { readonly person: KnownPerson; readonly by: Delegation };
};

/**
 * The caller as who decides: for themselves, or for another once for each delegation in force; nobody where there is none.
 * Their own roles count as far as the token has them too, as everywhere (access/standing.store.ts).
 */
export async function decidersFor(
  table: Table,
  actor: Actor,
  onBehalfOf: string | undefined,
  now: Instant,
): Promise<readonly Decider[]> {
  const person = inToken(await readPerson(table, actor.id), actor);
  if (onBehalfOf === undefined) return [{ person }];
  const given = await delegationsGivenTo(table, actor.id);
  const theirs = given.filter((delegation) => delegation.fromPersonId === onBehalfOf && isInForce(delegation, now));
  const other = await readPerson(table, onBehalfOf);
  return theirs.map((by) => ({ person, for: { person: other, by } }));
}

const inToken = (person: KnownPerson, { groups }: Actor): KnownPerson => ({
  ...person,
  memberships: person.memberships.map((membership) => ({
    ...membership,
    roles: membership.roles.filter((role) => groups.includes(role)),
  })),
});
