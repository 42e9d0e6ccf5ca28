import * as z from 'zod';
import { type Refusal, refuse, TransientError } from '../kernel/errors.ts';
import { add, ZERO } from '../kernel/money.ts';
import { type Instant, instantSchema } from '../kernel/time.ts';
import {
  reconciliationCommentKey,
  reconciliationCommentsOf,
  reconciliationInbox,
  reconciliationItemIndexKey,
  reconciliationItemKey,
  reconciliationItemsOf,
  reconciliationStandingKey,
} from '../platform/keys.ts';
import { everyItem, type Item, type Table, type TransactWrite } from '../platform/table.ts';
import {
  agreed,
  atStakeOf,
  type Comparison,
  type Finding,
  foundAgain,
  foundItem,
  itemIdOf,
  type ReconciliationItem,
  reconciliationItemSchema,
} from './reconciliation-item.ts';
import {
  type ReconciliationComment,
  type ReconciliationStanding,
  reconciliationCommentSchema,
} from './reconciliation-standing.ts';

export type { ReconciliationStanding } from './reconciliation-standing.ts';

/** Who took the open items over on their own responsibility, and which of them, each as it was then. */
export const signedOverSchema = z.strictObject({
  by: z.string(),
  at: instantSchema,
  reason: z.string(),
  /** Item -> its revision. */
  covered: z.record(z.string(), z.number().int()),
  /** What was at stake in them together. */
  sumMinor: z.number().int().min(0),
});
const standingSchema = z.object({
  version: z.number().int().min(0).default(0),
  signedOver: signedOverSchema.optional(),
  /** Since when a closeout waits for people. */
  waitingSince: instantSchema.optional(),
});
const UNTOUCHED = { version: 0 } as const;

/** Every discrepancy of a campaign, as it stands. Throws TransientError or ThrottledError where the store cannot answer. */
export async function readReconciliationStanding(table: Table, campaignId: string): Promise<ReconciliationStanding> {
  // The version before the items: an item that comes in between makes a signature on this version fail, and never the other way round.
  const { version, signedOver } = await readStandingItem(table, campaignId);
  const items = await itemsOf(table, campaignId);
  const inState = (state: ReconciliationItem['state']): readonly ReconciliationItem[] =>
    items.filter((item) => item.state === state);
  const open = inState('open');
  return {
    version,
    open: open.length,
    resolved: inState('resolved').length,
    carried: inState('carried').length,
    uncovered: open.filter(({ itemId, revision }) => signedOver?.covered[itemId] !== revision).length,
    openMinor: open.reduce((sum, item) => add(sum, atStakeOf(item)), ZERO),
    ...(signedOver === undefined ? {} : { signedOver: shownSignature(signedOver) }),
    items: items.toSorted((a, b) => compareText(a.day, b.day) || compareText(a.itemId, b.itemId)),
  };
}

const compareText = (left: string, right: string): number => (left < right ? -1 : Number(left > right));
const shownSignature = ({ covered, ...rest }: z.infer<typeof signedOverSchema>) => ({
  ...rest,
  itemIds: Object.keys(covered).sort(),
});

async function readStandingItem(table: Table, campaignId: string): Promise<z.infer<typeof standingSchema>> {
  return standingSchema.optional().parse(await table.get(reconciliationStandingKey(campaignId))) ?? UNTOUCHED;
}

/** Every item of a campaign, in no order that means anything. */
export async function itemsOf(table: Table, campaignId: string): Promise<ReconciliationItem[]> {
  const items: ReconciliationItem[] = [];
  for await (const item of everyItem(table, reconciliationItemsOf(campaignId)))
    items.push(reconciliationItemSchema.parse(item));
  return items;
}

/** Nobody's items stand together in the inbox. */
export const NOBODY = '-';
const itemOf = (item: ReconciliationItem): Item => ({
  ...reconciliationItemKey(item.campaignId, item.itemId),
  ...reconciliationItemIndexKey(item.organisationId, item.state === 'open', {
    ...item,
    assignee: item.assignee ?? NOBODY,
  }),
  ...item,
});

const putOf = (item: ReconciliationItem): TransactWrite => ({
  put: itemOf(item),
  when: item.version === 1 ? { absent: true } : { equals: { version: item.version - 1 } },
});

/** One step on of the version that signatures are made on. `guard`: only from here. */
const standingBump = (campaignId: string): TransactWrite => ({
  update: reconciliationStandingKey(campaignId),
  set: { type: 'reconciliation-standing', campaignId },
  add: { version: 1 },
});

/** Items in one transaction: with the standing and two of the audit trail far under a hundred, and small enough for one audit line. */
const ITEMS_AT_ONCE = 20;
/** Comparisons of one campaign that end in the same moment: the day's and the closeout's. */
const ATTEMPTS = 6;

export type Recorded = { readonly opened: number; readonly agreed: number; readonly open: number };

/**
 * Keeps what a comparison found, once for ever whatever finds it again, and resolves what it would have found
 * (`wouldFind`) and did not. `table` writes the campaign's organisation's audit trail. Throws TransientError where others keep
 * changing the same items.
 */
export async function recordFindings(
  table: Table,
  comparison: Comparison,
  findings: readonly Finding[],
  wouldFind: (item: ReconciliationItem) => boolean,
): Promise<Recorded> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const known = new Map((await itemsOf(table, comparison.campaignId)).map((item) => [item.itemId, item]));
    const { anew, settled, open } = changesOf(known, comparison, findings, wouldFind);
    if (await writeItems(table, comparison.campaignId, anew, settled))
      return { opened: anew.length, agreed: settled.length, open };
  }
  throw new TransientError(`the items of ${comparison.campaignId} were changed at the same time`);
}

/** Pure: which items a comparison changes. `anew`: found for the first time or otherwise than before. */
export function changesOf(
  known: ReadonlyMap<string, ReconciliationItem>,
  comparison: Comparison,
  findings: readonly Finding[],
  wouldFind: (item: ReconciliationItem) => boolean,
): { readonly anew: ReconciliationItem[]; readonly settled: ReconciliationItem[]; readonly open: number } {
  const found = new Map(findings.map((finding) => [itemIdOf(finding, comparison.campaignId), finding]));
  const anew = [...found].flatMap(([itemId, finding]) => {
    const item = known.get(itemId);
    return (item === undefined ? foundItem(finding, comparison) : foundAgain(item, finding, comparison)) ?? [];
  });
  const settled = [...known.values()].flatMap((item) =>
    found.has(item.itemId) || !wouldFind(item) ? [] : (agreed(item, comparison) ?? []),
  );
  const after = new Map([...known, ...[...anew, ...settled].map((item) => [item.itemId, item] as const)]);
  return { anew, settled, open: [...after.values()].filter(({ state }) => state === 'open').length };
}

/** Writes what has changed of a campaign's items; `false` where somebody else changed one of them meanwhile. */
export async function writeItems(
  table: Table,
  campaignId: string,
  anew: readonly ReconciliationItem[],
  settled: readonly ReconciliationItem[],
): Promise<boolean> {
  const changed = [...anew, ...settled];
  const isAnew = new Set(anew);
  for (let start = 0; start < changed.length; start += ITEMS_AT_ONCE) {
    const part = changed.slice(start, start + ITEMS_AT_ONCE);
    const bump = part.some((item) => isAnew.has(item)) ? [standingBump(campaignId)] : [];
    const outcome = await table.transact([...part.map(putOf), ...bump]);
    if (outcome.kind !== 'committed') return false;
  }
  return true;
}

/** An item of a campaign. */
export async function findReconciliationItem(
  table: Table,
  campaignId: string,
  itemId: string,
): Promise<ReconciliationItem | undefined> {
  return reconciliationItemSchema.optional().parse(await table.get(reconciliationItemKey(campaignId, itemId)));
}

/** What was said of an item, in its order. */
export async function commentsOf(table: Table, campaignId: string, itemId: string): Promise<ReconciliationComment[]> {
  const comments: ReconciliationComment[] = [];
  for await (const item of everyItem(table, reconciliationCommentsOf(campaignId, itemId)))
    comments.push(reconciliationCommentSchema.parse(item));
  return comments;
}

/** As many as one item may have: people talk a page or two about a discrepancy; this is a loop. */
const MOST_COMMENTS = 200;

export type ItemChange = { readonly kind: 'changed' | 'unchanged'; readonly item: ReconciliationItem } | Refusal;
type Said = { readonly by: string; readonly now: Instant; readonly text: string; readonly key?: string };

/**
 * Writes an item as somebody has changed it, with what they said of it, which nobody changes again. `changed`
 * refused with `changed-meanwhile` where the item is no longer the version before.
 */
export async function writeChange(
  table: Table,
  before: ReconciliationItem,
  after: ReconciliationItem,
  said?: Said & { readonly about: ReconciliationComment['about'] },
): Promise<ItemChange> {
  if (said !== undefined && before.comments >= MOST_COMMENTS)
    return refuse('too-many-comments', `An item takes at most ${MOST_COMMENTS} comments.`);
  const number = before.comments + 1;
  const item = said === undefined ? after : { ...after, comments: number };
  const { campaignId, itemId } = before;
  const writes: TransactWrite[] = [putOf(item)];
  if (said !== undefined) {
    const { by, now: at, text, about, key } = said;
    const comment: ReconciliationComment = {
      type: 'reconciliation-comment',
      campaignId,
      itemId,
      number,
      by,
      at,
      text,
      about,
      ...(key === undefined ? {} : { key }),
    };
    const place = reconciliationCommentKey(campaignId, itemId, number);
    writes.push({ put: { ...place, ...comment }, when: { absent: true } });
  }
  if (item.revision > before.revision) writes.push(standingBump(campaignId));
  const outcome = await table.transact(writes);
  if (outcome.kind === 'committed') return { kind: 'changed', item };
  return refuse('changed-meanwhile', 'Somebody changed this item since you read it. Read it again.');
}

/** Items on one page of the inbox. */
const PAGE_SIZE = 50;
export type InboxPage = { readonly items: readonly ReconciliationItem[]; readonly next: string | undefined };

/** A page of an organisation's items, open or settled, of one assignee or of all, after the place `after`. */
export async function readInboxPage(
  table: Table,
  organisationId: string,
  asked: { readonly isOpen: boolean; readonly assignee?: string; readonly after?: string },
): Promise<InboxPage> {
  const { isOpen, assignee, after } = asked;
  // One more than a page tells whether there is another; the place itself, with which the stretch begins, is one more again.
  const { items } = await table.query(reconciliationInbox(organisationId, isOpen, assignee, after), {
    limit: PAGE_SIZE + 2,
  });
  const all = items.map((item) => reconciliationItemSchema.parse(item)).filter((item) => placeOf(item) !== after);
  const page = all.slice(0, PAGE_SIZE);
  const last = page.at(-1);
  return { items: page, next: all.length > PAGE_SIZE && last !== undefined ? placeOf(last) : undefined };
}

const placeOf = (item: ReconciliationItem): string =>
  reconciliationItemIndexKey('', true, { ...item, assignee: item.assignee ?? NOBODY }).indexSk;

/** Says that a closeout begins to wait, once; gives since when it does. */
export async function waitingSince(table: Table, campaignId: string, now: Instant): Promise<Instant> {
  const { waitingSince: since } = await readStandingItem(table, campaignId);
  if (since !== undefined) return since;
  await table.write({
    update: reconciliationStandingKey(campaignId),
    set: { type: 'reconciliation-standing', campaignId, waitingSince: now },
    when: { equals: { waitingSince: null } },
  });
  return (await readStandingItem(table, campaignId)).waitingSince ?? now;
}

export type SignOffRequest = {
  readonly version: number;
  readonly reason: string;
  readonly itemIds: readonly string[];
  readonly sumMinor: number;
};
export type SignOffOutcome = { readonly kind: 'signed'; readonly standing: ReconciliationStanding } | Refusal;

/**
 * Signs all open items over: the one who signs names each of them and what is at stake together, so that nobody signs what they
 * have not seen. Made on a version of the standing, so that an item which comes in the same moment is not covered. Refuses
 * whoever is to look into one of them.
 */
export async function signOver(
  table: Table,
  campaignId: string,
  { version, reason, itemIds, sumMinor }: SignOffRequest,
  { by, now: at }: { readonly by: string; readonly now: Instant },
): Promise<SignOffOutcome> {
  const standing = await readReconciliationStanding(table, campaignId);
  const open = standing.items.filter(({ state }) => state === 'open');
  if (standing.version !== version) return movedOn();
  if (open.length === 0) return refuse('nothing-open', 'No item is open: there is nothing to sign over.');
  const named = new Set(itemIds);
  if (named.size !== open.length || open.some(({ itemId }) => !named.has(itemId)) || sumMinor !== standing.openMinor)
    return refuse(
      'not-what-is-open',
      'What is signed over are all open items, by their ids, and what is at stake together.',
      [
        { field: 'itemIds', problem: 'are not the open items', fix: `send the ${open.length} that the standing shows` },
        { field: 'sumMinor', problem: 'is not what is at stake', fix: `send ${standing.openMinor}` },
      ],
    );
  if (open.some(({ assignee, proposal }) => assignee === by || proposal?.by === by))
    return refuse('own-item', 'Nobody signs over what is theirs to look into. Ask somebody else.');
  const covered = Object.fromEntries(open.map(({ itemId, revision }) => [itemId, revision]));
  const signedOver = { by, at, reason, covered, sumMinor };
  const outcome = await table.write({
    update: reconciliationStandingKey(campaignId),
    set: { signedOver },
    when: { equals: { version } },
  });
  if (outcome.kind !== 'written') return movedOn();
  return { kind: 'signed', standing: await readReconciliationStanding(table, campaignId) };
}

const movedOn = (): Refusal =>
  refuse('changed-meanwhile', 'Items were found or opened since you read them. Read the standing again.');
