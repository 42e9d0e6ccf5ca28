import * as z from 'zod';
import { type CampaignFiles, readJsonFile } from '../closeout/campaign-files.gateway.ts';
import { PermanentError } from '../kernel/errors.ts';
import { adjustmentSchema } from '../matching/adjustment.ts';
import { journalPageOf } from '../matching/journal-page.ts';
import { matchEntrySchema } from '../matching/match-entry.ts';
import { journalOfPoolUpTo, matchEntryKey, orderGiftKey, settlementsOfGift } from '../platform/keys.ts';
import { everyItem, type Table } from '../platform/table.ts';
import { giftLeavesFile, LEAVES_PER_FILE, leavesSchema, treeFile, treeSchema } from './day-files.ts';
import { type GiftProof, PROOF_FORMAT, type ProvenLeaf } from './gift-proof.ts';
import { leafOf, nodeOf, saltOf } from './proof-leaf.ts';
import { findDayOf, type SignedDay } from './signed-day.store.ts';
import { stepsFrom } from './sum-tree.ts';

export type Proving = {
  readonly table: Table;
  readonly files: CampaignFiles;
  readonly readDonorKey: () => Promise<string>;
};
export type ProofOutcome =
  | { readonly kind: 'proven'; readonly proof: GiftProof }
  | { readonly kind: 'unknown-gift' }
  | { readonly kind: 'not-signed-yet' };

/** What a number of a gift in its campaign looks like. */
const GIFT_NUMBER = /^[1-9]\d{0,11}$/;
/** What a gift's own id looks like, as letters and receipts print it. */
const GIFT_ID = /^gft_[a-z0-9]{1,60}$/;
/** What an order's number looks like; anything else names none and is not looked up. */
const ORDER_NUMBER = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * The proof of a gift, asked for by its number in the public list, or by what only its donor has: the gift's id, or the number of the
 * order, of which a regular gift has one for all its charges and which then finds the first. For who has either the line is opened in
 * the proof. Reads a few small items and two files, and never anything that orders or batches write.
 */
export async function proveGift(use: Proving, campaignId: string, asked: string): Promise<ProofOutcome> {
  const byNumber = GIFT_NUMBER.test(asked);
  const found = await findGift(use.table, campaignId, asked);
  if (found === undefined) return { kind: 'unknown-gift' };
  const { giftId, no, orderNo } = found;
  const day = await findDayOf(use.table, campaignId, 'GIFTS', no);
  if (day === undefined) return { kind: 'not-signed-yet' };
  const opening = byNumber ? null : { salt: saltOf(await use.readDonorKey(), campaignId, giftId), orderNo };
  const changes: ProvenLeaf[] = [];
  for (const number of await changesOfGift(use.table, giftId)) {
    const changed = await findDayOf(use.table, campaignId, 'CHANGES', number);
    if (changed !== undefined) changes.push(await provenChange(use.files, changed, number));
  }
  return {
    kind: 'proven',
    proof: { format: PROOF_FORMAT, gift: await provenGift(use.files, day, no), opening, changes },
  };
}

const orderGiftSchema = z.object({ giftId: z.string(), campaignId: z.string() });

type FoundGift = { readonly giftId: string; readonly no: number; readonly orderNo: string };

async function findGift(table: Table, campaignId: string, asked: string): Promise<FoundGift | undefined> {
  if (GIFT_NUMBER.test(asked)) return giftOfNumber(table, campaignId, Number(asked));
  if (GIFT_ID.test(asked)) return giftOfId(table, campaignId, asked);
  return ORDER_NUMBER.test(asked) ? giftOfOrder(table, campaignId, asked) : undefined;
}

async function giftOfOrder(table: Table, campaignId: string, orderNo: string): Promise<FoundGift | undefined> {
  const item = await table.get(orderGiftKey(orderNo), { stale: true });
  if (item === undefined) return undefined;
  const order = orderGiftSchema.parse(item);
  // A gift of another campaign is as unknown here as one that does not exist.
  if (order.campaignId !== campaignId) return undefined;
  return giftOfId(table, campaignId, order.giftId);
}

/** The gift with the order that its own line was made of, whatever order pointed to it. */
async function giftOfId(table: Table, campaignId: string, giftId: string): Promise<FoundGift | undefined> {
  const item = await table.get(matchEntryKey(giftId), { stale: true });
  if (item === undefined) return undefined;
  const match = matchEntrySchema.parse(item);
  return match.campaignId === campaignId ? giftOfNumber(table, campaignId, match.sequence) : undefined;
}

async function giftOfNumber(table: Table, campaignId: string, no: number): Promise<FoundGift | undefined> {
  const { items } = await table.query(journalOfPoolUpTo(campaignId, no), { descending: true, limit: 1 });
  if (items[0] === undefined) return undefined;
  const { firstSequence, lines } = journalPageOf(items[0]);
  const line = lines[no - firstSequence];
  return line === undefined ? undefined : { giftId: line.giftId, no, orderNo: line.orderNo };
}

/** The numbers of what was settled about a gift, in order. */
async function changesOfGift(table: Table, giftId: string): Promise<number[]> {
  const numbers: number[] = [];
  for await (const item of everyItem(table, settlementsOfGift(giftId)))
    numbers.push(adjustmentSchema.parse(item).number);
  return numbers.sort((a, b) => a - b);
}

async function provenGift(files: CampaignFiles, day: SignedDay, no: number): Promise<ProvenLeaf> {
  const { campaignId, number, gifts } = day.statement;
  const place = no - (day.lastGift - gifts.gifts) - 1;
  const file = Math.floor(place / LEAVES_PER_FILE);
  const tree = treeSchema.parse(await readJsonFile(files, treeFile(campaignId, number)));
  const leaves = leavesSchema.parse(await readJsonFile(files, giftLeavesFile(campaignId, number, file)));
  const inFile = place % LEAVES_PER_FILE;
  return {
    leaf: textAt(leaves, inFile),
    steps: [
      ...stepsFrom(
        leaves.map((text) => nodeOf(leafOf(text))),
        inFile,
      ),
      ...stepsFrom(tree.gifts, file),
    ],
    day: { statement: day.text, signature: day.signature },
  };
}

async function provenChange(files: CampaignFiles, day: SignedDay, change: number): Promise<ProvenLeaf> {
  const { campaignId, number, changes } = day.statement;
  const place = change - (day.lastChange - changes.changes) - 1;
  const tree = treeSchema.parse(await readJsonFile(files, treeFile(campaignId, number)));
  return {
    leaf: textAt(tree.changes, place),
    steps: stepsFrom(
      tree.changes.map((text) => nodeOf(leafOf(text))),
      place,
    ),
    day: { statement: day.text, signature: day.signature },
  };
}

function textAt(leaves: readonly string[], place: number): string {
  const text = leaves[place];
  if (text === undefined) throw new PermanentError(`the files of a signed day hold no leaf ${place}`);
  return text;
}
