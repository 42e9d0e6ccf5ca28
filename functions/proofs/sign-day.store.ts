import type { CampaignFiles } from '../closeout/campaign-files.gateway.ts';
import type { DutyFacts } from '../duties/duty.ts';
import { PermanentError } from '../kernel/errors.ts';
import type { Currency } from '../kernel/money.ts';
import { type Instant, type LocalDate, localDateOf, plusDays, plusSeconds, startOfDay } from '../kernel/time.ts';
import { totalsOfCampaigns } from '../ledger/totals.ts';
import { findPool } from '../matching/matching-pool.store.ts';
import { orderGiftKey } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import { giftLeavesFile, LEAVES_PER_FILE, treeFile } from './day-files.ts';
import { type CountedGift, changesMade, giftsCounted } from './day-leaves.store.ts';
import { type Channels, chainProblems, nextStatement, statementHash, statementText } from './day-statement.ts';
import { CHANGE_SUMS, changeLeaf, GIFT_SUMS, giftLeaf, leafText, nodeOf, saltOf } from './proof-leaf.ts';
import { keepProofKey, keepSignedDay, lastSignedDay, type SignedDay } from './signed-day.store.ts';
import type { Signer } from './signing.gateway.ts';
import { rootNode, type SumNode } from './sum-tree.ts';

/** What signing needs beside the table. */
export type Signing = {
  readonly table: Table;
  readonly files: CampaignFiles;
  readonly readDonorKey: () => Promise<string>;
  readonly signer: Signer;
};

/**
 * A day is signed half an hour after it is over: a batch of gifts that began before midnight is committed within a minute, and its
 * gifts carry the moment at which it began.
 */
export const SETTLED_AFTER_SECONDS = 30 * 60;
/** Days of one run: a run that was missed for a month is made up for at once. */
const MOST_DAYS = 40;
/** Signposts written at once: as many as hide the round trips of a thousand. */
const POINTED_AT_ONCE = 25;

/** What of a campaign says which of its days are signed. */
export type SignedCampaign = {
  readonly campaignId: string;
  readonly facts: Pick<DutyFacts, 'window' | 'openedOn' | 'reportedOn'>;
};

export type SignOutcome = { readonly signed: number; readonly last: SignedDay | undefined };

/**
 * Signs every day of a campaign that is over and not signed: all of them from its opening to its report, empty ones too, and
 * after that the days on which something came. A day that two runs sign is kept once. At most 40 days a call.
 */
export async function signDays(
  use: Signing,
  { campaignId, facts }: SignedCampaign,
  now: Instant,
): Promise<SignOutcome> {
  const { window, openedOn, reportedOn } = facts;
  let last = await lastSignedDay(use.table, campaignId);
  let signed = 0;
  if (openedOn === undefined) return { signed, last };
  const lastDay = plusDays(localDateOf(plusSeconds(now, -SETTLED_AFTER_SECONDS), window.zone), -1);
  const pool = await findPool(use.table, campaignId);
  if (pool === undefined) return { signed, last };
  const isOver = (day: LocalDate): boolean => reportedOn !== undefined && day > reportedOn;
  let day = last === undefined ? openedOn : plusDays(last.statement.day, 1);
  for (; day <= lastDay && signed < MOST_DAYS; day = plusDays(day, 1)) {
    const nothingLeft = last?.lastGift === pool.sequence && last.lastChange === pool.adjustments;
    if (isOver(day) && nothingLeft) break;
    const about = { campaignId, day, zone: window.zone, currency: pool.currency, last, now };
    const next = await signDay(use, { ...about, signsEmpty: !isOver(day) });
    if (next === undefined) continue;
    await refuseOtherTotals(use.table, campaignId, next);
    if ((await keepSignedDay(use.table, next)) === 'already-signed') break;
    signed += 1;
    last = { ...next, text: statementText(next.statement), hash: statementHash(statementText(next.statement)) };
  }
  return { signed, last };
}

type UnkeptDay = Omit<SignedDay, 'text' | 'hash'>;
type DayToSign = {
  readonly campaignId: string;
  readonly day: LocalDate;
  readonly zone: string;
  readonly currency: Currency;
  readonly last: SignedDay | undefined;
  readonly now: Instant;
  /** Whether a day on which nothing came is signed as well. */
  readonly signsEmpty: boolean;
};

/** Gathers one day's leaves into files and signs what they add up to. Run twice it writes the same files again. `undefined`: nothing to sign. */
async function signDay(use: Signing, about: DayToSign): Promise<UnkeptDay | undefined> {
  const { campaignId, day, zone, currency, last, now } = about;
  const number = (last?.statement.number ?? 0) + 1;
  const end = startOfDay(plusDays(day, 1), zone);
  const gifts = await gatherGifts(use, { campaignId, number, after: last?.lastGift ?? 0, end });
  const changes = await changesMade(use.table, campaignId, { after: last?.lastChange ?? 0, end });
  const leaves = changes.map(({ adjustment, gift }) => changeLeaf(adjustment, gift));
  const tree = { gifts: gifts.roots, changes: leaves.map(leafText) };
  const isEmpty = gifts.roots.length === 0 && leaves.length === 0;
  if (isEmpty && !about.signsEmpty) return undefined;
  if (!isEmpty) await use.files.write(treeFile(campaignId, number), JSON.stringify(tree), 'application/json');
  const key = await use.signer.publicKey();
  await keepProofKey(use.table, { ...key, since: day });
  const roots = {
    gifts: rootNode(gifts.roots, GIFT_SUMS.length),
    changes: rootNode(leaves.map(nodeOf), CHANGE_SUMS.length),
  };
  const channels = plusChannels(last?.statement.toDate.channels ?? {}, gifts.channels);
  const statement = nextStatement({ campaignId, currency, zone, day, key: key.key }, last, roots, channels);
  const problems = chainProblems(statement, last);
  if (problems.length > 0) throw new PermanentError(`${day} of ${campaignId} cannot be signed: ${problems.join('; ')}`);
  return {
    statement,
    signature: await use.signer.sign(statementText(statement)),
    signedAt: now,
    lastGift: gifts.last,
    lastChange: changes.at(-1)?.adjustment.number ?? last?.lastChange ?? 0,
  };
}

type GatheredGifts = { readonly roots: readonly SumNode[]; readonly channels: Channels; readonly last: number };

/** Never holds more than one reading and one file: a day of a million gifts takes no more memory than one of a thousand. */
async function gatherGifts(
  use: Signing,
  { campaignId, number, after, end }: { campaignId: string; number: number; after: number; end: Instant },
): Promise<GatheredGifts> {
  const donorKey = await use.readDonorKey();
  const roots: SumNode[] = [];
  let channels: Channels = {};
  let file: ReturnType<typeof giftLeaf>[] = [];
  let last = after;
  const closeFile = async (): Promise<void> => {
    if (file.length === 0) return;
    const name = giftLeavesFile(campaignId, number, roots.length);
    await use.files.write(name, JSON.stringify(file.map(leafText)), 'application/json');
    roots.push(rootNode(file.map(nodeOf), GIFT_SUMS.length));
    file = [];
  };
  for await (const gifts of giftsCounted(use.table, campaignId, { after, end })) {
    channels = plusChannels(channels, channelsOf(gifts));
    for (const { no, line } of gifts) {
      file.push(giftLeaf(campaignId, no, line, saltOf(donorKey, campaignId, line.giftId)));
      if (file.length === LEAVES_PER_FILE) await closeFile();
      last = no;
    }
    await pointOrders(use.table, campaignId, gifts);
  }
  await closeFile();
  return { roots, channels, last };
}

/**
 * Which gift an order was paid by, for donors who ask for a proof with the number that they have. The same signpost that campaigns with
 * employers' matches write when they count; whoever was first has said the same.
 */
async function pointOrders(table: Table, campaignId: string, gifts: readonly CountedGift[]): Promise<void> {
  for (let start = 0; start < gifts.length; start += POINTED_AT_ONCE)
    await Promise.all(
      gifts.slice(start, start + POINTED_AT_ONCE).map(({ line: { orderNo, giftId } }) =>
        table.write({
          put: { ...orderGiftKey(orderNo), type: 'order-gift', orderNo, giftId, campaignId },
          when: { absent: true },
        }),
      ),
    );
}

function channelsOf(gifts: readonly CountedGift[]): Channels {
  const channels: Channels = {};
  for (const { line, channel } of gifts) {
    if (channel === undefined) continue;
    const before = channels[channel] ?? { gifts: 0, moneyMinor: 0 };
    channels[channel] = { gifts: before.gifts + 1, moneyMinor: before.moneyMinor + line.amountMinor };
  }
  return channels;
}

function plusChannels(left: Channels, right: Channels): Channels {
  const sum: Channels = { ...left };
  for (const [name, { gifts, moneyMinor }] of Object.entries(right)) {
    const channel = name as keyof Channels;
    const before = left[channel] ?? { gifts: 0, moneyMinor: 0 };
    sum[channel] = { gifts: before.gifts + gifts, moneyMinor: before.moneyMinor + moneyMinor };
  }
  return sum;
}

/**
 * Holds what is to be signed against the totals that everybody sees, where both are of one moment. Throws PermanentError where they
 * differ: then one of the two is wrong, and a person must look before more is signed.
 */
async function refuseOtherTotals(table: Table, campaignId: string, next: UnkeptDay): Promise<void> {
  const pool = await findPool(table, campaignId);
  if (next.lastGift !== pool?.sequence || next.lastChange !== pool.adjustments) return;
  const totals = (await totalsOfCampaigns(table, [campaignId])).get(campaignId);
  const { toDate } = next.statement;
  if (totals === undefined || totals.gifts !== toDate.gifts) return;
  const same =
    totals.amountMinor === toDate.moneyMinor + toDate.goodsMinor &&
    totals.goodsMinor === toDate.goodsMinor &&
    totals.refundedMinor === toDate.moneyBackMinor + toDate.goodsBackMinor &&
    totals.goodsBackMinor === toDate.goodsBackMinor &&
    totals.matchMinor === toDate.matchMinor + toDate.matchAddedMinor - toDate.matchTakenMinor &&
    totals.lumpMinor === toDate.lumpAddedMinor - toDate.lumpTakenMinor;
  if (!same) throw new PermanentError(`what would be signed of ${campaignId} is not what its totals say`);
}
