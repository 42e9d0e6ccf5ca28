import type { Instant } from '../kernel/time.ts';
import type { Actor } from '../platform/http.ts';
import { approvalIndexKey, approvalsWaiting, confirmationIndexKey, confirmationsWaiting } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import { type Approval, approvalSchema } from './approval.ts';
import { type Confirmation, confirmationSchema, waitsFor } from './confirmation.ts';
import { canDecide } from './deciding.ts';
import { type DecidesAs, decidersOf } from './delegation.store.ts';

/** Looked at for one page. An approval is some 4 KB: 100 are under half of what DynamoDB reads at once. */
const LOOKED_AT = 100;

/** For whom somebody may decide what waits: themselves, and those who have delegated it to them. */
export type ForWhom = {
  readonly forSelf: boolean;
  readonly onBehalfOf: readonly { readonly personId: string; readonly name: string | null }[];
};
/** Something that waits for one person. */
export type Waiting = ForWhom & { readonly approval: Approval };
/** An entry of a book that waits for one person as the second one. */
export type WaitingConfirmation = ForWhom & { readonly confirmation: Confirmation };

/** What an inbox is made of, tree by tree: approvals first, then what waits for a second person. */
const STRETCHES = ['approvals', 'confirmations'] as const;
type Stretch = (typeof STRETCHES)[number];
/** Where a page begins: a stretch of a tree, and a position in what waits there. */
export type Place = { readonly rootId: string; readonly stretch: Stretch; readonly position: string };
export type Inbox = {
  readonly waiting: readonly Waiting[];
  readonly confirmations: readonly WaitingConfirmation[];
  readonly next: Place | undefined;
};

/**
 * What waits for a person in every tree they belong to, oldest first in each stretch, one page: by role, by name or by delegation.
 * A page looks at a hundred things, so that it may hold few, or none, and not be the last.
 */
export async function inboxOf(table: Table, actor: Actor, after: Place | undefined, now: Instant): Promise<Inbox> {
  const deciders = await decidersOf(table, actor, now);
  const waiting: Waiting[] = [];
  const confirmations: WaitingConfirmation[] = [];
  let room = LOOKED_AT;
  for (const place of placesFrom(deciders, after)) {
    if (room === 0) return { waiting, confirmations, next: place };
    const found = await lookAt(table, place, room);
    room -= found.items.length;
    for (const item of found.items)
      if (item.type === 'approval')
        waiting.push(
          ...ableFor(deciders, (decider) => canDecide(item, decider, now)).map((who) => ({ approval: item, ...who })),
        );
      else
        confirmations.push(
          ...ableFor(deciders, (decider) => waitsFor(item, decider, now)).map((who) => ({
            confirmation: item,
            ...who,
          })),
        );
    if (found.beyond !== undefined) return { waiting, confirmations, next: { ...place, position: found.beyond } };
  }
  return { waiting, confirmations, next: undefined };
}

/** Every stretch of every tree in order, from a place on. */
function placesFrom(deciders: readonly DecidesAs[], after: Place | undefined): Place[] {
  const places = rootsOf(deciders).flatMap((rootId) =>
    STRETCHES.map((stretch): Place => ({ rootId, stretch, position: '' })),
  );
  if (after === undefined) return places;
  const order = ({ rootId, stretch }: Place): string => `${rootId} ${STRETCHES.indexOf(stretch)}`;
  return places
    .filter((place) => order(place) >= order(after))
    .map((place) => (order(place) === order(after) ? after : place));
}

type Looked = {
  readonly items: readonly (Approval | Confirmation)[];
  /** The position of the first that was not looked at. */
  readonly beyond: string | undefined;
};

async function lookAt(table: Table, { rootId, stretch, position }: Place, room: number): Promise<Looked> {
  const from = position === '' ? undefined : position;
  const limit = { limit: room + 1 };
  if (stretch === 'approvals') {
    const page = await table.query(approvalsWaiting(rootId, from), limit);
    const all = page.items.map((item) => approvalSchema.parse(item));
    const beyond = all[room];
    return {
      items: all.slice(0, room),
      beyond: beyond === undefined ? undefined : approvalIndexKey(rootId, beyond).indexSk,
    };
  }
  const page = await table.query(confirmationsWaiting(rootId, from), limit);
  const all = page.items.map((item) => confirmationSchema.parse(item));
  const beyond = all[room];
  return {
    items: all.slice(0, room),
    beyond: beyond === undefined ? undefined : confirmationIndexKey(rootId, beyond).indexSk,
  };
}

/** For whom of these something can be decided; empty where for nobody. */
function ableFor(deciders: readonly DecidesAs[], isAble: (decider: DecidesAs) => boolean): ForWhom[] {
  const able = deciders.filter(isAble);
  if (able.length === 0) return [];
  const others = able.flatMap(({ for: other }) => (other === undefined ? [] : [other.person]));
  const byId = new Map(others.map(({ personId, name }) => [personId, { personId, name: name ?? null }]));
  return [{ forSelf: able.some((decider) => decider.for === undefined), onBehalfOf: [...byId.values()] }];
}

function rootsOf(deciders: readonly DecidesAs[]): string[] {
  const memberships = deciders.flatMap(({ person }) => person.memberships.filter(({ isActive }) => isActive));
  return [...new Set(memberships.flatMap(({ path }) => path[0] ?? []))].sort();
}
