import type { Instant } from '../kernel/time.ts';
import type { Actor } from '../platform/http.ts';
import { approvalIndexKey, approvalsWaiting } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import { type Approval, approvalSchema } from './approval.ts';
import { canDecide } from './deciding.ts';
import { type DecidesAs, decidersOf } from './delegation.store.ts';

/** Looked at for one page. An approval is some 4 KB: 100 are under half of what DynamoDB reads at once. */
const LOOKED_AT = 100;

/** Something that waits for one person. */
export type Waiting = {
  readonly approval: Approval;
  /** Whether they may decide it for themselves. */
  readonly forSelf: boolean;
  /** Those for whom they may decide it. */
  readonly onBehalfOf: readonly { readonly personId: string; readonly name: string | null }[];
};
/** Where a page begins: a root of a tree, and a position in what waits there. */
export type Place = { readonly rootId: string; readonly position: string };
export type Inbox = { readonly waiting: readonly Waiting[]; readonly next: Place | undefined };

/**
 * What waits for a person in every tree they belong to, oldest first, one page: by role, by name or by delegation. A page
 * looks at a hundred approvals of one tree, so that it may hold few, or none, and not be the last.
 */
export async function inboxOf(table: Table, actor: Actor, after: Place | undefined, now: Instant): Promise<Inbox> {
  const deciders = await decidersOf(table, actor, now);
  const roots = rootsOf(deciders).filter((rootId) => after === undefined || rootId >= after.rootId);
  const [rootId, following] = roots;
  if (rootId === undefined) return { waiting: [], next: undefined };
  const from = after?.rootId === rootId ? after.position : undefined;
  const page = await table.query(approvalsWaiting(rootId, from), { limit: LOOKED_AT + 1 });
  const approvals = page.items.map((item) => approvalSchema.parse(item));
  const beyond = approvals[LOOKED_AT];
  const next =
    beyond === undefined
      ? following === undefined
        ? undefined
        : { rootId: following, position: '' }
      : { rootId, position: approvalIndexKey(rootId, beyond).indexSk };
  const waiting = approvals.slice(0, LOOKED_AT).flatMap((approval) => waitingOf(approval, deciders, now));
  return { waiting, next };
}

function waitingOf(approval: Approval, deciders: readonly DecidesAs[], now: Instant): Waiting[] {
  const able = deciders.filter((decider) => canDecide(approval, decider, now));
  if (able.length === 0) return [];
  const others = able.flatMap(({ for: other }) => (other === undefined ? [] : [other.person]));
  const byId = new Map(others.map(({ personId, name }) => [personId, { personId, name: name ?? null }]));
  return [{ approval, forSelf: able.some((decider) => decider.for === undefined), onBehalfOf: [...byId.values()] }];
}

function rootsOf(deciders: readonly DecidesAs[]): string[] {
  const memberships = deciders.flatMap(({ person }) => person.memberships.filter(({ isActive }) => isActive));
  return [...new Set(memberships.flatMap(({ path }) => path[0] ?? []))].sort();
}
